"""The page on security says what is so."""

import re
from datetime import timedelta

import pytest

from gateway import doors, logs
from gateway.channels import forms, twilio, twilio_signature
from gateway.console import key, viewing
from models import keeper
from models.services import (
    flood,
    guessing,
    inbox,
    intake,
    pins,
    recoveries,
    sign_ins,
    voice_notes,
)
from models.strongbox import Strongbox
from models.vault import create_keys
from tests.asvs.test_absent import imported
from tests.console.building import console_of
from tests.console.test_sessions import ENTRIES, OPEN
from tests.gateway.service import serving
from tests.rules.sources import ROOT
from workers.keeper import watch
from workers.keeper.chain import audit_key

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
PARTS = (
    "What comes in, and how it is checked",
    "Limits",
    "Ways in",
    "Who may see and do what",
    "Keys",
    "Who talks to whom",
    "What takes time",
    "What is written down",
    "What comes from others",
)
FEWEST = 300  # letters of a part that says something
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
KIB, MIB = 1 << 10, 1 << 20
LIMITS = (
    f"| {guessing.WRONG_A_DAY} a day, then all are unknown until tomorrow |",
    f"| {guessing.WRONG_A_DAY_TOGETHER:,} a day, then one long code a minute",
    f"| {pins.TRIES}, then a wait of {pins.FIRST_WAIT // MINUTE} minute that doubles, "
    f"up to {pins.LONGEST_WAIT // HOUR} hours",
    f"| {watch.ALLOWED_AN_HOUR} an hour, then no more",
    f"| {flood.ANSWERS} an hour, {flood.OWED} with what is owed, {flood.REGISTERED} to registered",
    f"after {flood.ASKED} texts an hour none",
    f"| {doors.LARGEST // KIB} KiB |",
    f"| {voice_notes.MOST // MIB} MiB, audio only, {twilio.MOST_MEDIA} a message |",
    f"| {inbox.TRIES}, {len(voice_notes.BACK_OFF) + 1}; then a dead letter",
    f"{doors.LARGEST // KIB} KiB and {forms.FIELDS} fields (Twilio {twilio_signature.FIELDS})",
    f"at most {intake.LONGEST:,} characters",
    f"| {sign_ins.FREE}, then a wait of {sign_ins.FIRST_WAIT.seconds} s that doubles, "
    f"up to {sign_ins.LONGEST_WAIT // MINUTE} minutes; unknown e-mails the same |",
    f"| {sign_ins.IDLE // MINUTE} idle minutes, {sign_ins.LONGEST // HOUR} hours at most; "
    f"proven again before what is sensitive after {viewing.CHECKED_FOR // MINUTE} minutes; "
    "as many browsers as somebody likes, each listed and closed by its owner |",
    f"| {recoveries.VALID // HOUR} hours, once |",
    f"waited for {keeper.TIMEOUT_S:.0f} s once, then not again for {keeper.SILENCE_S:.0f} s",
)
CALLING = {
    "africastalking",
    "http.client",
    "psycopg",
    "redis",
    "requests",
    "socket",
    "twilio",
    "urllib.request",
}
# They name the errors or types of a library, check a signature, or look whether a port is free.
NOT_CALLING = {
    "gateway/channels/twilio.py",
    "gateway/channels/twilio_signature.py",
    "gateway/channels/unanswered.py",
    "gateway/cli_run.py",
    "gateway/cli_worker.py",
    "gateway/ports.py",
    "workers/main.py",
    "workers/queues.py",
}


def part(title):
    found = re.search(rf"^## {re.escape(title)}$(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    return found.group(1) if found else ""


@pytest.mark.parametrize("title", PARTS)
def test_the_page_has_every_part(title):
    assert len(part(title)) > FEWEST


@pytest.mark.parametrize("said", LIMITS)
def test_the_limits_are_those_of_the_code(said):
    assert said in PAGE


def test_every_key_that_is_made_stands_in_the_inventory(tmp_path):
    create_keys(tmp_path)
    audit_key(Strongbox(tmp_path / "keeper"))
    key.create(tmp_path)
    made = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    names = {
        re.sub(r"(-[0-9a-f]+)?\.key$", "", re.sub(r"\d{4}-\d\d-\d\d", "DAY", one)) for one in made
    }
    assert {one for one in names if f"`{one}`" not in part("Keys")} == set()


def test_every_connection_stands_on_the_page():
    calling = {who for who, what in imported() if what in CALLING and "/simulator/" not in who}
    assert {
        one for one in calling - NOT_CALLING if f"`{one}`" not in part("Who talks to whom")
    } == set()
    assert calling >= NOT_CALLING


def test_every_key_of_the_log_is_one_of_the_page():
    said = set(re.findall(r"`(\w+)`", part("What is written down")))
    assert said >= logs.KEYS


def test_every_way_in_stands_on_the_page(sqlite_store, tmp_path):
    with serving(sqlite_store.url, tmp_path) as service:
        apps = (service.app, console_of(service.settings, service.store))
        public, console = ({rule.rule for rule in app.url_map.iter_rules()} for app in apps)
    assert console > OPEN | ENTRIES
    told = part("Ways in")
    assert {one for one in public | console if f"`{one}`" not in told} == set()
    lines = [line for line in told.splitlines() if "| console, signed in |" in line]
    said = {one for line in lines for one in re.findall(r"`(/[^`]*)`", line)}
    assert said == console - OPEN - ENTRIES

"""`jaabi audit`: what it lists, and when it says that the log was touched."""

import json
import sqlite3

import pytest
from click.testing import CliRunner

from gateway import demo
from gateway.cli import commands
from models import migrating
from models.db import Operator, Store
from models.services import directory
from models.services.audit import Mark, note
from models.strongbox import Strongbox
from models.vault import create_keys
from tests.models.test_routing import NUMBERS, found_country
from workers.keeper.chain import Chain
from workers.keeper.ledger import Ledger


@pytest.fixture
def jaabi(tmp_path, now):
    """The command, on a programme like the demo's whose keeper linked what was noted."""
    create_keys(tmp_path / "keys")
    url = f"sqlite:///{tmp_path / 'jaabi.db'}"
    migrating.upgrade(url)
    store = Store(url)
    with store.work(Operator()) as work:
        found_country(work)
        demo.populate(work, NUMBERS, now)
        directory.block(work, "R128", now)
        note(work, Mark("read", "compartment", 7, "15736"), now)
        note(work, Mark("pause", "sending"), now)

    def keeps():
        box = Strongbox(tmp_path / "keys" / "keeper")
        Ledger(Chain.load(store, box), tmp_path / "exports").go(now)

    def run(line):
        environment = {"JAABI_HOME": str(tmp_path), "JAABI_DEMO": "off"}
        return CliRunner(env=environment).invoke(commands, line.split())

    def tamper(statement):
        with sqlite3.connect(tmp_path / "jaabi.db") as link:
            link.execute("DROP TRIGGER audit_entry_no_update")
            link.execute("DROP TRIGGER audit_link_no_delete")
            link.execute(statement)

    run.home, run.tamper, run.keeps = tmp_path, tamper, keeps
    keeps()
    yield run
    store.close()


def test_it_lists_who_did_what_and_nothing_of_compartments(jaabi):
    rows = [json.loads(line) for line in jaabi("audit list --json").output.splitlines()]
    assert [(one["actor"], one["act"], one["number"]) for one in rows] == [
        ("operator", "block", "R128"),
        ("operator", "pause", None),
    ]
    assert "15736" not in jaabi("audit list").output
    assert jaabi("audit list --act block --last 5").output.count("\n") == 1
    assert jaabi("audit list --since 2030-01-01").output == ""


def test_a_chain_that_nobody_touched_is_whole(jaabi):
    done = jaabi("audit verify")
    assert (done.exit_code, done.stdout) == (0, "3 links: whole\n")
    assert list((jaabi.home / "exports").iterdir())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET number = 'R129' WHERE id = 1",
        "DELETE FROM audit_link WHERE position = 3",
    ],
)
def test_whoever_touched_it_is_found(jaabi, statement):
    jaabi.tamper(statement)
    done = jaabi("audit verify")
    assert done.exit_code == 1
    assert done.stdout.endswith("links: broken\n")
    jaabi.keeps()
    assert jaabi("audit verify").exit_code == 1


def test_the_head_that_was_kept_elsewhere_is_compared(jaabi):
    kept = jaabi.home / "kept.json"
    kept.write_text(jaabi("audit head --json").output)
    assert jaabi(f"audit verify --head {kept}").exit_code == 0
    [sent] = (jaabi.home / "exports").iterdir()
    assert jaabi(f"audit verify --head {sent}").exit_code == 0
    head = json.loads(kept.read_text())
    kept.write_text(json.dumps({**head, "mac": "0" * 64}))
    assert jaabi(f"audit verify --head {kept}").exit_code == 1
    kept.write_text("nothing")
    assert jaabi(f"audit verify --head {kept}").exit_code == 2


def test_without_the_keepers_folder_nothing_is_verified_and_no_key_is_made(jaabi):
    key = jaabi.home / "keys" / "keeper" / "audit.key"
    key.unlink()
    done = jaabi("audit verify")
    assert done.exit_code == 1
    assert "cannot be read" in done.output
    assert not key.exists()


@pytest.mark.parametrize(
    ("line", "noted"),
    [
        ("people pin R128", ("pin", "R128", None)),
        ("people revoke R128", ("revoke", "R128", None)),
        ("people ring r128", ("ring", "R128", None)),
        ("people tie P0151 P0121", ("tie", "P0151", None)),
        ("people phone R128 --phone +22370000999", ("phone", "R128", None)),
        ("directory hours 6-20", ("set", None, "daytime")),
        ("directory numbers --green-line +22370000998", ("set", None, "green_line")),
        ("directory export areas {home}/areas.csv", ("export", None, "areas")),
        ("sending pause", ("pause", None, None)),
        ("sending resume", ("resume", None, None)),
        ("sending cap 5000", ("cap", None, None)),
        (
            "slips issue --operator P0301 --count 3 --out {home}/slips.pdf",
            ("slips_issued", "P0301"),
        ),
    ],
)
def test_what_can_harm_somebody_is_noted_without_any_telephone(jaabi, line, noted):
    assert jaabi(line.format(home=jaabi.home)).exit_code == 0
    last = jaabi("audit list --json --last 1").output
    row = json.loads(last)
    assert (row["actor"], row["act"], row["number"], row["reason"])[: len(noted) + 1] == (
        "operator",
        *noted,
    )
    assert "7000099" not in last


def test_what_was_not_done_is_not_noted(jaabi):
    before = jaabi("audit list").output
    assert jaabi("people block R999").exit_code == 2
    assert jaabi("slips revoke 7").exit_code == 2
    assert jaabi("audit list").output == before

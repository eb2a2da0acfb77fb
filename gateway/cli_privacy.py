"""`jaabi purge` and `jaabi privacy`: what is forgotten, what is kept, and what people may ask."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from gateway import assembly, old_backups
from gateway.assembly_of_dialogues import build_house
from gateway.cli_base import Unusable, iso, load_settings
from gateway.cli_lists import as_json, looking, print_rows
from models.db import Actor, Operator, Store, Work
from models.errors import KeeperAway
from models.services import ended_cases, own_data, privacy, processing
from models.services.audit import Mark
from models.services.audit import note as mark
from models.services.programme import put_setting, setting
from workers.duties import ACTOR, emptying
from workers.exporting import sweep
from workers.timetable import forgetting

folder = click.Path(exists=True, file_okay=False, path_type=Path)
SAYS = {"apdp": "apdp_file", "hosting": "hosting", "controller": "controller"}
UNSAID = "not said yet: jaabi privacy says"
USUAL = 90  # days: longer than ordinary cases are kept needs a reason in writing


@click.command(name="purge")
@as_json
@click.option("--backups", type=folder, help="folder of backups: destroy those kept too long")
def purge(as_json: bool, backups: Path | None) -> None:
    """Forget now what is over its time; each worker does it every hour.

    With --backups also keys of words of more than 7 days and rows of more than 35, in one folder.
    """
    if backups is not None:
        for file in old_backups.destroy(backups, assembly.clock()):
            click.echo(f"{file} is destroyed", err=True)
    settings, now = load_settings(), assembly.clock()
    sweep(settings.exports / "console", now)
    store = assembly.open_store(settings)
    gone = {one: emptying(store, ACTOR, forgetting(one), now) for one in privacy.RULES}
    store.close()
    counts = {one.name: count for one, count in gone.items() if one.is_told}
    if as_json:
        click.echo(json.dumps(counts))
        return
    for name, count in counts.items():
        click.echo(f"{count:6}  {name}")


@click.group(name="privacy")
def privacy_() -> None:
    """Say what is kept and for how long, and do what people may ask for."""


@privacy_.command("register")
@click.option("--json", "wants_json", is_flag=True, help="one JSON object a column")
@click.option("--markdown", is_flag=True, help="as a page, which it is too without any option")
def register(wants_json: bool, markdown: bool) -> None:
    """Print the register of processing, as the tables themselves say it."""
    del markdown
    if wants_json:
        for one in processing.entries():
            click.echo(json.dumps(asdict(one), ensure_ascii=False))
        return
    settings = load_settings()
    with looking() as work:
        said = {name: setting(work, key) or UNSAID for name, key in SAYS.items()}
        days = ended_cases.protection_days(work)
    click.echo(f"Controller: {said['controller']}")
    click.echo(f"File at the authority (APDP): {said['apdp']}")
    click.echo(f"Hosted: {said['hosting']}")
    click.echo(f"Cases of C5 to C7 are kept for {days} days after closing.")
    providers = ", ".join(f"{name} ({one.provider})" for name, one in settings.channel.items())
    click.echo(f"Providers who see numbers and words on their way: {providers or 'none'}")
    click.echo(processing.markdown())


@privacy_.command("says")
@click.option("--controller", help="who answers for the programme's data")
@click.option("--apdp", help="number of the file at the authority")
@click.option("--hosting", help="where, and by whom, it is hosted")
def says(**given: str | None) -> None:
    """Set what stands at the head of the register."""
    with _changing() as work:
        for name, value in given.items():
            if value is not None:
                put_setting(work, SAYS[name], value[:80])


@privacy_.command("protection")
@click.argument("days", type=click.IntRange(1, ended_cases.MOST_PROTECTED))
@click.option("--reason", help="the rule in writing; asked for beyond 90 days")
def protection(days: int, reason: str | None) -> None:
    """Keep cases of C5 to C7 for so many DAYS after closing, as the protection rule says."""
    if days > USUAL and not reason:
        raise Unusable([f"longer than {USUAL} days needs --reason: the rule in writing"])
    now = assembly.clock()
    with _changing() as work:
        ended_cases.set_protection_days(work, days)
        mark(work, Mark("keep", "retention", details={"days": days}), now)
        if reason:
            own_data.note(work, "rule", f"C5 to C7 are kept {days} days: {reason}", now)
    click.echo(f"kept for {days} days after closing")


@privacy_.command("erase")
def erase() -> None:
    """Erase the case that a long receipt opens: its twelve digits on standard input."""
    code = "".join(sys.stdin.readline().split()).replace(".", "")
    house = build_house(load_settings())
    try:
        with _changing(own_data.ACTOR) as work:
            own_data.erase(work, house, code, assembly.clock())
    except KeeperAway:
        raise Unusable(["the keeper does not answer: nothing was erased; try again"]) from None
    click.echo("If this code opened anything, its words and its speaker are forgotten.")


@privacy_.command("note")
@click.argument("kind", type=click.Choice(own_data.KINDS))
@click.argument("words")
def note(kind: str, words: str) -> None:
    """Write down a request of an authority or a person, an incident, or the reason of a rule."""
    with _changing() as work:
        row = own_data.note(work, kind, words, assembly.clock())
        click.echo(f"{row.id} noted")


@privacy_.command("notes")
@as_json
def notes(as_json: bool) -> None:
    """List what was written down."""
    with looking() as work:
        rows = [
            {"id": one.id, "at": iso(one.at), "kind": one.kind, "by": one.by, "words": one.words}
            for one in own_data.notes(work)
        ]
    print_rows(rows, as_json=as_json)


@contextmanager
def _changing(actor: Actor | None = None) -> Iterator[Work]:
    store: Store = assembly.open_store(load_settings())
    try:
        with store.work(actor or Operator()) as work:
            yield work
    finally:
        store.close()

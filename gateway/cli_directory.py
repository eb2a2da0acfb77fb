"""`jaabi people` and `jaabi directory`: who is registered, and who works where."""

import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import click

from gateway.cli_base import Unusable, load_settings, writable
from gateway.settings import Settings
from gateway.unlocking import unlocked
from models.db import Operator, Store, Work
from models.errors import NotFound
from models.person import Person
from models.seal import Sealer
from models.services import directory as register
from models.services import exchange, known_names, outside
from models.services.audit import Mark, about_person, note
from models.services.directory import DirectoryRefused, NewPerson, Numbers


@contextmanager
def opened() -> Iterator[tuple[Work, Settings]]:
    """Open the programme for one command; what is wrong is said in words, with exit code 2."""
    settings = load_settings()
    store = Store(settings.database_url)
    try:
        with store.work(Operator()) as work:
            yield work, settings
    except DirectoryRefused as error:
        raise Unusable(error.mistakes) from None
    except NotFound as error:
        raise Unusable([str(error)]) from None
    finally:
        store.close()


@click.group()
def people() -> None:
    """Register the phones of relays, operators, focal points and supervisors."""


@people.command("add")
@click.option("--role", required=True, type=click.Choice(register.ROLES))
@click.option("--phone", required=True, help="+223 ...: kept sealed, never shown again")
@click.option("--organisation", required=True, help="employer, e.g. ngo-a")
@click.option("--function", default="", help="a function of the routing policy, e.g. mcd")
@click.option("--language", default="fr", show_default=True)
@click.option("--area", default="", help="p-code it is for; none = everywhere")
@click.option("--voice", type=click.Choice(register.VOICES), help="for call-backs")
def people_add(**said: str | None) -> None:
    """Register a phone and print its person's number; the same phone again gets another hat."""
    new = NewPerson(**{name: value or "" for name, value in said.items()})
    with opened() as (work, settings):
        person = register.add_person(work, new, numbers_of(settings))
        note(work, about_person("register", person.number, function=new.function), _now())
        click.echo(person.number)


@people.command("list")
@click.option("--json", "as_json", is_flag=True, help="one JSON object a line")
def people_list(as_json: bool) -> None:
    """List everybody registered, phones by their last three digits."""
    with opened() as (work, _):
        rows = [_person(one) for one in register.people(work)]
    for row in rows:
        click.echo(json.dumps(row) if as_json else _line(row))


@people.command("revoke")
@click.argument("number")
def people_revoke(number: str) -> None:
    """End a registration: the phone is a stranger's from now on."""
    with opened() as (work, _):
        click.echo(f"{register.revoke(work, number, _now()).number} is revoked")


@people.command("pin")
@click.argument("number")
@click.option("--temporary", is_flag=True, help="opens nothing until its owner has changed it")
def people_pin(number: str, *, temporary: bool) -> None:
    """Draw a new PIN and print it once. Say it, do not send it."""
    with opened() as (work, _):
        pin = register.new_pin(work, number, secrets.randbelow, temporary=temporary)
        note(work, about_person("pin", number.upper(), temporary=temporary), _now())
        click.echo(pin)


@people.command("block")
@click.argument("number")
def people_block(number: str) -> None:
    """Report a phone lost: at its next message nothing opens on it, its items go to others."""
    with opened() as (work, _):
        click.echo(f"{register.block(work, number, _now()).number} is blocked")
        for sentence in outside.missing(work):
            click.echo(sentence, err=True)


@people.command("phone")
@click.argument("number")
@click.option("--phone", required=True, help="+223 ...: kept sealed, never shown again")
def people_phone(number: str, phone: str) -> None:
    """Give a person another phone, or the lost one that was found: it works from now on."""
    with opened() as (work, settings):
        person = register.change_phone(work, number, phone, numbers_of(settings))
        note(work, about_person("phone", person.number), _now())
        click.echo(f"{person.number} has the phone ...{person.phone_ends}")


@people.command("ring")
@click.argument("number")
@click.option("--no", "refuses", is_flag=True, help="agrees no more")
def people_ring(number: str, *, refuses: bool) -> None:
    """Note that a person agreed to be rung by number for evacuations: theirs is then given."""
    with opened() as (work, _):
        person = register.agree_to_ring(work, number, None if refuses else _now())
        note(work, about_person("ring", person.number, agrees=not refuses), _now())
        click.echo(f"{person.number} {'is not rung' if refuses else 'may be rung'} by number")


@people.command("tie")
@click.argument("one")
@click.argument("other")
def people_tie(one: str, other: str) -> None:
    """Note a declared family or household tie: neither judges a case about the other."""
    with opened() as (work, _):
        register.tie(work, one, other)
        note(work, about_person("tie", one.upper(), other=other.upper()), _now())
        click.echo(f"{one.upper()} and {other.upper()} are tied")


@people.command("known-as")
@click.argument("number")
@click.argument("names", nargs=-1)
@click.option("--forget", is_flag=True, help="forget those noted before")
def people_known_as(number: str, names: tuple[str, ...], *, forget: bool) -> None:
    """Note names and nicknames people use: what is told of somebody never reaches them."""
    with opened() as (work, _):
        if forget:
            known_names.forget(work, number)
        for name in names:
            known_names.call(work, number, name)
        if forget or names:
            note(work, about_person("known_as", number.upper(), forget=forget), _now())
        for name in known_names.names_of(work, number):
            click.echo(name)


@click.group()
def directory() -> None:
    """Take the directory in and out as CSV files."""


@directory.group("import")
def directory_import() -> None:
    """Take a CSV file in: all of it, or nothing and every mistake with its line."""


@directory.group("export")
def directory_export() -> None:
    """Write a CSV file that `import` takes."""


def _import(what: str, read: Callable[[Work, str], int]) -> click.Command:
    @click.argument("file", type=click.File(encoding="utf-8"))
    def take(file: IO[str]) -> None:
        with opened() as (work, _):
            with register.staying_open(work):
                count = read(work, file.read())
            note(work, Mark("import", "directory", reason=what, details={"rows": count}), _now())
            click.echo(f"{count} rows")

    return click.command(what, help=f"Take {what} in.")(take)


def _export(what: str, write: Callable[[Work], str]) -> click.Command:
    @click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
    def give(file: Path) -> None:
        with opened() as (work, _), writable(file) as out:
            note(work, Mark("export", "directory", reason=what), _now())
            out.write(write(work))

    return click.command(what, help=f"Write {what} out; - is standard output.")(give)


for _what, _read in exchange.READERS.items():
    directory_import.add_command(_import(_what, _read))
for _what, _write in exchange.WRITERS.items():
    directory_export.add_command(_export(_what, _write))


def numbers_of(settings: Settings) -> Numbers:
    """Return how numbers are named and sealed in this programme, from its keys."""
    return Numbers(unlocked(settings).pseudonym, Sealer.load(settings.keys).number)


def _now() -> datetime:
    return datetime.now(UTC)


def _person(one: Person) -> dict[str, Any]:
    return {
        "person": one.number,
        "role": one.role,
        "organisation": one.organisation_id,
        "functions": [hat.function for hat in one.hats],
        "area": one.area_pcode,
        "phone": None if one.phone_ends is None else f"...{one.phone_ends}",
        "has_pin": one.pin_hash is not None,
        "blocked": one.blocked_at is not None,
    }


def _line(row: Mapping[str, Any]) -> str:
    phone = f"{row['phone']} blocked" if row["blocked"] else row["phone"]
    shown = {**row, "functions": " ".join(row["functions"]), "phone": phone}
    names = ("person", "role", "organisation", "functions", "area", "phone")
    return "\t".join(shown[name] or "-" for name in names)

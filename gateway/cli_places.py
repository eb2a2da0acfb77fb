"""`jaabi directory numbers`, `hours` and `child-reporting`: what the programme is set to."""

import click

from flows.daytime import Hours, hours_of
from flows.msisdn import normalise
from gateway.assembly import clock
from gateway.cli_directory import directory, opened
from models.services.audit import Mark, note
from models.services.facilities import dialled
from models.services.programme import (
    CHILD_REPORTING,
    DAYTIME,
    GREEN_LINE,
    REPORTING,
    WOMAN_TO_TALK,
    put_setting,
    setting,
)

__all__ = ["directory"]


@directory.command("numbers")
@click.option("--green-line", help="said on the screen of numbers to call (P11)")
@click.option("--woman-to-talk", help="a woman who listens, same screen")
def numbers(green_line: str | None, woman_to_talk: str | None) -> None:
    """Set or show the telephones that callers are given."""
    with opened() as (work, _):
        for name, said in ((GREEN_LINE, green_line), (WOMAN_TO_TALK, woman_to_talk)):
            if said is not None:
                put_setting(work, name, _number(said))
                note(work, Mark("set", "programme", reason=name), clock())
            click.echo(f"{name}\t{dialled(setting(work, name)) or '-'}")


@directory.command("hours")
@click.argument("said", metavar="[7-17]", required=False)
def hours(said: str | None) -> None:
    """Set or show the hours in which phones are rung for what can wait."""
    if said is not None and said != _said(hours_of(said)):
        raise click.UsageError("hours are written as 7-17")
    with opened() as (work, _):
        if said is not None:
            put_setting(work, DAYTIME, said)
            note(work, Mark("set", "programme", reason=DAYTIME), clock())
        click.echo(_said(hours_of(setting(work, DAYTIME))))


@directory.command("child-reporting")
@click.argument("said", type=click.Choice(REPORTING), required=False)
def child_reporting(said: str | None) -> None:
    """Set or show whether harm to a child must be reported by law, as lawyers decided."""
    with opened() as (work, _):
        if said is not None:
            put_setting(work, CHILD_REPORTING, said)
            note(work, Mark("set", "programme", reason=CHILD_REPORTING), clock())
        click.echo(setting(work, CHILD_REPORTING) or "undecided")


def _said(from_until: Hours) -> str:
    return "-".join(map(str, from_until))


def _number(said: str) -> str:
    number = normalise(said)
    if number is None:
        raise click.UsageError("that is no number that can be dialled")
    return number

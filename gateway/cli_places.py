"""`jaabi directory numbers`: the telephones that callers are given."""

import click

from flows.msisdn import normalise
from gateway.cli_directory import directory, opened
from models.services.facilities import dialled
from models.services.programme import GREEN_LINE, WOMAN_TO_TALK, put_setting, setting

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
            click.echo(f"{name}\t{dialled(setting(work, name)) or '-'}")


def _number(said: str) -> str:
    number = normalise(said)
    if number is None:
        raise click.UsageError("that is no number that can be dialled")
    return number

"""`jaabi directory` for places: areas and facilities as files, and the telephones to ring."""

from collections.abc import Callable
from pathlib import Path
from typing import IO

import click

from flows.msisdn import normalise
from gateway.cli_directory import directory, directory_export, directory_import, opened
from models.db import Work
from models.services import place_exchange
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


def _import(what: str, read: Callable[[Work, str], int]) -> click.Command:
    @click.argument("file", type=click.File(encoding="utf-8"))
    def take(file: IO[str]) -> None:
        with opened() as (work, _):
            click.echo(f"{read(work, file.read())} rows")

    return click.command(what, help=f"Take {what} in.")(take)


def _export(what: str, write: Callable[[Work], str]) -> click.Command:
    @click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
    def give(file: Path) -> None:
        with opened() as (work, _), click.open_file(str(file), "w", encoding="utf-8") as out:
            out.write(write(work))

    return click.command(what, help=f"Write {what} out; - is standard output.")(give)


for _what, _read in place_exchange.READERS.items():
    directory_import.add_command(_import(_what, _read))
for _what, _write in place_exchange.WRITERS.items():
    directory_export.add_command(_export(_what, _write))

"""`jaabi slips`: booklets of numbered slips for operators, printed once."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import click

from gateway.assembly_of_dialogues import build_house
from gateway.cli_base import Unusable, iso, load_settings
from gateway.cli_directory import opened
from gateway.cli_lists import Row, as_json, looking, print_rows
from gateway.slip_sheets import Sheet, sheets
from models.db import Work
from models.services import slips as register
from models.services.scene import House
from models.services.slips import Printed, SlipsRefused, Standing
from models.slip import Booklet

OWN_EYES = 0o600


@click.group()
def slips() -> None:
    """Give operators numbered slips whose receipts can be read out at once."""


@slips.command("issue")
@click.option("--operator", required=True, help="whose they are, e.g. P0301")
@click.option("--count", type=click.IntRange(1, register.MOST), default=50, show_default=True)
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
def slips_issue(operator: str, count: int, out: Path) -> None:
    """Write a booklet as PDF, the only copy there ever is: print it, then destroy the file."""
    house = build_house(load_settings())
    with _only_copy(out) as file, opened() as (work, _):
        booklet, printed = _issued(work, house, operator, count)
        sheet = Sheet(operator.upper(), booklet.id, booklet.issued_at, house.service_code)
        file.write(sheets(printed, sheet, house.flows.texts))
        file.flush()
        said = f"{booklet.id}: slips {printed[0].number} to {printed[-1].number}, in {out}"
    click.echo(said)


@slips.command("list")
@as_json
def slips_list(as_json: bool) -> None:
    """List the booklets: whose, which numbers, how many used. No code is kept anywhere."""
    with looking() as work:
        print_rows(map(_row, register.booklets(work)), as_json=as_json)


@slips.command("revoke")
@click.argument("booklet", type=int)
def slips_revoke(booklet: int) -> None:
    """Make a lost booklet worthless; what was logged with it stays."""
    with opened() as (work, _):
        register.revoke(work, booklet, datetime.now(UTC))
    click.echo(f"{booklet} is revoked")


@contextmanager
def _only_copy(out: Path) -> Iterator[IO[bytes]]:
    """Open a new file for our own eyes; if the booklet is not kept, no code stays on the disk."""
    try:
        handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWN_EYES)
    except FileExistsError:
        raise Unusable([f"{out} is there already: another booklet's only copy?"]) from None
    except OSError as error:
        raise Unusable([f"{out} cannot be written: {error.strerror}"]) from None
    kept = False
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        kept = True
    finally:
        if not kept:
            out.unlink(missing_ok=True)


def _issued(work: Work, house: House, operator: str, count: int) -> tuple[Booklet, list[Printed]]:
    try:
        return register.issue(work, house, operator, count, datetime.now(UTC))
    except SlipsRefused as error:
        raise Unusable([str(error)]) from None


def _row(one: Standing) -> Row:
    return {
        "booklet": one.id,
        "operator": one.operator,
        "first": one.first,
        "last": one.last,
        "slips": one.slips,
        "used": one.used,
        "issued_at": iso(one.issued_at),
        "revoked_at": None if one.revoked_at is None else iso(one.revoked_at),
    }

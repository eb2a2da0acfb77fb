"""`jaabi dead-letters`: what could not be handled, of each kind, and how it is tried again."""

from collections.abc import Iterator
from datetime import UTC, datetime

import click

from gateway import assembly, spooled
from gateway.cli_base import Unusable, iso, load_settings
from gateway.cli_lists import Row, as_json, looking, print_rows
from gateway.settings import Settings
from gateway.spool import POST, Spool
from models.db import Operator
from models.errors import NotFound
from models.seal import Transit
from models.services import dead_letters as letters

SPOOL = "spool"


@click.group(name="dead-letters", invoke_without_command=True)
@as_json
@click.pass_context
def dead_letters(ctx: click.Context, as_json: bool) -> None:
    """List what could not be handled: messages, sounds, texts of ours, posts set aside."""
    if ctx.invoked_subcommand is None:
        with looking() as work:
            found = [*map(_letter, letters.dead_letters(work)), *_posts(load_settings())]
        print_rows(sorted(found, key=lambda row: row["created_at"]), as_json=as_json)


@dead_letters.command(name="retry")
@click.argument("letter_id")
def retry(letter_id: str) -> None:
    """Let one be handled again."""
    settings = load_settings()
    try:
        if letter_id.startswith(f"{SPOOL}-"):
            _post_again(settings, letter_id)
        else:
            _row_again(settings, letter_id)
    except NotFound as error:
        raise Unusable([str(error)]) from None
    click.echo(f"{letter_id} waits again")


def _row_again(settings: Settings, letter_id: str) -> None:
    store = assembly.open_store(settings)
    try:
        with store.work(Operator()) as work:
            letters.retry(work, letter_id, assembly.clock())
    finally:
        store.close()


def _post_again(settings: Settings, letter_id: str) -> None:
    """Put a post back where it waited; its spool looks there by itself."""
    for one in spooled.set_aside(settings.spool_dir):
        if letter_id == _name(one):
            spool = Spool(settings.spool_dir / one.spool, Transit.load(settings.keys))
            spool.retry(f"{one.name}{POST}")
            return
    raise NotFound(f"no dead letter {letter_id}")


def _posts(settings: Settings) -> Iterator[Row]:
    openable = (assembly.clock() - letters.RECENT).timestamp()
    for one in spooled.set_aside(settings.spool_dir):
        yield {
            "id": _name(one),
            "kind": SPOOL,
            "channel": None,
            "status": "set aside",
            "tries": 1,
            "cause": one.reason,
            "created_at": iso(datetime.fromtimestamp(one.at, UTC)),
            "again": one.at > openable,
        }


def _name(one: spooled.SetAside) -> str:
    return f"{SPOOL}-{one.spool}-{one.name}"


def _letter(one: letters.Letter) -> Row:
    return {
        "id": one.id,
        "kind": one.kind,
        "channel": one.channel,
        "status": one.status,
        "tries": one.tries,
        "cause": one.cause,
        "created_at": iso(one.at),
        "again": one.again,
    }

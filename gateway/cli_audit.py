"""`jaabi audit`: who did what, without a word of any case, and whether nobody changed that."""

import json
from datetime import datetime
from typing import IO

import click

from gateway import assembly
from gateway.cli_base import Moment, Unusable, iso, load_settings
from gateway.cli_lists import Row, as_json, looking, print_rows
from gateway.unlocking import lock_of
from models.audit import AuditEntry
from models.db import Job
from models.services import audit_list
from models.services.audit_list import Asked
from models.strongbox import Strongbox
from models.vault import KEEPER
from workers.keeper.chain import KEY
from workers.keeper.chain_memory import Memory, Place
from workers.keeper.proof import compare, prove

BROKEN = 1


@click.group(name="audit")
def audit() -> None:
    """Look at the audit log, and prove that it is whole."""


@audit.command(name="list")
@as_json
@click.option("--since", type=Moment(), help="noted then or later")
@click.option("--actor", help="by whom: P0151, R128, operator, job:...")
@click.option("--act", help="what: read, break_glass, block, ...")
@click.option("--last", type=click.IntRange(1), default=100, show_default=True, help="how many")
def listed(
    as_json: bool, since: datetime | None, actor: str | None, act: str | None, last: int
) -> None:
    """List what was noted, the newest last; of C5 to C7 nothing."""
    with looking() as work:
        asked = Asked(since=since, actor=actor, act=act, last=last)
        rows = map(_row, audit_list.entries(work, asked))
        print_rows(rows, as_json=as_json)


@audit.command(name="head")
@as_json
def head(as_json: bool) -> None:
    """Print the last link of the chain, to be kept off this machine."""
    with looking(Job("verify")) as work:
        link = audit_list.head(work)
        if link is None:
            raise Unusable(["nothing was noted yet"])
        row = {"position": link.position, "mac": link.mac, "entry": link.entry_id}
        print_rows([row], as_json=as_json)


@audit.command(name="verify")
@click.option("--head", "sent", type=click.File(encoding="utf-8"), help="a head kept elsewhere")
@click.pass_context
def verify(ctx: click.Context, sent: IO[str] | None) -> None:
    """Go along the whole chain; exit code 1 when an entry was changed, removed or put in.

    Needs the keeper's folder: run it as the keeper's user.
    """
    settings = load_settings()
    box = Strongbox(settings.keys / KEEPER, lock_of(settings))
    key, memory = box.read(KEY), Memory.load(box.folder)
    with looking(Job("verify")) as work:
        proof = prove(work, key, memory, assembly.clock())
        if sent is not None:
            proof.faults += compare(work, _place(sent), memory)
    for fault in proof.faults:
        click.echo(fault)
    if proof.waiting:
        click.echo(f"{proof.waiting} entries wait for the keeper to link them", err=True)
    click.echo(f"{proof.links} links: {'broken' if proof.faults else 'whole'}")
    ctx.exit(BROKEN if proof.faults else 0)


def _place(sent: IO[str]) -> Place:
    try:
        said = json.loads(sent.read())
        return Place(said["position"], said["mac"], said["entry"])
    except (ValueError, KeyError, TypeError):
        raise Unusable(["that is no head: give what `jaabi audit head --json` wrote"]) from None


def _row(entry: AuditEntry) -> Row:
    return {
        "id": entry.id,
        "at": iso(entry.at),
        "actor": entry.actor,
        "act": entry.act,
        "about": entry.about,
        "number": entry.number,
        "reason": entry.reason,
        "details": entry.details,
    }

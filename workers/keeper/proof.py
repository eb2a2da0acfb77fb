"""Proves that the audit chain is whole: nothing changed, removed, swapped, put in or cut off."""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, exists, func, select

from models.audit import AuditEntry, AuditLink
from models.db import Work
from workers.keeper.chain import mac
from workers.keeper.chain_memory import Cut, Memory, Place

AT_ONCE = 2000
SOON = timedelta(minutes=1)  # by then a keeper at work has linked what was noted


@dataclass(slots=True)
class Proof:
    """What was looked at and what is wrong, one sentence each; nothing wrong = the chain holds.

    ``waiting`` are entries that have no link yet, because no keeper was at work since.
    """

    links: int = 0
    waiting: int = 0
    faults: list[str] = field(default_factory=list)


def prove(work: Work, key: bytes, memory: Memory, now: datetime) -> Proof:
    """Go along the whole chain, from the first link that is not over its time to the last."""
    proof = Proof()
    proof.faults += [_said(one) for one in memory.cuts if not one.restored]
    head = None if memory.is_restored else memory.head
    last = memory.first
    for row in _chain(work, memory.first):
        if row.position != last.position + 1:
            missing = row.position - last.position - 1
            proof.faults.append(f"before position {row.position}: {missing} links are missing")
        last = _follow(proof, key, last, row)
        if head is not None and row.position == head.position and last != head:
            proof.faults.append(f"position {row.position}: not the link that the keeper made")
    if head is not None and head.position > last.position:
        cut = head.position - last.position
        proof.faults.append(f"after position {last.position}: {cut} links are cut off")
    unlinked = ~exists().where(AuditLink.entry_id == AuditEntry.id)
    old = select(func.count()).select_from(AuditEntry).where(unlinked, AuditEntry.at < now - SOON)
    proof.waiting = work.session.scalar(old) or 0
    return proof


def compare(work: Work, head: Place, memory: Memory) -> list[str]:
    """Return what speaks against a head that was sent away earlier; nothing: it is in the chain."""
    if head.position <= memory.first.position:
        return []  # over its time since
    link = work.session.get(AuditLink, head.position)
    if link is None or not hmac.compare_digest(link.mac, head.mac):
        return [f"position {head.position}: not the head that was sent away"]
    return []


def _chain(work: Work, first: Place) -> Iterator[Row[Any]]:
    """Return every link with its entry; as rows, because there may be very many."""
    entry = AuditEntry
    rows = (
        select(AuditLink.position, AuditLink.mac, AuditLink.entry_id, *entry.__table__.columns)
        .outerjoin(entry, entry.id == AuditLink.entry_id)
        .where(AuditLink.position > first.position)
        .order_by(AuditLink.position)
    )
    yield from work.session.execute(rows.execution_options(yield_per=AT_ONCE))


def _follow(proof: Proof, key: bytes, last: Place, row: Row[Any]) -> Place:
    """Judge one link, and go on from what it says: so that one fault is one sentence or two."""
    proof.links += 1
    if row.id is None:
        proof.faults.append(f"position {row.position}: its entry is gone")
    elif not hmac.compare_digest(row.mac, mac(key, last.mac, row.position, row)):
        proof.faults.append(f"position {row.position}: changed, swapped or put in")
    return Place(row.position, row.mac, row.entry_id)


def _said(one: Cut) -> str:
    cut, last = one.lost.position - one.found.position, one.found.position
    return f"on {one.at} the keeper found {cut} links cut off after position {last}"

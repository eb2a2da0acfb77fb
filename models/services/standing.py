"""What stands still and is nobody's case: texts given up, channels, slips, places without a word.

The service looks; what is said of places is counted of the ordinary cases that the viewer may
count, so that a place from which only what they may not know came is as silent as it was.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Select,
    String,
    and_,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)

from models.area import Area, Facility, PlaceCode, Settlement
from models.base import UtcDateTime
from models.case import Case
from models.channel import ChannelHealth
from models.db import Job
from models.inbound import InboundMessage
from models.organisation import Coverage
from models.outbound import OutboundMessage
from models.person import Person
from models.services.channels import WELL
from models.services.filtering import BEYOND, LATELY, Asking, failed_texts, undelivered
from models.services.visibility import countable_cases, in_service
from models.slip import Booklet, Slip
from models.voice_note import VoiceNote

SILENT = timedelta(days=30)
UNUSED = timedelta(days=14)  # after which a booklet of which no slip was used is asked about
LINES = 6


@dataclass(frozen=True, slots=True)
class Still:
    """One thing that stands still: what it is called, how many, and since when."""

    name: str
    number: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Place:
    """One place from which nothing comes: no complaint is a warning, not a success."""

    pcode: str
    name: str


@dataclass(frozen=True, slots=True)
class Standing:
    """All of it: by kind ("letters", "channels", "slips"), and silent places with their number."""

    kinds: Mapping[str, Sequence[Still]]
    places: Sequence[Place]
    silent: int
    lost: Sequence[int]
    """Row ids of the cases of which a text to the speaker failed lately."""


def standing(asking: Asking, *, is_cell: bool) -> Standing:
    """Return what stands still now; all but lost texts is for those who run the desk."""
    if not is_cell:
        return Standing({}, (), 0, undelivered(asking))
    found: defaultdict[str, list[Still]] = defaultdict(list)
    quiet = countable_cases(asking.work, Case.opened_at > asking.now - SILENT)
    with in_service(asking.work, Job("console")):
        for what, name, number, since in asking.work.session.execute(_troubles(asking.now)):
            if number:
                found[what].append(Still(name, number, since))
        places = asking.work.session.execute(_silent(quiet, asking.now)).all()
    number = places[0].many if places else 0
    lost = [int(one.name) for one in found.pop("lost", ())]
    return Standing(found, [Place(row.pcode, row.name) for row in places], number, lost)


def _troubles(now: datetime) -> Any:
    lost, later = failed_texts(now).subquery(), UtcDateTime()
    return union_all(
        *(
            _line("letters", literal(name), select(table).where(*which, table.settled_at > since))
            for since in [now - LATELY]
            for name, table, which in (
                ("inbox", InboundMessage, [InboundMessage.status == "dead"]),
                ("voice", VoiceNote, [VoiceNote.status.in_(("dead", "refused"))]),
                ("text", OutboundMessage, [OutboundMessage.status == "failed"]),
            )
        ),
        select(literal("channels"), ChannelHealth.channel, literal(1), ChannelHealth.since).where(
            ChannelHealth.state != WELL
        ),
        _unused(now),
        select(literal("lost"), cast(lost.c.case_id, String), literal(1), literal(None, later)),
    )


def _line(what: str, name: Any, rows: Select[Any]) -> Any:
    columns = (literal(what), name, func.count(), literal(None, UtcDateTime()))
    return rows.with_only_columns(*columns)


def _unused(now: datetime) -> Any:
    used = exists().where(Slip.booklet_id == Booklet.id, Slip.used_at.is_not(None))
    return (
        select(
            literal("slips"),
            Person.number,
            func.count(),
            func.min(Booklet.issued_at, type_=UtcDateTime()),
        )
        .join(Person, Person.id == Booklet.person_id)
        .where(Booklet.revoked_at.is_(None), Booklet.issued_at < now - UNUSED, ~used)
        .group_by(Person.number)
    )


def _silent(quiet: Select[Case], now: datetime) -> Any:
    """Return the places that we work in, from which no case came lately, the widest first."""
    in_force = or_(Coverage.until.is_(None), Coverage.until > now)
    ours: CompoundSelect[Any] = union_all(
        select(Coverage.area_pcode).where(in_force, Coverage.since < now - SILENT),
        select(func.substr(PlaceCode.ref, 3, type_=String)).where(PlaceCode.ref.like("c:%")),
        select(Settlement.commune_pcode).join(PlaceCode, PlaceCode.ref == "s:" + Settlement.id),
        select(Facility.commune_pcode).join(PlaceCode, PlaceCode.ref == "f:" + Facility.id),
    )
    here = and_(Case.area_pcode >= Area.pcode, Case.area_pcode < Area.pcode + BEYOND)
    said = quiet.where(here).with_only_columns(literal(1)).correlate(Area).exists()
    return (
        select(Area.pcode, Area.name, func.count().over().label("many"))
        .where(Area.pcode.in_(ours), ~said)
        .order_by(Area.level, Area.name)
        .limit(LINES)
    )

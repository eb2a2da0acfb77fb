"""What is published, how fine, and when: fixed tables, each a tree of cells (threat model T10).

Every cell divides one other cell and is divided by partitions of its own; no partition is told
twice along two roads. That is what flows/release.py relies on, so it stands in this form alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from flows.referral_lifecycle import ADVICE, BANDS, PRODUCTS, REASONS

COUNTRY = "ML"
LENGTHS = (2, 4, 6, 8)  # digits of a p-code: country, region, cercle, commune (flows/directory.py)
REGION, CERCLE, COMMUNE = 1, 2, 3
UNSAID, OTHER = "unsaid", "other"

Period = Literal["month", "quarter"]


class Cell(NamedTuple):
    """One number of a table: everybody of an area, or those of one value of a partition."""

    area: str
    split: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Split:
    """A partition by one fact; ``of`` is the value of another partition that it divides."""

    name: str
    values: tuple[str, ...]
    of: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Publication:
    """One table: whom it counts, down to which level of areas, divided how at which level.

    ``threshold``: smaller numbers are never shown. ``wait``: from the end of the period to its
    publication. What is not ``public`` is for the officers of its compartment alone.
    """

    name: str
    level: int
    splits: tuple[Split, ...]
    divided: int
    threshold: int = 5
    period: Period = "month"
    wait: timedelta = timedelta(days=2)  # a text may be filed a day after it was sent
    public: bool = True


Traits = Mapping[str, str]

SOURCES = (
    *("ussd", "sms", "chat", "voice", "call", "box", "committee", "assembly"),
    *("radio", "visit", "pdm", "focus", "relay"),
)
ANSWERED = Split("answered", ("in_time", "late", "waiting"))

COMPLAINTS = Publication(
    "complaints",
    COMMUNE,
    (
        Split("topic", ("1", "2", "3", "4", "6", "7", "8")),
        Split("class", ("C0", "C1", "C2", "C3", "C4", "C8", "C9")),
        Split("source", (*SOURCES, OTHER)),
        Split("sex", ("F", "M", UNSAID)),
        ANSWERED,
        Split("said_of_answer", ("content", "not_content", UNSAID)),
    ),
    CERCLE,
)
INCOMPLETE = Publication("incomplete", CERCLE, (), CERCLE)
ALERTS = Publication(
    "alerts",
    CERCLE,
    (
        Split("kind", ("61", "62", "63", "64", "65", "66", "67", OTHER)),
        Split("decided", ("in_time", "late", "waiting")),
    ),
    CERCLE,
)
EVACUATIONS = Publication(
    "evacuations", CERCLE, (Split("taken", ("yes", "no")),), CERCLE, threshold=10
)
# A cohort is everybody sent in a month, watched for thirty days (domain.md 4.3).
_WATCHED = timedelta(days=30)
DAYS: Mapping[str, int] = {"0-2": 2, "3-7": 7, "8-14": 14, "15-30": 30}  # up to how many
_CAME, _SERVED = ("arrived", "yes"), ("served", "yes")
_MET = (
    Split("served", ("yes", "no", "waiting"), of=_CAME),
    Split("given", (*PRODUCTS, ADVICE, UNSAID), of=_SERVED),
    Split("counter_referred", ("yes", "no"), of=_SERVED),
    Split("not_served", (*REASONS.values(), UNSAID), of=("served", "no")),
)
REFERRALS = Publication(
    "referrals",
    CERCLE,
    (
        Split("sent_by", ("relay", "herself", OTHER)),
        Split("age", BANDS),
        Split("asked", (*PRODUCTS, UNSAID)),
        Split("accepted", ("48_h", "later", "no")),
        Split("arrived", ("yes", "no")),
        # Where the middle lies can be read off these; a median is some woman's own day.
        Split("days_to_arrival", tuple(DAYS), of=_CAME),
        *_MET,
    ),
    CERCLE,
    threshold=10,
    wait=_WATCHED,
)
WALK_INS = Publication(
    "walk_ins", CERCLE, (Split("arrived", ("yes",)), *_MET[:1]), CERCLE, threshold=10, wait=_WATCHED
)
_PASSED_ON = Split("passed_on", ("in_time", "late"))
# Domain rule 8: by region and quarter, for C7; the others are told as one number a quarter.
COMPARTMENTS: Mapping[str, Publication] = {
    name: Publication(name, level, (_PASSED_ON,), 0, threshold=10, period="quarter", public=False)
    for name, level in (("C5", 0), ("C6", 0), ("C7", REGION))
}
PUBLICATIONS: Mapping[str, Publication] = {
    one.name: one
    for one in (
        COMPLAINTS,
        INCOMPLETE,
        ALERTS,
        EVACUATIONS,
        REFERRALS,
        WALK_INS,
        *COMPARTMENTS.values(),
    )
}


def cells(publication: Publication, area: str | None, traits: Traits) -> Iterator[Cell]:
    """Give each cell that somebody is counted in; an unknown place is counted as far as known."""
    for level in range(publication.level + 1):
        pcode = area_at(area, level)
        if pcode is None:
            return
        yield Cell(pcode)
        if level == publication.divided:
            for split in publication.splits:
                if split.name in traits:
                    yield Cell(pcode, split.name, _known(split, traits[split.name]))


def area_at(pcode: str | None, level: int) -> str | None:
    """Return the area of this level that a place lies in; the country for a place unknown."""
    if level == 0:
        return COUNTRY
    length = LENGTHS[level]
    return pcode[:length] if pcode is not None and len(pcode) >= length else None


def period_of(publication: Publication, at: datetime) -> str:
    """Return the period that a moment falls in: 2026-11, or 2026-Q4."""
    if publication.period == "month":
        return f"{at:%Y-%m}"
    return f"{at:%Y}-Q{(at.month + 2) // 3}"


def bounds(period: str, zone: datetime) -> tuple[datetime, datetime]:
    """Return when a period begins and when the next one does, in the zone of that moment."""
    year, _, part = period.partition("-")
    first, months = (3 * int(part[1:]) - 2, 3) if part.startswith("Q") else (int(part), 1)
    after = int(year) * 12 + first - 1 + months
    begin = zone.replace(
        year=int(year), month=first, day=1, hour=0, minute=0, second=0, microsecond=0
    )
    return begin, begin.replace(year=after // 12, month=after % 12 + 1)


def ripe(publication: Publication, period: str, now: datetime) -> bool:
    """Tell whether a period is over and was watched for long enough to be told."""
    return now >= bounds(period, now)[1] + publication.wait


def _known(split: Split, value: str) -> str:
    if value in split.values:
        return value
    return OTHER if OTHER in split.values else split.values[-1]

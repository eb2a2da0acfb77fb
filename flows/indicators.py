"""Indicators of domain.md 4.3 as two published cells: a numerator and a denominator, never a share.

They are read off what was released; nothing is counted for them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flows.publications import ALERTS, COMPLAINTS, EVACUATIONS, REFERRALS, Cell

Said = str | int  # 35, or <5
Value = tuple[str, str]  # of a partition: its name, one of its values
EVERYBODY: Value = ("", "")
_CAME: Value = ("arrived", "yes")
_SERVED: Value = ("served", "yes")


@dataclass(frozen=True, slots=True)
class Indicator:
    """How many of how many, both cells of one table and one area."""

    name: str
    publication: str
    numerator: Value
    denominator: Value = EVERYBODY


INDICATORS = (
    Indicator("complaints.answered_in_time", COMPLAINTS.name, ("answered", "in_time")),
    Indicator("complaints.waiting", COMPLAINTS.name, ("answered", "waiting")),
    Indicator("complaints.content", COMPLAINTS.name, ("said_of_answer", "content")),
    Indicator("complaints.women", COMPLAINTS.name, ("sex", "F")),
    Indicator("alerts.decided_in_72_h", ALERTS.name, ("decided", "in_time")),
    Indicator("evacuations.taken", EVACUATIONS.name, ("taken", "yes")),
    Indicator("referrals.accepted_in_48_h", REFERRALS.name, ("accepted", "48_h")),
    Indicator("referrals.arrival", REFERRALS.name, _CAME),
    Indicator("referrals.service", REFERRALS.name, _SERVED, _CAME),
    Indicator("referrals.completion", REFERRALS.name, _SERVED),
    Indicator("referrals.counter_referral", REFERRALS.name, ("counter_referred", "yes"), _SERVED),
    Indicator("referrals.stock_out", REFERRALS.name, ("not_served", "stock_out"), _CAME),
)


def shares(publication: str, told: Mapping[Cell, Said]) -> Iterator[tuple[str, str, Said, Said]]:
    """Give area, indicator, numerator and denominator of one table and period, as they are told."""
    areas = sorted({cell.area for cell in told if cell.split})
    for one in (one for one in INDICATORS if one.publication == publication):
        for area in areas:
            parts = [told.get(Cell(area, *value)) for value in (one.numerator, one.denominator)]
            if parts[0] is not None and parts[1] is not None:
                yield area, one.name, parts[0], parts[1]

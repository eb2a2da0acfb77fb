"""Names of the places and organisations that stand in a table, by their codes."""

from collections.abc import Collection, Mapping

from sqlalchemy import literal, select, union_all

from models.area import Area
from models.db import Work
from models.organisation import Organisation


def names_of(work: Work, divided: Mapping[str, Collection[str]]) -> Mapping[str, Mapping[str, str]]:
    """Return names by fact and code; what has none is missing."""
    places = select(literal("area"), Area.pcode, Area.name).where(
        Area.pcode.in_(list(divided.get("area", ())))
    )
    bodies = select(literal("organisation"), Organisation.id, Organisation.name).where(
        Organisation.id.in_(list(divided.get("organisation", ())))
    )
    found: dict[str, dict[str, str]] = {}
    for fact, code, name in work.session.execute(union_all(places, bodies)):
        found.setdefault(fact, {})[code] = name
    return found

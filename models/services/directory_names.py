"""Names that people type, made codes of the directory; and codes made names again."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import func, select

from flows.place_names import fold, sound
from models.area import Area
from models.db import Work
from models.organisation import Organisation
from models.services.filtering import Filter

_PCODE = re.compile(r"ML[0-9]{0,6}")
FEWEST = 3  # letters that a name begins with


@dataclass(frozen=True, slots=True)
class Known:
    """A filter by codes, with the names of what it is narrowed to, and what nobody knows."""

    wanted: Filter
    area: str = ""
    organisation: str = ""
    unknown: tuple[str, ...] = ()


def known(work: Work, said: Filter) -> Known:
    """Return a filter whose place and organisation are codes; what is not known narrows nothing."""
    area, place = _area(work, said.area) if said.area else ("", "")
    body, name = _organisation(work, said.organisation) if said.organisation else ("", "")
    lost = [one for one, code in ((said.area, area), (said.organisation, body)) if one and not code]
    return Known(replace(said, area=area, organisation=body), place, name, tuple(lost))


def _area(work: Work, said: str) -> tuple[str, str]:
    """Return p-code and name; of several of one name the widest, which holds the others."""
    rows = select(Area.pcode, Area.name).order_by(Area.level, Area.pcode)
    if _PCODE.fullmatch(said):
        rows = rows.where(Area.pcode == said)
        return next(((code, name) for code, name in work.session.execute(rows)), ("", ""))
    every = work.session.execute(rows.where(Area.level > 0))
    return _named(said, [(code, name) for code, name in every])


def _organisation(work: Work, said: str) -> tuple[str, str]:
    rows = select(Organisation.id, Organisation.name)
    exact = work.session.execute(rows.where(func.lower(Organisation.id) == said.lower())).first()
    if exact is not None:
        return exact[0], exact[1]
    every = work.session.execute(rows.order_by(Organisation.id))
    return _named(said, [(code, name) for code, name in every])


def _named(said: str, rows: list[tuple[str, str]]) -> tuple[str, str]:
    key = fold(said)
    if len(key) < FEWEST:
        return "", ""
    ways: tuple[Callable[[str], bool], ...] = (
        lambda name: name == key,
        lambda name: name.startswith(key),
        lambda name: sound(name) == sound(key),
    )
    for is_it in ways:
        for code, name in rows:
            if is_it(fold(name)):
                return code, name
    return "", ""

"""What is searched for in lists: number, place, category, organisation, objet; never words said.

Names are looked up in the small tables of the directory first, and become conditions on codes. The
objet has an index of its own on each engine (migration 0013), without accents and by first letters.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Integer,
    and_,
    false,
    func,
    literal,
    or_,
    select,
    text,
    union_all,
)

from flows.place_names import sound, words_of
from flows.sensitivity import CLASS_OF
from models.area import Area, Facility, Settlement
from models.case import Case
from models.db import Work
from models.organisation import Organisation
from models.services.filtering import concerns, inside

SHORTEST = 2  # letters below which a word says nothing
WORDS = 6  # that are looked for
HEARD = 5  # letters from which a name may be spelt as it sounds
NAMED = 40  # places or organisations that one word may mean
SITE, SITES = "site", 200
_SQLITE = text("SELECT rowid FROM case_objet WHERE case_objet MATCH :objet").columns(rowid=Integer)


@dataclass(frozen=True, slots=True)
class _Name:
    """Something of the directory that a word may mean: an area, an organisation, or a site.

    A site is a village or a centre; its key is what ``Case.place_ref`` says.
    """

    what: str
    key: str
    words: tuple[str, ...]

    def is_meant_by(self, word: str) -> bool:
        if any(own.startswith(word) for own in self.words):
            return True
        return len(word) >= HEARD and sound(word) in {sound(own) for own in self.words}


Says = Callable[[str], str]  # the words of a category, by its code


def searched(work: Work, q: str, says: Says) -> list[ColumnElement[bool]]:
    """Return what a search asks of a case: each of its words, wherever it stands."""
    words = [_one_of_them(word) for word in words_of(q) if len(word) >= SHORTEST][:WORDS]
    if not words:
        return [false()] if q.strip() else []
    told = [one for one in words if not one.isdecimal()]
    names = [*_directory(work), *_sites(work, told)] if told else []
    return [or_(*_meanings(work, word, names, says)) for word in words]


def _one_of_them(word: str) -> str:
    """Return a word as it begins whether there is one or several: forages is found as forage."""
    return word[:-1] if len(word) >= HEARD and word[-1] in "sx" else word


def _meanings(
    work: Work, word: str, names: list[_Name], says: Says
) -> Iterator[ColumnElement[bool]]:
    yield Case.number == word
    yield _in_objet(work, word)
    if word.isdecimal():
        return
    meant = [one for one in names if one.is_meant_by(word)]
    for one in [one for one in meant if one.what != SITE][:NAMED]:
        yield inside(one.key) if one.what == "area" else concerns(one.key)
    sites = [one.key for one in meant if one.what == SITE][:NAMED]
    if sites:
        yield Case.place_ref.in_(sites)
    said = [code for code in CLASS_OF if any(w.startswith(word) for w in words_of(says(code)))]
    if said:
        yield Case.category.in_(said)


def _directory(work: Work) -> Iterator[_Name]:
    areas = select(literal("area"), Area.pcode, Area.name).where(Area.level > 0)
    bodies = select(literal("organisation"), Organisation.id, Organisation.name)
    for what, key, name in work.session.execute(union_all(areas, bodies)):
        own = words_of(name) if what == "area" else words_of(f"{name} {key}")
        yield _Name(what, key, tuple(own))


def _sites(work: Work, words: list[str]) -> Iterator[_Name]:
    """Give the villages and centres of which a name has a word that begins so: there are many."""
    asked = [
        select(literal(kind) + table.id, table.name).where(
            or_(*(table.name.ilike(start + word + "%") for word in words for start in ("", "% ")))
        )
        for kind, table in (("s:", Settlement), ("f:", Facility))
    ]
    for key, name in work.session.execute(union_all(*asked).limit(SITES)):
        yield _Name(SITE, key, tuple(words_of(name)))


def _in_objet(work: Work, word: str) -> ColumnElement[bool]:
    """Return that the objet has a word that begins so; only letters and digits reach an index."""
    if work.session.get_bind().dialect.name == "sqlite":
        found = _SQLITE.bindparams(objet=f'"{word}"*').alias()
        return Case.id.in_(select(found.c.rowid))
    named = func.jaabi_objet(f"{word}:*", type_=Integer)
    return and_(Case.subject_line.is_not(None), Case.id.in_(select(named.column_valued())))

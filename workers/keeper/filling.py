"""Puts into a text, as it leaves, what stands in it nowhere else: a number to ring, an answer.

Only what the row names, and a number only of somebody who agreed to be rung (field.md 5, D5 to D7).
"""

from collections.abc import Callable, Mapping

from sqlalchemy import select

from flows.armed import unnamed, without_armed
from flows.fills import quoted
from flows.msisdn import HOME_CODE
from flows.readers import without_numbers
from models.case import Story
from models.db import Job, Store, Work
from models.person import Person
from models.vault import Vault
from workers.keeper.reading import opened

ACTOR = Job("keeper")
UNKNOWN = "?"  # in place of the number of somebody who left, or no longer agrees
NOTHING = "voir"  # in place of words that were erased meanwhile


class Filling:
    """Reads what a row names and opens it. Raises SealBroken where a seal is not ours."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store = store
        self._vault = vault
        self._kinds: Mapping[str, Callable[[Work, str], str]] = {
            "person": self._number,
            "story": self._words,
        }

    def values(self, fills: Mapping[str, str] | None) -> dict[str, str]:
        """Return what is put in, by the name it has in the text."""
        if not fills:
            return {}
        with self._store.reading(ACTOR) as work:
            return {name: self._open(work, what) for name, what in fills.items()}

    def _open(self, work: Work, what: str) -> str:
        kind, _, ref = what.partition(":")
        return self._kinds[kind](work, ref)

    def _number(self, work: Work, number: str) -> str:
        person = work.session.scalar(select(Person).where(Person.number == number))
        if person is None or not person.usable or person.ring_agreed_at is None:
            return UNKNOWN
        if person.phone_sealed is None:
            return UNKNOWN
        return self._vault.number(person.phone_sealed).removeprefix(f"+{HOME_CODE}")

    def _words(self, work: Work, story: str) -> str:
        said = opened(work, self._vault, Story.id == int(story))
        words = without_armed(without_numbers("".join(said)))
        return quoted(unnamed(words)) or NOTHING

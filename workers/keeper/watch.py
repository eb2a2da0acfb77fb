"""Notices who asks for pseudonyms without need: trying all numbers is how a pepper is misused."""

from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import select, union

from models.case import Case
from models.conversation import Contact, Conversation
from models.db import Work
from models.inbound import InboundMessage
from models.person import Person

GRACE = timedelta(minutes=1)  # the row that needed the name is committed well within
HOUR = timedelta(hours=1)
ALLOWED_AN_HOUR = 200  # threat model 3: then 10^8 numbers take 57 years
AT_ONCE = 500

HOLDERS = (
    Contact.pseudonym,
    Conversation.contact,
    InboundMessage.contact,
    Case.contact,
    Person.pseudonym,
)


class Watch:
    """Counts pseudonyms that were asked for and then appear in no committed row."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._asked: dict[str, datetime] = {}
        self._needless: deque[datetime] = deque()

    @property
    def needless(self) -> int:
        """How many names nobody needed were given within the hour."""
        return len(self._needless)

    @property
    def is_over(self) -> bool:
        """Whether no more names are given until an hour has gone by."""
        return self.needless > ALLOWED_AN_HOUR

    def asked(self, pseudonym: str, now: datetime) -> None:
        """Note that this name was given."""
        with self._lock:
            self._asked.setdefault(pseudonym, now)

    def look(self, work: Work, now: datetime) -> None:
        """Count the names given a minute ago or more that no committed row holds."""
        with self._lock:
            ripe = {one: at for one, at in self._asked.items() if now - at >= GRACE}
            self._asked = {one: at for one, at in self._asked.items() if one not in ripe}
        held = _held(work, ripe)
        self._needless.extend(sorted(at for one, at in ripe.items() if one not in held))
        while self._needless and now - self._needless[0] >= HOUR:
            self._needless.popleft()


def _held(work: Work, names: Iterable[str]) -> set[str]:
    wanted = list(names)
    held: set[str] = set()
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        found = union(*(select(column).where(column.in_(some)) for column in HOLDERS))
        held.update(work.session.scalars(found))
    return held

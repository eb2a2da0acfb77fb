"""How much one phone is answered within an hour. Beyond it all is kept, and less is said.

Five automatic texts an hour (threat model, T6). A phone that had three is asked no more: what it
says is filed as it stands. One that had five has its words kept with its latest case. What is owed
(a receipt, the answer to harm, to a code, to STOP) goes a little further; what may be harm is
always filed by itself. Robots are not answered at all: the same words for the third time within the
hour, and our own texts come back (docs/decisions/0024).
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from hashlib import blake2b

from sqlalchemy import bindparam, func, select

from flows.case_lifecycle import OPEN
from flows.policy import SENSITIVE
from models.case import Case
from models.db import Work
from models.outbound import OutboundMessage
from models.services.scene import Scene

HOUR = timedelta(hours=1)
ASKED = 3  # texts after which a speaker's phone is asked nothing more
ANSWERS = 5
OWED = 10  # with what is owed
REGISTERED = 60  # to somebody who works with the service
TIMES = 3  # as often the same words are those of a robot
REMEMBERED = 8  # digests of what a phone said last
SHORTEST = 8  # characters: choices and place codes are said again by anybody

ASKED_BY_STAFF = frozenset({"command"})

ENOUGH = "answered enough this hour"
KEPT = "kept with its case of this hour"
SAID = "said before"
ECHO = "our own text came back"

Heard = list[list[str]]

# Built once: building a statement costs more than running it.
LATELY = select(func.count()).where(
    OutboundMessage.contact == bindparam("contact"),
    OutboundMessage.created_at > bindparam("since"),
    OutboundMessage.status != "withheld",
)
LATELY_FOR = LATELY.where(OutboundMessage.purpose.in_(bindparam("purposes", expanding=True)))


def told(work: Work, contact: str, now: datetime, purposes: Collection[str] | None = None) -> int:
    """Return how many texts this phone was sent or shall be, of those written within the hour.

    ``purposes``: only texts of these.
    """
    about = {"contact": contact, "since": now - HOUR}
    if purposes is None:
        return work.session.scalar(LATELY, about) or 0
    return work.session.scalar(LATELY_FOR, {**about, "purposes": list(purposes)}) or 0


def is_enough(scene: Scene, *, owed: bool) -> bool:
    """Return whether this phone is told nothing more within this hour."""
    if scene.person_id is not None:
        return scene.told >= REGISTERED
    return scene.told >= (OWED if owed else ANSWERS)


def latest_case(work: Work, scene: Scene) -> int | None:
    """Return the case that this phone opened last within the hour, if words may be added to it."""
    return work.session.scalar(
        select(Case.id)
        .where(
            Case.contact == scene.contact,
            Case.opened_at > scene.now - HOUR,
            Case.status.in_(OPEN),
            Case.case_class.not_in(SENSITIVE),
        )
        .order_by(Case.id.desc())
        .limit(1)
    )


def hear(before: Heard, text: str, now: datetime) -> Heard:
    """Return what a phone said last with these words among it: digests and times, no word."""
    lately = [one for one in before if datetime.fromisoformat(one[1]) > now - HOUR]
    return [*lately, [_digest(text), now.isoformat()]][-REMEMBERED:]


def is_said_again(heard: Heard, text: str) -> bool:
    """Return whether the words heard last are those of a robot."""
    own = _digest(text)
    return len(text) >= SHORTEST and [one[0] for one in heard].count(own) >= TIMES


def is_echo(text: str, ours: Iterable[str]) -> bool:
    """Return whether words are a text of ours, sent back by a machine."""
    return len(text) >= SHORTEST and _plain(text) in {_plain(one) for one in ours}


def _digest(text: str) -> str:
    return blake2b(_plain(text).encode(), digest_size=6).hexdigest()


def _plain(text: str) -> str:
    return "".join(text.casefold().split())

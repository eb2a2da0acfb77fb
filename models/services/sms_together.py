"""Several SMS in one unit of work: who they are is asked once, what they are answered written once.

What a phone says next finds all that came before, as if each had been answered by itself.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from models.db import Work
from models.inbound import InboundMessage
from models.seal import Transit
from models.services import messages
from models.services.dialogues import Known
from models.services.drafts import Draft

Answers = Callable[[Work, InboundMessage, datetime, Known | None], list[Draft]]


class Together:
    """Claimed messages that share a unit of work. ``known``: whose each row is, by its id."""

    def __init__(
        self,
        work: Work,
        answers: Answers,
        known: Mapping[int, Known],
        transit: Transit,
        clock: Callable[[], datetime],
    ) -> None:
        self._work = work
        self._answers = answers
        self._known = known
        self._transit = transit
        self._clock = clock
        self._drafts = list[Draft]()
        self._heard = set[str | None]()

    def answer(self, row: InboundMessage) -> None:
        """Let one have its effects; its answers follow. Raises KeeperAway."""
        known = self._known.get(row.id)
        if row.contact in self._heard:
            self.write()
            known = None
        self._heard.add(row.contact)
        self._drafts += self._answers(self._work, row, self._clock(), known)

    def write(self) -> None:
        """Write into the outbox what was answered so far."""
        messages.queue_all(self._work, self._drafts, self._transit, self._clock())
        self._drafts.clear()

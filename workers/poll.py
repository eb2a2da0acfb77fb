"""Asks providers now and then for what no webhook of theirs brought: one worker at a time."""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy.exc import OperationalError

from gateway.channels.base import Inbound, InboxAway, Letterbox
from models.db import Job, Store
from models.errors import KeeperAway, TransitLost
from models.services import intake, leases
from models.services.programme import put_setting, setting
from models.services.scene import House

ACTOR = Job("poll inboxes")
EVERY = timedelta(minutes=5)
YOUNG = timedelta(minutes=2)  # its webhook may still be on its way
PAGES = 50  # a look: however the provider counts, it ends
FIRST_LOOK = timedelta(days=1)  # what is older when we first ask was answered by somebody else

log = logging.getLogger(__name__)


class Polling:
    """Closes the gaps of all channels that have a letterbox. ``holder`` names this process."""

    def __init__(
        self,
        store: Store,
        house: House,
        letterboxes: Sequence[Letterbox],
        holder: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._house = house
        self._letterboxes = letterboxes
        self._holder = holder
        self._clock = clock

    def run(self, stop: threading.Event) -> None:
        """Ask every five minutes until told to stop."""
        while not stop.is_set():
            for one in self._letterboxes:
                try:
                    self.look(one)
                except (InboxAway, KeeperAway, TransitLost, OperationalError) as error:
                    said = {"channel": one.name, "reason": type(error).__name__}
                    log.warning("inbox not asked", extra=said)
            stop.wait(EVERY.total_seconds())

    def look(self, letterbox: Letterbox) -> int:
        """Take in what is missing of one channel, unless another worker just looked.

        Return how many were missing. Raises InboxAway, KeeperAway, TransitLost, OperationalError.
        """
        now, name = self._clock(), f"poll:{letterbox.name}"
        with self._store.work(ACTOR) as work:
            if not leases.take(work, name, self._holder, now, now + EVERY):
                return 0
            after = setting(work, name)
        since = now - FIRST_LOOK if after is None else None
        missing = 0
        for _ in range(PAGES):
            messages = self._old_enough(letterbox.fetch(after), now)
            if not messages:
                break
            for message in messages:
                missing += self._take(letterbox.name, message, since)
            after = messages[-1].id
        if missing:
            log.warning("inbox had more", extra={"channel": letterbox.name, "count": missing})
        return missing

    def _old_enough(self, messages: Sequence[Inbound], now: datetime) -> list[Inbound]:
        """Return those before the first whose webhook may still come; the rest is for later."""
        old = []
        for message in messages:
            at = intake.told(message.provider_at)
            if at is not None and at > now - YOUNG:
                break
            old.append(message)
        return old

    def _take(self, channel: str, message: Inbound, since: datetime | None) -> bool:
        """Take one message and note how far we are, both or neither."""
        at = intake.told(message.provider_at)
        with self._store.work(ACTOR) as work:
            put_setting(work, f"poll:{channel}", message.id or "")
            if since is not None and (at is None or at < since):
                return False
            sms = intake.ReceivedSms(
                channel, message.id, message.sender, message.text, message.provider_at
            )
            return intake.receive_missed(work, self._house, sms, self._clock())

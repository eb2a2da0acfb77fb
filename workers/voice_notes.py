"""Fetches the sounds of chats: sealed as soon as they are here, then deleted at the provider."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import datetime

from sqlalchemy.exc import OperationalError

from gateway.channels.base import MediaAway, MediaRefused, Shelf
from models.db import Job, Store
from models.errors import TransitLost
from models.services import voice_notes
from models.services.scene import House
from models.services.voice_notes import Due

ACTOR = Job("voice notes")
LOOK_S = 2.0
RENEW_S = 2.0  # how often whoever fetches says that it still does
PATIENCE_S = 180.0  # for all of one sound, on the slowest line that is still one

log = logging.getLogger(__name__)


class Fetcher:
    """Sees to sounds one after the other. ``shelves``: where each channel's provider keeps them.

    Several may run at once; doing it twice keeps a sound once.
    """

    def __init__(
        self,
        store: Store,
        house: House,
        shelves: Mapping[str, Shelf],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._house = house
        self._shelves = shelves
        self._clock = clock

    def run(self, stop: threading.Event) -> None:
        """See to what is due until told to stop. Waits while the database is away."""
        while not stop.is_set():
            try:
                self.drain(lambda: not stop.is_set())
            except OperationalError:
                log.warning("database away", extra={"job": "voice notes"})
            stop.wait(LOOK_S)

    def drain(self, going: Callable[[], bool] = lambda: True) -> int:
        """See to all that is due, and return how many steps that took."""
        steps = 0
        while going():
            with self._store.work(ACTOR) as work:
                for row in voice_notes.bury(work, self._clock()):
                    log.error("dead letter", extra={"row": row, "job": "voice notes"})
                due = voice_notes.claim(work, self._clock())
            if due is None:
                break
            self._see_to(due)
            steps += 1
        return steps

    def _see_to(self, due: Due) -> None:
        shelf = self._shelves.get(due.channel)
        if shelf is None:
            self._later(due, "no such channel")
            return
        try:
            url = self._house.transit.unwrap(due.url_sealed or b"")
            if due.is_kept:
                self._delete(shelf, url, due)
            else:
                self._fetch(shelf, url, due)
        except (MediaAway, TransitLost) as error:
            self._later(due, str(error))

    def _later(self, due: Due, reason: str) -> None:
        log.warning("sound waits", extra={"row": due.id, "reason": reason, "tries": due.tries})
        with self._store.work(ACTOR) as work:
            voice_notes.later(work, due, reason, self._clock())

    def _fetch(self, shelf: Shelf, url: str, due: Due) -> None:
        try:
            sound = self._listen(shelf, url, due)
        except MediaRefused as error:
            log.warning("sound refused", extra={"row": due.id, "reason": str(error)})
            with self._store.work(ACTOR) as work:
                voice_notes.refuse(work, due, str(error), self._clock())
            return
        with self._store.work(ACTOR) as work:
            voice_notes.seal(work, self._house.sealer, due, sound, self._clock())

    def _listen(self, shelf: Shelf, url: str, due: Due) -> bytes:
        sound, begun = bytearray(), time.monotonic()
        renewed = begun
        with closing(shelf.fetch(url)) as pieces:
            for piece in pieces:
                sound += piece
                if len(sound) > voice_notes.MOST:
                    raise MediaRefused("larger than 2 MB")
                now = time.monotonic()
                if now - begun > PATIENCE_S:
                    raise MediaAway("too slow")
                if now - renewed > RENEW_S:
                    self._go_on(due)
                    renewed = now
        if not sound:
            raise MediaRefused("empty")
        return bytes(sound)

    def _go_on(self, due: Due) -> None:
        with self._store.work(ACTOR, durable=False) as work:
            if not voice_notes.go_on(work, due, self._clock()):
                raise MediaAway("another fetches it")

    def _delete(self, shelf: Shelf, url: str, due: Due) -> None:
        try:
            shelf.delete(url)
        except MediaRefused:
            # It never was at the provider, so there is nothing of it to delete.
            log.warning("sound is nowhere", extra={"row": due.id})
        with self._store.work(ACTOR) as work:
            voice_notes.deleted(work, due, self._clock())

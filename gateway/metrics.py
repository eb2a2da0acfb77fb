"""Metrics for Prometheus, read anew at each scrape. They tell numbers of rows, never whose."""

import shutil
import socket
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from gateway import spooled, valkey
from gateway.settings import Settings
from models.db import Job, Store
from models.services import dead_letters, gauges
from models.services.gauges import Reading

ACTOR = Job("metrics")
PREFIX = "jaabi_"
PATIENCE_S = 0.5

# What each says, and what its labels are.
FAMILIES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "up": ("Whether this part answers", ("part",)),
    "queue_rows": (
        "Rows not settled yet, by how often they were tried",
        ("queue", "status", "tries"),
    ),
    "queue_oldest_seconds": ("For how long the oldest waiting row has been due", ("queue",)),
    "clock_late_seconds": ("For how long the oldest item has been due", ("clock",)),
    "channel_state": ("1 for the state a channel is in", ("channel", "state")),
    "channel_state_seconds": ("For how long it has been in it", ("channel",)),
    "channel_segments_today": ("Parts that left today, UTC", ("channel",)),
    "channel_spent_today": ("What they cost, in the programme's currency", ("channel",)),
    "spending_cap": ("What a day may cost; absent when nobody set it", ()),
    "sending_paused": ("1 while nothing may leave", ()),
    "dead_letters": ("Given up within seven days; of posts set aside, all", ("kind",)),
    "spool_posts": ("Posts on the disk that wait to be handed over", ("spool",)),
    "spool_oldest_seconds": ("For how long the oldest of them has waited", ("spool",)),
    "reports_unmatched": ("Delivery reports for messages nobody knows yet", ()),
    "names_needless": ("Names asked for within an hour that no row needed", ()),
    "names_refused": ("1 while the keeper therefore gives none", ()),
    "audit_cuts": ("How often the end of the audit log was gone, but by a restore", ()),
    "timetable_held": ("1 while a worker goes through the timetable", ()),
    "database_clock_ahead_seconds": ("The database's clock against ours", ()),
    "database_bytes": ("Size of the database", ()),
    "disk_free_bytes": ("Free where the data directory lies", ()),
    "disk_free_share": ("The same as a share of the disk", ()),
}


class Watcher(Collector):
    """Reads everything when it is asked. A database that is away is a reading too."""

    def __init__(self, store: Store, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Return nothing: else registering would already ask the database."""
        return ()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Return every family that has a reading now."""
        readings = defaultdict(list)
        for reading in (*self._rows(), *self._host()):
            readings[reading.name].append(reading)
        for name, (says, labels) in FAMILIES.items():
            if name not in readings:
                continue
            family = GaugeMetricFamily(PREFIX + name, says, labels=labels)
            for reading in readings[name]:
                family.add_metric(reading.labels, float(reading.value))
            yield family

    def _rows(self) -> list[Reading]:
        try:
            with self._store.reading(ACTOR) as work:
                found = list(gauges.read(work, self._clock()))
        except SQLAlchemyError:
            return [Reading("up", 0, ("database",))]
        return [*found, Reading("up", 1, ("database",))]

    def _host(self) -> Iterator[Reading]:
        yield Reading("up", valkey.answers(valkey.url_of(self._settings)), ("valkey",))
        yield Reading("up", _listens(self._settings.keeper_socket), ("keeper",))
        for one in spooled.waiting(self._settings.spool_dir):
            age = 0.0 if one.oldest is None else self._clock().timestamp() - one.oldest
            yield Reading("spool_posts", one.count, (one.spool,))
            yield Reading("spool_oldest_seconds", max(0.0, age), (one.spool,))
        openable = (self._clock() - dead_letters.RECENT).timestamp()
        aside = spooled.set_aside(self._settings.spool_dir, openable)
        yield Reading("dead_letters", len(aside), ("spool",))
        if self._settings.home.exists():
            disk = shutil.disk_usage(self._settings.home)
            yield Reading("disk_free_bytes", disk.free)
            yield Reading("disk_free_share", disk.free / disk.total)


def _listens(address: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
        link.settimeout(PATIENCE_S)
        return link.connect_ex(str(address)) == 0

"""What the doctor asks the database."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from gateway import assembly, spooled
from gateway.cli_base import iso
from gateway.demo import PINS
from gateway.settings import Settings
from models import migrating, rights
from models.channel import ChannelHealth
from models.db import Operator, Store
from models.inbound import InboundMessage
from models.services import (
    channels,
    dead_letters,
    directory,
    gauges,
    guessing,
    leases,
    privacy,
    restoring,
    sending,
    watching,
)

LATE = timedelta(seconds=30)  # a row due longer ago than this is handled by nobody
OVERDUE = timedelta(minutes=2)  # the slowest of these clocks is looked at each minute
SLOW_CLOCKS = {"referrals": timedelta(hours=2)}  # looked at once an hour
APART_S = 5.0  # two clocks may differ
OLD_BACKUP = timedelta(days=2)
UNFORGOTTEN = timedelta(hours=3)  # each worker's timetable does it every hour
WHAT = {"inbox": "messages", "voice": "voice notes", "spool": "posts set aside"}


def database(settings: Settings, store: Store) -> Iterator[str]:
    """Whether it answers, and keeps what was said to itself."""
    del settings
    try:
        with store.durable.connect() as link:
            talkative, passed_by = migrating.talkative(link), rights.are_passed_by(link)
    except SQLAlchemyError as error:
        yield f"It does not answer ({type(error).__name__})."
        return
    if talkative:
        yield f"PostgreSQL may log what was said; ask its superuser to set: {', '.join(talkative)}."
    if passed_by:
        yield "The role of JAABI_DATABASE_URL owns the tables: no rule hides a row from it."


def migrations(settings: Settings, store: Store) -> Iterator[str]:
    """Whether its tables are those of this version."""
    del settings
    try:
        with store.durable.connect() as link:
            found = migrating.current(link)
    except SQLAlchemyError:
        yield "Nobody can say: the database does not answer."
        return
    if found != migrating.head():
        yield f"It stands at {found or 'nothing'}, not at {migrating.head()}: run jaabi upgrade."


def clock(settings: Settings, store: Store) -> Iterator[str]:
    """Whether the database's clock and ours agree, and neither went back."""
    del settings
    newest = select(InboundMessage.received_at).order_by(InboundMessage.id.desc()).limit(1)
    with store.reading(Operator()) as work:
        ahead = (gauges.database_clock(work) - assembly.clock()).total_seconds()
        received = work.session.scalar(newest)
    if abs(ahead) > APART_S:
        way = "ahead of" if ahead > 0 else "behind"
        yield f"The database's clock is {abs(ahead):.0f} s {way} ours: put the wrong one right."
    early = timedelta() if received is None else received - assembly.clock()
    if early.total_seconds() > APART_S:
        seconds = early.total_seconds()
        yield f"The newest message came {seconds:.0f} s after now: our clock was put back."


def workers(settings: Settings, store: Store) -> Iterator[str]:
    """Whether one keeps the timetable."""
    del settings
    with store.reading(Operator()) as work:
        if not leases.is_held(work, leases.TIMETABLE, assembly.clock()):
            yield "No worker keeps the timetable: none is running. Start jaabi worker."


def waiting_rows(settings: Settings, store: Store) -> Iterator[str]:
    """Whether every queue is worked off."""
    del settings
    with store.reading(Operator()) as work:
        for queue in gauges.QUEUES:
            late = gauges.oldest(work, queue, assembly.clock())
            if late > LATE:
                seconds = round(late.total_seconds())
                yield f"The oldest row of the {queue} has been due for {seconds} s."


def clocks(settings: Settings, store: Store) -> Iterator[str]:
    """Whether what a time brings about happens at that time."""
    del settings
    with store.reading(Operator()) as work:
        for name, late in gauges.lateness(work, assembly.clock()).items():
            if late > SLOW_CLOCKS.get(name, OVERDUE):
                minutes = round(late.total_seconds() / 60)
                yield f"The oldest of the {name} should have been seen to {minutes} min ago."


def channel_health(settings: Settings, store: Store) -> Iterator[str]:
    """How the sender finds the channels."""
    ill = select(ChannelHealth).where(ChannelHealth.state != channels.WELL)
    with store.reading(Operator()) as work:
        for row in work.session.scalars(ill.order_by(ChannelHealth.channel)):
            if row.channel in settings.channel:
                reason = row.reason or "no reason given"
                yield f"{row.channel} is {row.state} since {iso(row.since)}: {reason}."


def paused(settings: Settings, store: Store) -> Iterator[str]:
    """Whether texts may leave at all."""
    del settings
    with store.reading(Operator()) as work:
        why, waiting = sending.why_paused(work), gauges.waiting(work, "outbox")
    if why is not None:
        yield f"Nothing leaves ({why}), {waiting} texts wait. Let them: jaabi sending resume."


def spending(settings: Settings, store: Store) -> Iterator[str]:
    """Whether today's money is spent."""
    del settings
    with store.reading(Operator()) as work:
        cap, spent = sending.cap(work), channels.spent(work, assembly.clock())
    if cap is not None and spent >= cap:
        yield (
            f"{spent:g} of {cap:g} are spent today: only evacuations, what is sensitive and "
            "receipts leave until midnight, UTC. More: jaabi sending cap."
        )


def letters(settings: Settings, store: Store) -> Iterator[str]:
    """Whether anything said to us could not be handled."""
    now = assembly.clock()
    with store.reading(Operator()) as work:
        counts = dict(dead_letters.recent(work, now))
    openable = (now - dead_letters.RECENT).timestamp()
    counts["spool"] = len(spooled.set_aside(settings.spool_dir, openable))
    told = [f"{counts[kind]} {what}" for kind, what in WHAT.items() if counts[kind]]
    if told:
        yield f"{', '.join(told)} could not be handled: see jaabi dead-letters."


def backup(settings: Settings, store: Store) -> Iterator[str]:
    """Whether a real programme is backed up."""
    with store.reading(Operator()) as work:
        last = restoring.last_backup(work)
    # The operator's shell need not say that it is the demo which `make run` made here.
    if settings.is_demo or (settings.home / PINS).exists():
        return
    if last is None:
        yield "There never was one: jaabi backup FILE, each night."
    elif assembly.clock() - last > OLD_BACKUP:
        yield f"The last one is of {iso(last)}: jaabi backup FILE, each night."


def retention(settings: Settings, store: Store) -> Iterator[str]:
    """Whether what is over its time is forgotten."""
    del settings
    with store.reading(Operator()) as work:
        last = privacy.last_forgotten(work)
    if last is not None and assembly.clock() - last > UNFORGOTTEN:
        yield f"Nothing was forgotten since {iso(last)}: is a worker running? At once: jaabi purge."


def programme(settings: Settings, store: Store) -> Iterator[str]:
    """Whether the programme may open."""
    del settings
    with store.reading(Operator()) as work:
        yield from directory.ready(work)


def names(settings: Settings, store: Store) -> Iterator[str]:
    """Whether somebody tries numbers."""
    del settings
    with store.reading(Operator()) as work:
        found = watching.watched(work)
    if found.over_since is not None:
        since = iso(datetime.fromisoformat(found.over_since))
        yield (
            f"{found.needless} names were asked for within an hour that no row needed: somebody "
            f"may be trying numbers. The keeper gives none since {since}."
        )


def codes(settings: Settings, store: Store) -> Iterator[str]:
    """Whether somebody guesses codes."""
    del settings
    with store.reading(Operator()) as work:
        if guessing.is_over(work, assembly.clock()):
            yield (
                f"{guessing.WRONG_A_DAY_TOGETHER} wrong codes were tried today: somebody is "
                "guessing. One long code a minute is tried until midnight, UTC."
            )


def audit_log(settings: Settings, store: Store) -> Iterator[str]:
    """Whether somebody took the end of the audit log away."""
    del settings
    with store.reading(Operator()) as work:
        if watching.cuts(work):
            yield "The end of the audit log was taken away: jaabi audit verify says where."

"""What becomes of a post once it is read: one unit of work, committed before anybody is thanked."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from gateway.channels.base import Call, Inbound, Notice, OptOut, Report
from models.db import Gateway, Work
from models.errors import AlreadyReceived
from models.points import reached
from models.services import intake, reports
from models.services.conversing import Conversing

Kept = Inbound | Report | OptOut | Call | Notice


Write = Callable[[Work], None]


@dataclass(frozen=True, slots=True, repr=False)
class Arrival:
    """What came by ``channel`` at that time."""

    channel: str
    event: Kept
    at: datetime


class Keeping:
    """Writes texts, reports, opt-outs and calls where they belong. Keeping twice is harmless."""

    def __init__(self, conversing: Conversing) -> None:
        self._store = conversing.store
        self._house = conversing.house

    def keep(self, channel: str, event: Kept, at: datetime) -> None:
        """Keep what came by ``channel`` at that time. Raises SQLAlchemyError, TransitLost."""
        if isinstance(event, Inbound) and not event.media:
            reached("public.before_commit")
            intake.accept_sms(self._store, self._house, _received(channel, event), at)
            reached("public.committed")
        else:
            self.keep_together([Arrival(channel, event, at)])

    def keep_together(self, arrivals: Sequence[Arrival]) -> None:
        """Keep all of it in one unit of work, in this order. Raises SQLAlchemyError, TransitLost.

        The keeper names who wrote a text before it begins: nobody waits for the two of us.
        """
        writes = [self._write(one) for one in arrivals]
        with self._store.work(Gateway()) as work:
            for write in writes:
                with suppress(AlreadyReceived):
                    write(work)
            reached("public.before_commit")
        reached("public.committed")

    def _write(self, one: Arrival) -> Write:
        channel, event, at = one.channel, one.event, one.at
        if isinstance(event, Report):
            return lambda work: reports.apply_report(work, channel, event, at)
        if isinstance(event, OptOut):
            refused = intake.ReceivedOptOut(channel, event.id, event.sender)
            return lambda work: intake.receive_opt_out(work, self._house, refused, at)
        if isinstance(event, Inbound):
            sms = _received(channel, event)
            entry = intake.entry_of(self._house, sms, at)
            return lambda work: intake.receive_entry(work, self._house, sms, entry)
        if isinstance(event, Call) and event.beeps:
            call = intake.ReceivedCall(channel, event.id, event.caller)
            return lambda work: intake.receive_call(work, self._house, call, at)
        return lambda _: None


def _received(channel: str, sms: Inbound) -> intake.ReceivedSms:
    media = tuple((one.url, one.kind) for one in sms.media)
    return intake.ReceivedSms(
        channel, sms.id, sms.sender, sms.text, sms.provider_at, sms.unread, media
    )

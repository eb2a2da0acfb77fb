"""What becomes of a post once it is read: one unit of work, committed before anybody is thanked."""

from contextlib import suppress
from datetime import datetime

from gateway.channels.base import Call, Inbound, Notice, OptOut, Report
from models.db import Gateway
from models.errors import AlreadyReceived
from models.points import reached
from models.services import intake, reports
from models.services.conversing import Conversing

Kept = Inbound | Report | OptOut | Call | Notice


class Keeping:
    """Writes texts, reports, opt-outs and calls where they belong. Keeping twice is harmless."""

    def __init__(self, conversing: Conversing) -> None:
        self._store = conversing.store
        self._house = conversing.house

    def keep(self, channel: str, event: Kept, at: datetime) -> None:
        """Keep what came by ``channel`` at that time. Raises SQLAlchemyError, TransitLost."""
        if isinstance(event, Report):
            self._report(channel, event, at)
        elif isinstance(event, OptOut):
            self._opt_out(channel, event, at)
        elif isinstance(event, Inbound):
            self._sms(channel, event, at)
        elif isinstance(event, Call) and event.beeps:
            self._call(channel, event, at)

    def _sms(self, channel: str, sms: Inbound, at: datetime) -> None:
        media = tuple((one.url, one.kind) for one in sms.media)
        received = intake.ReceivedSms(
            channel, sms.id, sms.sender, sms.text, sms.provider_at, sms.unread, media
        )
        reached("public.before_commit")
        if media:
            with suppress(AlreadyReceived), self._store.work(Gateway()) as work:
                intake.receive_sms(work, self._house, received, at)
        else:
            intake.accept_sms(self._store, self._house, received, at)
        reached("public.committed")

    def _call(self, channel: str, call: Call, at: datetime) -> None:
        received = intake.ReceivedCall(channel, call.id, call.caller)
        with suppress(AlreadyReceived), self._store.work(Gateway()) as work:
            intake.receive_call(work, self._house, received, at)

    def _report(self, channel: str, report: Report, at: datetime) -> None:
        with self._store.work(Gateway()) as work:
            reports.apply_report(work, channel, report, at)

    def _opt_out(self, channel: str, refused: OptOut, at: datetime) -> None:
        received = intake.ReceivedOptOut(channel, refused.id, refused.sender)
        with suppress(AlreadyReceived), self._store.work(Gateway()) as work:
            intake.receive_opt_out(work, self._house, received, at)

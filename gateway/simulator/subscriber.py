"""One phone on the network: it dials, answers, hangs up and writes, whatever the line does."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event, RLock

from flows.msisdn import normalise
from gateway.simulator import hooks, sessions
from gateway.simulator.errors import NoSession
from gateway.simulator.letters import Letters
from gateway.simulator.mischief import HELD_SECONDS, Mischief
from gateway.simulator.postman import Postman
from gateway.simulator.sessions import Session, Shown

TRIES = 4  # of an SMS or a report that nobody took
AGAIN_SECONDS = 2.0


@dataclass(frozen=True, slots=True, repr=False)
class Exchange:
    """What all phones of one network share."""

    service_code: str
    sender: str
    idle_seconds: float
    session_seconds: float
    hooks: hooks.Hooks
    letters: Letters
    postman: Postman
    closing: Event
    clock: Callable[[], datetime]

    def post(self, event: str, form: Mapping[str, str], times: int = 1, tries: int = TRIES) -> None:
        """Post a form; come back later, a few times, while nobody takes it."""
        answer = self.hooks.post(event, form, times)
        if (answer is None or answer.status_code >= 500) and tries > 1:
            self.postman.later(AGAIN_SECONDS, lambda: self.post(event, form, 1, tries - 1))


@dataclass(slots=True, repr=False)
class Subscriber:
    """One number. Safe for threads: one thing at a time is done on a phone."""

    number: str
    exchange: Exchange
    mischief: Mischief = field(default_factory=Mischief)
    opted_out: bool = False
    _session: Session | None = None
    _held: dict[str, str] | None = None
    _lock: RLock = field(default_factory=RLock)

    def dial(self, code: str) -> Shown:
        """Dial a USSD code, or call a number; an open session is hung up first, as the phone does.

        Whatever number is called, it is the service that rings.
        """
        with self._lock:
            self.hang_up()
            said = sessions.dialled(code, self.exchange.service_code)
            to = normalise(code) if said is None else None
            if to is not None:
                return self._ring(to)
            if said is None:
                return Shown(sessions.MMI_ERROR, over=True, error=True)
            self._session = Session(self.number, self.exchange.service_code, time.monotonic(), said)
            return self._hop(self._session)

    def answer(self, words: str) -> Shown:
        """Answer the screen that is shown. Raises NoSession."""
        with self._lock:
            if self._session is None:
                raise NoSession
            self._session.said.append(words)
            return self._hop(self._session)

    def hang_up(self) -> None:
        """End the session, if one is open."""
        with self._lock:
            if self._session is not None:
                self._end(self._session, "Incomplete")

    def shown(self) -> Shown | None:
        """Give the screen of the open session, if any."""
        with self._lock:
            session = self._session
            return None if session is None else self._screen(session, session.shown)

    def send(self, text: str) -> None:
        """Send an SMS to the service; returns before it arrives."""
        with self._lock:
            exchange = self.exchange
            form = hooks.sms(
                self.number, exchange.sender, self.mischief.part(text), exchange.clock()
            )
            if self.mischief.reorder and self._held is None:
                self._held = form
                exchange.postman.later(HELD_SECONDS, lambda: self._release(form))
                return
            self._carry("sms", form)
            if self._held is not None:
                self._release(self._held)

    def receive(self, text: str, sender: str) -> None:
        """Put an SMS on the phone."""
        exchange = self.exchange
        left = self.mischief.part(text)
        exchange.postman.later(
            self.mischief.delay,
            lambda: exchange.letters.put("sms", self.number, sender, left, exchange.clock()),
        )

    def report(self, form: Mapping[str, str], seconds: float) -> None:
        """Tell the service later what became of a text for this phone."""
        times, exchange = self.mischief.times, self.exchange
        exchange.postman.later(seconds, lambda: exchange.post("delivery", form, times))

    def opt_out(self) -> None:
        """Refuse all further texts of the service, as the operator's own STOP does."""
        self.opted_out = True
        self._carry("optout", hooks.opt_out(self.number, self.exchange.sender))

    def opt_in(self) -> None:
        """Take texts again; the provider tells nobody."""
        self.opted_out = False

    def _release(self, form: dict[str, str]) -> None:
        with self._lock:
            if self._held is form:
                self._held, self.mischief.reorder = None, False
                self._carry("sms", form)

    def _carry(self, event: str, form: Mapping[str, str]) -> None:
        times, exchange = self.mischief.times, self.exchange
        exchange.postman.later(self.mischief.delay, lambda: exchange.post(event, form, times))

    def _ring(self, to: str) -> Shown:
        exchange = self.exchange
        ringing = hooks.call(self.number, to, hooks.call_id(), exchange.clock())
        answer = exchange.hooks.post("voice", ringing, self.mischief.times)
        self._carry("voice", hooks.call_over(ringing))
        rejected = answer is not None and b"<Reject" in answer.content
        text = sessions.BUSY if rejected else sessions.LINE_LOST
        return Shown(text, over=True, error=not rejected)

    def _hop(self, session: Session) -> Shown:
        exchange = self.exchange
        exchange.closing.wait(self.mischief.delay)
        answer = exchange.hooks.post("ussd", session.hop(), self.mischief.times)
        session.hops += 1
        if self.mischief.drop:
            self.mischief.drop = False
            self._end(session, "Incomplete")
            return Shown(sessions.LINE_LOST, over=True, error=True)
        read = sessions.screen(answer)
        if isinstance(read, str):
            session.last = ""
            self._end(session, "Failed", read)
            return Shown(sessions.MMI_ERROR, over=True, error=True)
        session.shown, over = read
        session.last = f"{'END' if over else 'CON'} {session.shown}"
        if over:
            self._end(session, "Success")
            return Shown(session.shown, over=True)
        return self._await(session)

    def _await(self, session: Session) -> Shown:
        shown = self._screen(session, session.shown)
        hops = session.hops
        self.exchange.postman.later(shown.idle, lambda: self._expire(session, hops))
        return shown

    def _screen(self, session: Session, text: str) -> Shown:
        total = session.started + self.exchange.session_seconds - time.monotonic()
        total = max(total, 0.0)
        return Shown(text, over=False, idle=min(self.exchange.idle_seconds, total), total=total)

    def _expire(self, session: Session, hops: int) -> None:
        with self._lock:
            if self._session is session and session.hops == hops:
                self._end(session, "Incomplete")
                now = self.exchange.clock()
                self.exchange.letters.put("ended", self.number, "", sessions.TIME_OVER, now)

    def _end(self, session: Session, status: str, error: str = "") -> None:
        self._session = None
        seconds = time.monotonic() - session.started
        form = session.ended(status, seconds, self.exchange.clock(), error)
        self._carry("ussd-end", form)

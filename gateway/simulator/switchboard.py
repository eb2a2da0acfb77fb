"""The network put together: its settings, its phones, and what they share."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event, Lock

from gateway.simulator import sessions
from gateway.simulator.hooks import Hooks
from gateway.simulator.letters import Letters
from gateway.simulator.phones import full_number
from gateway.simulator.postman import Postman
from gateway.simulator.provider import Account
from gateway.simulator.subscriber import Exchange, Subscriber


@dataclass(frozen=True, slots=True, repr=False)
class NetworkSettings:
    """Where the network listens, whom it posts to, and the account the service has with it.

    ``public_url`` is the service's own address, ``token`` the secret path part of its channel
    ``channel``. The last four are seconds.
    """

    host: str
    port: int
    public_url: str
    token: str
    username: str
    api_key: str
    sender: str
    service_code: str
    channel: str = "phone"
    idle_seconds: float = sessions.IDLE_SECONDS
    session_seconds: float = sessions.SESSION_SECONDS
    report_seconds: float = 1.0


def address(host: str, port: int) -> str:
    """Write the address of a network; an IPv6 host stands in brackets."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _now() -> datetime:
    return datetime.now(UTC)


class Switchboard:
    """All phones of one network. A number gets its phone when it is first used."""

    def __init__(self, settings: NetworkSettings, clock: Callable[[], datetime] = _now) -> None:
        self.settings = settings
        self.letters = Letters()
        self.postman = Postman()
        self.closing = Event()
        self.account = Account(
            settings.username, settings.api_key, settings.sender, settings.report_seconds
        )
        self._exchange = Exchange(
            service_code=settings.service_code,
            sender=settings.sender,
            idle_seconds=settings.idle_seconds,
            session_seconds=settings.session_seconds,
            hooks=Hooks(
                f"{settings.public_url.rstrip('/')}/hooks/{settings.channel}/{settings.token}"
            ),
            letters=self.letters,
            postman=self.postman,
            closing=self.closing,
            clock=clock,
        )
        self._phones: dict[str, Subscriber] = {}
        self._lock = Lock()

    def phone(self, typed: str) -> Subscriber:
        """Give the phone of a number. Raises UnknownPhone."""
        number = full_number(typed)
        with self._lock:
            if number not in self._phones:
                self._phones[number] = Subscriber(number, self._exchange)
            return self._phones[number]

    def close(self) -> None:
        """Stop waiting anywhere and run no further errand."""
        self.closing.set()
        self.letters.close()
        self.postman.close()

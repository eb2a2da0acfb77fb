"""The adapter contract: everything a provider is. No web framework, no database, no state."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

Event = Literal["sms", "ussd", "ussd-end", "delivery", "optout", "voice"]
Phase = Literal["begin", "answer", "end"]
DeliveryStatus = Literal["handed_over", "delivered", "failed", "unknown"]


class ChannelError(Exception):
    """Base of every error of a channel. Never carries a number or a text."""


class MalformedWebhook(ChannelError):
    """The provider posted something we cannot read. Answer 400 and keep nothing."""


class ForgedWebhook(ChannelError):
    """The post is not from the provider. Answer 403 and say nothing."""


class SendFailed(ChannelError):
    """The provider did not take the text.

    ``again`` tells whether to try later; ``stop`` that every further text would meet the same end
    (no money, wrong sender), so that staff must act first; ``opted_out`` that this number refuses.
    """

    def __init__(
        self, reason: str, *, again: bool, stop: bool = False, opted_out: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.again = again
        self.stop = stop
        self.opted_out = opted_out


class SendUnknown(ChannelError):
    """Nobody can say whether the provider took the text: never repeat without thinking."""


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """A webhook request, without the web framework: fully read and still unbelieved."""

    event: str
    url: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    form: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, repr=False)
class Inbound:
    """One text or keypress received. ``id`` is the provider's: the same id is the same event.

    ``sender`` is E.164, or None when it is no telephone (a name, a short code): such a message
    opens no case and gets no reply. For USSD ``text`` is all that was typed in the session so far.
    """

    id: str
    sender: str | None
    text: str
    session: str | None = None
    phase: Phase = "answer"
    provider_at: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What a provider says became of a text we sent. ``word`` and ``reason`` are its own."""

    provider_id: str
    status: DeliveryStatus
    word: str
    reason: str | None = None
    opted_out: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class OptOut:
    """A provider says that this number refuses our texts."""

    sender: str


@dataclass(frozen=True, slots=True, repr=False)
class Call:
    """A call to our number. ``caller`` is E.164, or None when it is withheld or no telephone.

    ``rings``: it waits for our answer, which is to reject it at no cost to the caller; a call that
    is over waits for none. ``beeps``: nobody spoke, so the caller wants to be called.
    """

    id: str
    caller: str | None
    rings: bool
    beeps: bool


Posted = Inbound | Report | OptOut | Call


@dataclass(frozen=True, slots=True, repr=False)
class Outbound:
    """One text to hand over: E.164 number, text as it will be shown, our own reference."""

    to: str
    text: str
    reference: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to the provider in the HTTP response."""

    status: int
    content_type: str
    body: str


class Channel(Protocol):
    """A provider. Adapters keep no state between calls and never touch the database."""

    @property
    def name(self) -> str:
        """The name it has in channels.toml, in URLs and in the database."""

    @property
    def septets(self) -> int:
        """How many GSM-7 septets one USSD screen may have."""

    def read(self, request: WebhookRequest) -> Posted:
        """Check and parse a request. Raises ForgedWebhook or MalformedWebhook."""

    def screen(self, text: str, *, over: bool) -> Answer:
        """Wrap one rendered USSD screen as this provider wants it."""

    def reject(self) -> Answer:
        """Say that a ringing call is not taken, so that it costs the caller nothing."""

    def send(self, out: Outbound) -> str:
        """Hand over one text and return the provider's id for it.

        Raises SendFailed or SendUnknown.
        """

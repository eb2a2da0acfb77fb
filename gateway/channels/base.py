"""The adapter contract: everything a provider is. No web framework, no database, no state."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Method = Literal["GET", "POST"]
Phase = Literal["begin", "answer", "end"]
Carries = Literal["sms", "chat"]
DeliveryStatus = Literal["handed_over", "delivered", "read", "failed", "unknown"]


class ChannelError(Exception):
    """Base of every error of a channel. Never carries a number or a text."""


class MalformedWebhook(ChannelError):
    """The provider posted something we cannot read. Answer 400 and keep nothing."""


class ForgedWebhook(ChannelError):
    """The post is not from the provider. Answer 403 and say nothing."""


class SendFailed(ChannelError):
    """The provider did not take the text.

    ``again`` tells whether to try later; ``stop`` that every further text would meet the same end
    (no money, wrong sender), so that staff must act first; ``opted_out`` that this number refuses;
    ``elsewhere`` that this road does not reach this number, another may; ``wait_s`` for how many
    seconds the provider asked to be left alone (its Retry-After).
    """

    def __init__(
        self,
        reason: str,
        *,
        again: bool,
        stop: bool = False,
        opted_out: bool = False,
        elsewhere: bool = False,
        wait_s: float | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.again = again
        self.stop = stop
        self.opted_out = opted_out
        self.elsewhere = elsewhere
        self.wait_s = wait_s


class SendUnknown(ChannelError):
    """Nobody can say whether the provider took the text: never repeat without thinking."""


class MediaAway(ChannelError):
    """What came with a message cannot be had now; later perhaps."""


class MediaRefused(ChannelError):
    """What came with a message is nothing we keep, whenever we ask."""


@dataclass(frozen=True, slots=True, repr=False)
class WebhookRequest:
    """A webhook request, without the web framework: whole, raw and still unbelieved.

    ``url`` is the public base of the programme, the raw path and the raw query, as the provider
    signed them; ``query`` the raw query alone, because some hold bytes that are no text.
    """

    event: str
    method: str
    url: str
    headers: Mapping[str, str]
    query: bytes
    body: bytes


@dataclass(frozen=True, slots=True, repr=False)
class Media:
    """A sound or picture that came with a text, still at the provider; ``kind``: its MIME type."""

    url: str
    kind: str


@dataclass(frozen=True, slots=True, repr=False)
class Inbound:
    """One text received. ``id`` is the provider's, or None: the same id is the same event.

    ``sender`` is E.164, or None when it is no telephone (a name, a short code): such a message
    opens no case and gets no reply. ``unread`` says why this is no text (bytes for a machine): it
    is kept, and nobody answers it.
    """

    id: str | None
    sender: str | None
    text: str
    provider_at: str | None = None
    media: tuple[Media, ...] = ()
    unread: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Press:
    """One request of a USSD session.

    ``session`` is the provider's; None: it keeps none, the number is in one session at a time.
    ``typed`` is all that was typed in the session, joined by stars, beyond the code dialled; None:
    the provider tells only ``said``, the last answer. ``mark`` tells one request of a session from
    the next where the provider counts them: the same mark is the same request. ``failed`` says of a
    session's end that it was our fault. ``echo`` are fields the provider wants back.
    """

    sender: str
    session: str | None
    phase: Phase
    typed: str | None = None
    said: str | None = None
    mark: str | None = None
    failed: bool = False
    echo: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """What a provider says became of a text we sent. ``word`` and ``reason`` are its own.

    ``reference`` is ours (Outbound.reference), where the provider carries it back. Of what failed,
    ``again`` and ``elsewhere`` say what else may be tried: see SendFailed.
    """

    provider_id: str
    status: DeliveryStatus
    word: str
    reason: str | None = None
    opted_out: bool = False
    reference: str | None = None
    again: bool = False
    elsewhere: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class OptOut:
    """A provider says that this number refuses our texts. ``id`` is the event's, if it has one."""

    sender: str
    id: str | None = None


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


@dataclass(frozen=True, slots=True, repr=False)
class Notice:
    """Something that is the provider's indeed and asks nothing of us: thanked, and let go."""


Posted = Inbound | Press | Report | OptOut | Call | Notice


@dataclass(frozen=True, slots=True, repr=False)
class Outbound:
    """One text to hand over: E.164 number, text as it will be shown, our own reference.

    ``window_open`` says of a chat that the number wrote so lately that words of ours may answer it.
    """

    to: str
    text: str
    reference: str
    window_open: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to the provider in the HTTP response."""

    status: int
    content_type: str
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Channel(Protocol):
    """A provider. Adapters keep no state between calls and never touch the database."""

    @property
    def name(self) -> str:
        """The name it has in channels.toml, in URLs and in the database."""

    @property
    def hooks(self) -> Mapping[str, Method]:
        """The events it brings (sms, ussd, ussd-end, delivery, optout, voice), and how."""

    @property
    def carries(self) -> Carries | None:
        """What it takes from us: SMS, chat, or nothing (then ``send`` is never called)."""

    @property
    def septets(self) -> int:
        """How many GSM-7 septets one USSD screen may have."""

    def read(self, request: WebhookRequest) -> Posted:
        """Check and parse a request. Raises ForgedWebhook or MalformedWebhook."""

    def screen(self, text: str, *, over: bool, press: Press) -> Answer:
        """Wrap one rendered USSD screen as this provider wants it in answer to ``press``."""

    def thanks(self, posted: Posted) -> Answer:
        """Say that what was posted is kept; a call that rings is rejected, at no cost to it."""

    def send(self, out: Outbound) -> str:
        """Hand over one text and return the provider's id for it.

        Raises SendFailed or SendUnknown.
        """


class InboxAway(ChannelError):
    """The provider does not say now what it received."""


class Letterbox(Protocol):
    """Where a provider keeps what it received for us, to be asked for what no webhook brought."""

    @property
    def name(self) -> str:
        """The channel's name."""

    def fetch(self, after: str | None) -> Sequence[Inbound]:
        """Return some of what came after the message of that id, or from the beginning.

        Oldest first, each with an id and the provider's time; nothing when there is no more.
        Raises InboxAway.
        """


class Shelf(Protocol):
    """Where a provider keeps what came with messages, until we took it."""

    def fetch(self, url: str) -> Generator[bytes, None, None]:
        """Give its bytes piece by piece. Raises MediaAway or MediaRefused."""

    def delete(self, url: str) -> None:
        """Let the provider forget it; twice is harmless. Raises MediaAway or MediaRefused."""

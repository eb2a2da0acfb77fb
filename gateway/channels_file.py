"""channels.toml: one table a channel, checked, its secrets fetched from where they are kept."""

import os
import re
import tomllib
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
)

from gateway.channels.ussd_shapes import SHAPES

TOKEN_LENGTH = 32
TOKEN_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine and nothing else."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _secret(value: Any) -> Any:
    kind, _, name = value.partition(":") if isinstance(value, str) else ("", "", "")
    if kind == "env":
        if not os.environ.get(name):
            raise ValueError(f"the environment has no {name}")
        return os.environ[name]
    if kind == "file":
        try:
            return Path(name).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ValueError(f"file {name} cannot be read ({type(error).__name__})") from None
    return value


def _long_enough(token: SecretStr) -> SecretStr:
    secret = token.get_secret_value()
    if len(secret) < TOKEN_LENGTH or not TOKEN_LETTERS.issuperset(secret):
        raise ValueError(f"must be {TOKEN_LENGTH} characters or more out of A-Z a-z 0-9 - _")
    return token


def _web_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must begin with http:// or https:// and name a host")
    return url


def _many(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


def _one_or_two(secrets: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    # After each of them was read: a wrong one is said as that, not as a list that is too short.
    if len(secrets) not in {1, 2}:
        raise ValueError("must be a list of one or two")
    return secrets


def _spelt(pattern: str, says: str) -> AfterValidator:
    def check(value: str) -> str:
        if re.fullmatch(pattern, value) is None:
            raise ValueError(says)
        return value

    return AfterValidator(check)


Secret = Annotated[SecretStr, BeforeValidator(_secret)]
Secrets = Annotated[tuple[Secret, ...], BeforeValidator(_many), AfterValidator(_one_or_two)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Token = Annotated[SecretStr, BeforeValidator(_secret), AfterValidator(_long_enough)]
Tokens = Annotated[tuple[Token, ...], AfterValidator(_one_or_two)]
Amount = Annotated[float, Field(allow_inf_nan=False)]
ServiceCode = Annotated[str, _spelt(r"\*[0-9*]{2,20}#", "must look like *123#")]
Prefix = Annotated[str, _spelt(r"\+[0-9]{1,14}", "must be a plus and digits, like +2237")]
ChannelName = Annotated[
    str, _spelt("[a-z0-9][a-z0-9-]{0,38}", "a channel's name must be out of a-z 0-9 -")
]


class _Table(BaseModel):
    """What every channel has. ``price`` a segment, ``rate`` messages a second.

    ``alphabet``: ``ucs2`` where letters outside GSM-7 arrive, at less than half the length.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    token: Tokens
    prefixes: tuple[Prefix, ...] = ()
    price: Amount = Field(default=0, ge=0)
    rate: Amount = Field(default=20, gt=0)
    alphabet: Literal["gsm7", "ucs2"] = "gsm7"
    service_code: ServiceCode | None = None

    @property
    def wide(self) -> bool:
        """Whether letters outside GSM-7 may leave by this channel."""
        return self.alphabet == "ucs2"

    @property
    def chat(self) -> bool:
        """Whether it is a chat, where words of ours may only answer what was written lately."""
        return False

    @property
    def tokens(self) -> tuple[str, ...]:
        """The secret path parts accepted now: two during a rotation."""
        return tuple(token.get_secret_value() for token in self.token)

    @property
    def sends_to(self) -> str | None:
        """The address this channel sends to: None is the provider's own."""
        return getattr(self, "api_url", None)


class AfricasTalkingTable(_Table):
    """An account with Africa's Talking. ``poll``: ask its inbox for what no webhook brought."""

    provider: Literal["africastalking"]
    username: str = Field(min_length=1)
    api_key: Secret
    sender: str | None = None
    api_url: WebAddress | None = None
    poll: bool = False


class TwilioTable(_Table):
    """A sender of a Twilio account; one that begins with ``whatsapp:`` is a chat.

    ``template`` is the content id (HX...) of the approved words that reopen a chat. ``shared_key``
    lets webhooks be signed with SHA-256; ``auth_token`` may hold two while one takes over.
    """

    provider: Literal["twilio"]
    account_sid: str = Field(min_length=1)
    auth_token: Secrets
    shared_key: Secret | None = None
    sender: str = Field(min_length=1)
    template: str | None = None
    api_url: WebAddress | None = None

    @property
    def chat(self) -> bool:
        """Whether its sender is one of WhatsApp."""
        return self.sender.startswith("whatsapp:")

    @property
    def wide(self) -> bool:
        """Whether letters outside GSM-7 may leave by it: a chat carries all of them."""
        return self.chat or self.alphabet == "ucs2"


class KannelTable(_Table):
    """A Kannel beside us, in front of an SMSC or a modem. ``smsc``: send by that link only.

    ``reports_url`` is where Kannel finds our hooks if not at the public address: the acceptor.
    """

    provider: Literal["kannel"]
    sendsms_url: WebAddress
    username: str = Field(min_length=1)
    password: Secret
    sender: str = Field(min_length=1)
    smsc: str | None = None
    reports_url: WebAddress | None = None

    @property
    def sends_to(self) -> str | None:
        """The address this channel sends to."""
        return self.sendsms_url


def _known_shape(name: str) -> str:
    if name not in SHAPES:
        raise ValueError(f"must be one of {', '.join(SHAPES)}")
    return name


class UssdHttpTable(_Table):
    """A USSD aggregator. ``shape`` names how it speaks (gateway/channels/ussd_shapes.py)."""

    provider: Literal["ussd_http"]
    shape: Annotated[str, AfterValidator(_known_shape)]

    @property
    def sends_to(self) -> str | None:
        """Nothing leaves by it: screens are answers."""
        return "http://127.0.0.1"


TABLES = (AfricasTalkingTable, TwilioTable, KannelTable, UssdHttpTable)
PROVIDERS = tuple(get_args(one.model_fields["provider"].annotation)[0] for one in TABLES)
ChannelSettings = Annotated[
    AfricasTalkingTable | TwilioTable | KannelTable | UssdHttpTable, Field(discriminator="provider")
]


def read_tables(path: Path) -> dict[str, Any]:
    """Return the channel tables, unchecked. Raises ValueError, or FileNotFoundError."""
    try:
        with path.open("rb") as file:
            read = tomllib.load(file)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: {error}") from None
    strange = sorted(read.keys() - {"channel"})
    if strange:
        raise ValueError(f"{path}: begin a table with [channel.NAME], not [{strange[0]}]")
    tables: dict[str, Any] = read.get("channel", {})
    return tables

"""channels.toml: one table a channel, checked, its secrets fetched from where they are kept."""

import os
import tomllib
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
)

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
    if urlsplit(url).scheme not in {"http", "https"}:
        raise ValueError("must begin with http:// or https://")
    return url


Secret = Annotated[SecretStr, BeforeValidator(_secret)]
Token = Annotated[SecretStr, BeforeValidator(_secret), AfterValidator(_long_enough)]
Prefix = Annotated[str, StringConstraints(pattern=r"^\+\d{1,14}$")]
ChannelName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,38}$")]


class ChannelSettings(BaseModel):
    """One table: one way to the network. ``price`` a segment, ``rate`` messages a second.

    ``alphabet``: ``ucs2`` where letters outside GSM-7 arrive, at less than half the length.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    provider: Literal["africastalking"]
    token: tuple[Token, ...] = Field(min_length=1, max_length=2)
    username: str = Field(min_length=1)
    api_key: Secret
    sender: str | None = None
    api_url: Annotated[str, AfterValidator(_web_address)] | None = None
    prefixes: tuple[Prefix, ...] = ()
    price: float = Field(default=0, ge=0)
    rate: float = Field(default=20, gt=0)
    alphabet: Literal["gsm7", "ucs2"] = "gsm7"
    service_code: str | None = None

    @property
    def wide(self) -> bool:
        """Whether letters outside GSM-7 may leave by this channel."""
        return self.alphabet == "ucs2"

    @property
    def tokens(self) -> tuple[str, ...]:
        """The secret path parts accepted now: two during a rotation."""
        return tuple(token.get_secret_value() for token in self.token)


def read_tables(path: Path) -> dict[str, Any]:
    """Return the channel tables, unchecked. Raises ValueError, or FileNotFoundError."""
    try:
        with path.open("rb") as file:
            tables: dict[str, Any] = tomllib.load(file).get("channel", {})
            return tables
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: {error}") from None

"""Settings of one process: read once from the environment, checked, and explained when wrong."""

import hashlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from gateway.channels_file import (
    PROVIDERS,
    ChannelName,
    ChannelSettings,
    ServiceCode,
    WebAddress,
    is_loopback,
    read_tables,
)

PREFIX = "JAABI_"
TABLE_KIND = 2
DATABASE_SCHEMES = ("sqlite", "postgresql+psycopg")
REDIS_SCHEMES = ("redis", "rediss", "unix", "redis+sentinel")
Port = Annotated[int, Field(ge=1, le=65535)]
Demo = Literal["off", "on", "force"]
DEMO_WORDS: Mapping[str, Demo] = {
    **dict.fromkeys(("", "0", "off", "false", "no"), "off"),
    **dict.fromkeys(("1", "on", "true", "yes"), "on"),
    "force": "force",
}
IN_WORDS = {  # what pydantic calls a mistake, and what we call it
    "missing": "is missing",
    "extra_forbidden": "is not a setting of this provider",
    "int_parsing": "must be a whole number",
    "greater_than_equal": "is too small",
    "less_than_equal": "is too large",
    "dict_type": "must be a table",
    "greater_than": "is too small",
    "string_too_short": "is empty",
    "finite_number": "must be a number",
    "union_tag_invalid": f"provider: must be {', '.join(PROVIDERS)}",
    "union_tag_not_found": f"provider: is missing, one of {', '.join(PROVIDERS)}",
}


class SettingsError(Exception):
    """Settings that cannot be used. ``mistakes`` has one sentence for each, all found at once."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("; ".join(mistakes))
        self.mistakes = mistakes


class _Unreadable:
    """A value that could not be fetched, carried to where mistakes are collected."""

    def __init__(self, why: str) -> None:
        self.why = why


class Settings(BaseSettings):
    """Everything an operator can set. Use ``load``: it explains mistakes."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    demo: Demo = "off"
    home: Path
    database_url: str = Field(repr=False)
    database_owner_url: str | None = Field(default=None, repr=False)
    redis_url: str | None = Field(default=None, repr=False)
    host: str = "127.0.0.1"
    port: Port = 8000
    console_port: Port = 8001
    acceptor_port: Port = 8002
    network_port: Port = 8009
    public_url: WebAddress
    channels: Path
    keys: Path
    keys_passphrase_file: Path | None = None
    runtime: Path | None = None
    erasures: Path
    backup_recipients: Path
    postgres_bin: Path | None = None
    service_code: ServiceCode = "*123#"
    channel: dict[ChannelName, ChannelSettings] = Field(default_factory=dict, repr=False)

    @classmethod
    def load(cls, **given: Any) -> Self:
        """Return the settings. Raises SettingsError with every mistake, in words."""
        try:
            return cls(**given)
        except ValidationError as error:
            mistakes = [_in_words(one["loc"], one["type"], one["msg"]) for one in error.errors()]
            raise SettingsError(mistakes) from None

    @property
    def is_demo(self) -> bool:
        """Whether demo data and the simulator are wanted."""
        return self.demo != "off"

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is the embedded engine."""
        return self.database_url.startswith("sqlite")

    @property
    def owner_url(self) -> str:
        """The database as the role that owns its tables."""
        return self.database_owner_url or self.database_url

    @property
    def spool_dir(self) -> Path:
        """Where posts wait that could not be handed over yet, one folder a process."""
        return self.home / "spool"

    @property
    def exports(self) -> Path:
        """Where the heads of the audit chain wait to be taken off this machine."""
        return self.home / "exports"

    @property
    def run_dir(self) -> Path:
        """Where sockets live: the system's temporary folder, because their paths must be short."""
        if self.runtime is not None:
            return self.runtime
        name = hashlib.sha256(str(self.home).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"jaabi-{name}"

    @property
    def keeper_socket(self) -> Path:
        """Address of the keeper."""
        return self.run_dir / "keeper.sock"

    @property
    def valkey_socket(self) -> Path:
        """Address of the embedded Valkey."""
        return self.run_dir / "valkey.sock"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Say who wins: arguments, environment, NAME_FILE, then ``.env``."""
        del file_secret_settings  # a folder of secrets; NAME_FILE does the same by name
        return (init_settings, env_settings, _NamedFiles(settings_cls), dotenv_settings)

    @model_validator(mode="before")
    @classmethod
    def _derive(cls, given: dict[str, Any]) -> dict[str, Any]:
        home = Path(str(given.get("home", "var"))).expanduser().absolute()
        filled = {
            "keys": home / "keys",
            "channels": home / "channels.toml",
            "erasures": home / "erasures",
            "backup_recipients": home / "backup-recipients",
            "database_url": f"sqlite:///{home / 'jaabi.db'}",
            "public_url": f"http://{given.get('host', '127.0.0.1')}:{given.get('port', 8000)}",
            **given,
            "home": home,
        }
        try:
            filled.setdefault("channel", read_tables(Path(str(filled["channels"]))))
        except (OSError, ValueError) as error:
            # Nobody need write a file that nobody named: there is simply no channel yet.
            if "channels" in given or not isinstance(error, FileNotFoundError):
                filled["channel"] = _Unreadable(_unread(error))
        return filled

    @field_validator("*", mode="before")
    @classmethod
    def _check_fetched(cls, value: Any) -> Any:
        if isinstance(value, _Unreadable):
            raise ValueError(value.why)  # noqa: TRY004 pydantic collects ValueError
        return value

    @field_validator("demo", mode="before")
    @classmethod
    def _read_demo(cls, value: Any) -> Demo:
        word = str(value).strip().lower()
        if word not in DEMO_WORDS:
            raise ValueError("must be on, off or force")
        return DEMO_WORDS[word]

    @field_validator("database_url", "database_owner_url")
    @classmethod
    def _check_database(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            return None
        scheme = value.partition("://")[0]
        if scheme not in DATABASE_SCHEMES:
            raise ValueError("must begin with sqlite:/// or postgresql+psycopg://")
        if scheme != "sqlite" and info.data.get("demo") == "on":
            raise ValueError("the demo refuses PostgreSQL; JAABI_DEMO=force if you mean it")
        return value

    @field_validator("public_url")
    @classmethod
    def _end_without_slash(cls, value: str) -> str:
        # Paths are put behind it, and Twilio signs them letter by letter.
        return value.rstrip("/")

    @field_validator("redis_url")
    @classmethod
    def _check_redis(cls, value: str | None) -> str | None:
        if value is not None and urlsplit(value).scheme not in REDIS_SCHEMES:
            raise ValueError("must begin with " + ", ".join(f"{name}://" for name in REDIS_SCHEMES))
        return value

    @field_validator("channel")
    @classmethod
    def _keep_demo_at_home(
        cls, value: dict[str, ChannelSettings], info: ValidationInfo
    ) -> dict[str, ChannelSettings]:
        away = [name for name, one in value.items() if not is_loopback(_host(one.sends_to))]
        if away and info.data.get("demo", "off") != "off":
            raise ValueError(
                "the demo's numbers are somebody's, so it speaks to this machine only: "
                f"sendsms_url or api_url of {', '.join(away)} must be on 127.0.0.1"
            )
        return value


class _NamedFiles(PydanticBaseSettingsSource):
    """``JAABI_X_FILE``: the value of ``JAABI_X`` is in that file."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return the content of the file named for this field, or None."""
        del field
        path = os.environ.get(f"{PREFIX}{field_name.upper()}_FILE")
        if path is None:
            return None, field_name, False
        try:
            return Path(path).read_text(encoding="utf-8").strip(), field_name, False
        except OSError as error:
            return _Unreadable(_unread(error)), field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return the fields that have a file."""
        fields = self.settings_cls.model_fields
        read = {name: self.get_field_value(field, name)[0] for name, field in fields.items()}
        return {name: value for name, value in read.items() if value is not None}


def _unread(error: Exception) -> str:
    """Return why a file could not be used, as a person would say it."""
    if isinstance(error, OSError):
        return f"{error.filename} cannot be read: {error.strerror}"
    return str(error)


def _host(url: str | None) -> str:
    return urlsplit(url or "").hostname or ""


def _in_words(where: tuple[int | str, ...], kind: str, said: str) -> str:
    what = IN_WORDS.get(kind, said.removeprefix("Value error, "))
    what = what.replace("Input should be", "must be")
    if where[0] != "channel":
        return f"{PREFIX}{str(where[0]).upper()}: {what}"
    # Past the channel's name stands which kind of table it was read as: nobody wrote that.
    name = ".".join(str(part) for place, part in enumerate(where) if place != TABLE_KIND)
    return f"channels.toml: {what}" if len(where) == 1 else f"channels.toml, {name}: {what}"

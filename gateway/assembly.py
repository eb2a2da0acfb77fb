"""The one place where a process is put together: settings in, tools out."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from gateway import valkey
from gateway.channels.africastalking import AfricasTalking
from gateway.channels.africastalking_inbox import AfricasTalkingInbox
from gateway.channels.base import Channel, Letterbox, Shelf
from gateway.channels.kannel import Kannel, SendSms
from gateway.channels.kannel_ussd import ServiceCode
from gateway.channels.twilio import Twilio
from gateway.channels.twilio_line import Account
from gateway.channels.twilio_media import TwilioMedia
from gateway.channels.ussd_http import UssdHttp
from gateway.channels.ussd_shapes import SHAPES
from gateway.channels_file import (
    AfricasTalkingTable,
    ChannelSettings,
    KannelTable,
    TwilioTable,
    UssdHttpTable,
)
from gateway.settings import Settings
from models.db import Store, silent
from workers.queues import Waker


def clock() -> datetime:
    """Return the time; only the edge may ask for it."""
    return datetime.now(UTC)


def open_store(settings: Settings, *, wakes: bool = True) -> Store:
    """Return the programme's database. Unless it ``wakes``, news waits for the next poll."""
    if not wakes:
        return Store(settings.database_url, silent)
    return Store(settings.database_url, Waker(valkey.connect(valkey.url_of(settings))))


def build_channels(settings: Settings) -> dict[str, Channel]:
    """Return the configured channels by name."""
    return {
        name: CHANNELS[one.provider](name, one, settings) for name, one in settings.channel.items()
    }


def build_shelves(settings: Settings) -> dict[str, Shelf]:
    """Return where the providers of chats keep what came with messages, by channel."""
    return {
        name: TwilioMedia(_twilio_account(one))
        for name, one in settings.channel.items()
        if isinstance(one, TwilioTable)
    }


def build_letterboxes(settings: Settings) -> list[Letterbox]:
    """Return the inboxes of providers that shall be asked for what no webhook brought."""
    return [
        AfricasTalkingInbox(name, one.username, one.api_key.get_secret_value(), one.api_url)
        for name, one in settings.channel.items()
        if isinstance(one, AfricasTalkingTable) and one.poll
    ]


def tokens_of(settings: Settings) -> dict[str, tuple[str, ...]]:
    """Return the secret path parts each channel is posted to with."""
    return {name: one.tokens for name, one in settings.channel.items()}


def _report_url(settings: Settings, name: str, table: ChannelSettings) -> str:
    """Return where a channel posts what became of a text, if each text says so itself."""
    base = getattr(table, "reports_url", None) or settings.public_url
    return f"{base.rstrip('/')}/hooks/{name}/{table.tokens[0]}/delivery"


def _africas_talking(name: str, table: AfricasTalkingTable, settings: Settings) -> Channel:
    del settings  # where it posts is set once in its dashboard
    return AfricasTalking(
        name,
        table.username,
        table.api_key.get_secret_value(),
        sender=table.sender,
        api_url=table.api_url,
        service_code=table.service_code,
    )


def _kannel(name: str, table: KannelTable, settings: Settings) -> Channel:
    sendsms = SendSms(
        url=table.sendsms_url,
        username=table.username,
        password=table.password.get_secret_value(),
        sender=table.sender,
        report_url=_report_url(settings, name, table),
        smsc=table.smsc,
    )
    code = ServiceCode(table.service_code or settings.service_code, table.service_code is not None)
    return Kannel(name, sendsms, code)


def _ussd_http(name: str, table: UssdHttpTable, settings: Settings) -> Channel:
    return UssdHttp(
        name,
        SHAPES[table.shape],
        service_code=table.service_code or settings.service_code,
        strict=table.service_code is not None,
    )


def _twilio(name: str, table: TwilioTable, settings: Settings) -> Channel:
    return Twilio(
        name,
        _twilio_account(table),
        sender=table.sender,
        template=table.template,
        reports_url=_report_url(settings, name, table),
    )


def _twilio_account(table: TwilioTable) -> Account:
    shared = table.shared_key
    return Account(
        sid=table.account_sid,
        tokens=tuple(one.get_secret_value() for one in table.auth_token),
        shared_key=None if shared is None else shared.get_secret_value(),
        api_url=table.api_url,
    )


CHANNELS: Mapping[str, Callable[..., Channel]] = {
    "africastalking": _africas_talking,
    "twilio": _twilio,
    "ussd_http": _ussd_http,
    "kannel": _kannel,
}

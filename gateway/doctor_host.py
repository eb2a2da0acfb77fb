"""What the doctor asks around: channels, processes, keys, disk. It connects, and sends nothing."""

import shutil
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import requests
from requests.utils import get_environ_proxies, select_proxy

from gateway import assembly, spooled, valkey
from gateway.channels_file import ChannelSettings, is_loopback
from gateway.settings import Settings
from models.db import Store
from models.errors import KeeperAway, TransitLost
from models.keeper import Keeper
from models.seal import Sealer, Transit

NOBODY = "0" * 64  # a pseudonym of nobody: asking for its digests costs and reveals nothing
PATIENCE_S = 3.0
PORTS = {"http": 80, "https": 443}
# Where a provider's own client goes unless the channel names another place.
HOMES = {"africastalking": "https://api.africastalking.com", "twilio": "https://api.twilio.com"}
SANDBOX = "https://api.sandbox.africastalking.com"
ANSWERS_ONLY = frozenset({"ussd_http"})
LEAST_BYTES, LEAST_SHARE = 200 << 20, 0.05
MB = 1 << 20
LONG_S = 60.0


def channels(settings: Settings, store: Store) -> Iterator[str]:
    """Whether there is any."""
    del store
    if not settings.channel:
        yield f"There is no channel: fill in {settings.channels}."


def reachable(settings: Settings, store: Store) -> Iterator[str]:
    """Whether a connection to each provider can be opened. Nothing is said over it."""
    del store
    for name, one in settings.channel.items():
        url = None if one.provider in ANSWERS_ONLY else _home(one)
        why = None if url is None else _cannot_connect(url)
        if why is not None:
            place = urlsplit(url or "").netloc.rpartition("@")[2]
            yield f"{name}: {place} cannot be reached ({why}), nothing leaves by it."


def web(settings: Settings, store: Store) -> Iterator[str]:
    """Whether what providers call answers, and is ready."""
    del store
    host = urlsplit(settings.public_url).hostname or ""
    with requests.Session() as asking:
        asking.trust_env = not is_loopback(host)  # no proxy leads back to this machine
        try:
            answer = asking.get(f"{settings.public_url}/health/ready", timeout=PATIENCE_S)
        except requests.RequestException as error:
            yield f"Nobody answers at {settings.public_url} ({type(error).__name__})."
            return
    if not answer.ok:
        yield f"{settings.public_url} answers {answer.status_code}: it has no database or no key."


def news(settings: Settings, store: Store) -> Iterator[str]:
    """Whether Valkey carries wake-ups."""
    del store
    if not valkey.answers(valkey.url_of(settings)):
        yield "It does not answer: everything goes on, up to five seconds slower."


def keys(settings: Settings, store: Store) -> Iterator[str]:
    """Whether the public keys and today's are there."""
    del store
    try:
        Sealer.load(settings.keys)
        Transit.load(settings.keys).wrap("doctor")
    except (OSError, ValueError) as error:
        yield f"{settings.keys} has no complete set ({type(error).__name__}): run jaabi init."
    except TransitLost:
        yield "There is no transit key of today: is the keeper running?"


def keeper(settings: Settings, store: Store) -> Iterator[str]:
    """Whether the keeper answers."""
    del store
    try:
        Keeper(settings.keeper_socket).digests(NOBODY, "000000")
    except KeeperAway:
        yield "It does not answer: nothing is sent, and names and codes wait for it."


def disk(settings: Settings, store: Store) -> Iterator[str]:
    """Whether there is room."""
    del store
    if not settings.home.exists():
        yield f"{settings.home} is not there: run jaabi init."
        return
    free, total = shutil.disk_usage(settings.home).free, shutil.disk_usage(settings.home).total
    if free < LEAST_BYTES or free / total < LEAST_SHARE:
        share = round(100 * free / total)
        yield f"Only {free // MB} MB ({share} %) are free where {settings.home} lies: make room."


def spool(settings: Settings, store: Store) -> Iterator[str]:
    """Whether posts on the disk are handed over."""
    del store
    now = assembly.clock().timestamp()
    for one in spooled.waiting(settings.spool_dir):
        if one.oldest is not None and now - one.oldest > LONG_S:
            yield (
                f"{one.count} posts wait in the spool of {one.spool}, the oldest for "
                f"{now - one.oldest:.0f} s: is the database away, or the public web?"
            )


def _home(one: ChannelSettings) -> str | None:
    if one.sends_to is not None:
        return one.sends_to
    if getattr(one, "username", None) == "sandbox":
        return SANDBOX
    return HOMES.get(one.provider)


def _cannot_connect(url: str) -> str | None:
    """Return why no connection can be opened to a place, or to the proxy that leads to it."""
    proxy = None
    if not is_loopback(urlsplit(url).hostname or ""):
        proxy = select_proxy(url, get_environ_proxies(url))
    parts = urlsplit(proxy or url)
    place = (parts.hostname or "", parts.port or PORTS.get(parts.scheme, 443))
    try:
        socket.create_connection(place, PATIENCE_S).close()
    except OSError as error:
        return type(error).__name__
    return None

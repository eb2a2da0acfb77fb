"""What came with a message, at Twilio: fetched with the account's token, then deleted there.

An address in a webhook names a message and a medium; the host is the account's own, never one that
a webhook names. Twilio sends on to its media servers (as others saw: mms.twiliocdn.com,
media.twiliocdn.com): followed without the token, and nowhere else.
"""

import re
from collections.abc import Generator
from contextlib import closing
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
from requests.auth import HTTPBasicAuth
from twilio.base.exceptions import TwilioException, TwilioRestException
from urllib3.exceptions import HTTPError

from gateway.channels.base import MediaAway, MediaRefused, SendFailed
from gateway.channels.twilio_line import Account, Lines

TIMEOUT_S = (3.05, 5.0)  # between two pieces, not for all of it
PIECE = 64 * 1024
HOPS = 4
HOME = (".twilio.com", ".twiliocdn.com")
HTTPS_PORTS = (None, 443)
KINDS = ("audio/", "application/ogg", "application/octet-stream", "binary/octet-stream")
GONE = 404


class TwilioMedia:
    """The media of one account."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._lines = Lines(account)
        self._path = re.compile(
            rf"/2010-04-01/Accounts/{re.escape(account.sid)}"
            r"/Messages/([A-Z]{2}[0-9a-f]{32})/Media/(ME[0-9a-f]{32})"
        )

    def __repr__(self) -> str:
        return "TwilioMedia()"

    def fetch(self, url: str) -> Generator[bytes, None, None]:
        """See Shelf.fetch."""
        message, medium = self._names(url)
        address = (
            f"{self._account.base}/2010-04-01/Accounts/{self._account.sid}"
            f"/Messages/{message}/Media/{medium}"
        )
        try:
            with requests.Session() as session, closing(self._open(session, address)) as found:
                yield from _pieces(found)
        except (requests.RequestException, HTTPError) as error:
            raise MediaAway(type(error).__name__) from None

    def delete(self, url: str) -> None:
        """See Shelf.delete."""
        message, medium = self._names(url)
        try:
            with self._lines.one() as line:
                line.messages(message).media(medium).delete()
        except TwilioRestException as error:
            if error.status != GONE:
                raise MediaAway(f"status {error.status}") from None
        except (TwilioException, SendFailed, requests.RequestException) as error:
            raise MediaAway(type(error).__name__) from None

    def _names(self, url: str) -> tuple[str, str]:
        """Return the ids of message and medium. Raises MediaRefused when it is not Twilio's."""
        parts = _split(url)
        named = self._path.fullmatch(parts.path)
        if named is None or not (self._is_own(parts) or _is_home(parts)):
            raise MediaRefused("not at the provider")
        return named[1], named[2]

    def _open(self, session: requests.Session, address: str) -> requests.Response:
        for _ in range(HOPS):
            parts = _split(address)
            if not (self._is_own(parts) or _is_home(parts)):
                raise MediaRefused("leads elsewhere")
            found = session.get(
                address,
                auth=self._signed if self._is_own(parts) else _unsigned,
                headers={"Accept-Encoding": "identity"},  # else few bytes may unfold to many
                timeout=TIMEOUT_S,
                allow_redirects=False,
                stream=True,
            )
            if not found.is_redirect:
                return found
            found.close()
            address = urljoin(address, found.headers["Location"])
        raise MediaAway("leads on and on")

    def _is_own(self, parts: SplitResult) -> bool:
        own = urlsplit(self._account.base)
        return (parts.scheme, parts.netloc) == (own.scheme, own.netloc)

    def _signed(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        HTTPBasicAuth(self._account.sid, self._account.tokens[0])(request)
        return request


def _pieces(found: requests.Response) -> Generator[bytes, None, None]:
    if found.status_code != requests.codes.ok:
        raise MediaAway(f"status {found.status_code}")
    if not found.headers.get("Content-Type", "").casefold().startswith(KINDS):
        raise MediaRefused("no sound")
    # read1 gives what is there: whoever takes it can see for himself how slowly it comes.
    while piece := found.raw.read1(PIECE, decode_content=False):
        yield piece


def _is_home(parts: SplitResult) -> bool:
    """Tell whether an address is one of Twilio's own, by TLS."""
    host = parts.hostname or ""
    return parts.scheme == "https" and host.endswith(HOME) and parts.port in HTTPS_PORTS


def _split(url: str) -> SplitResult:
    """Take an address apart. Raises MediaRefused for one that is none."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 a port that is no number is found out here
    except ValueError:
        raise MediaRefused("no address") from None
    return parts


def _unsigned(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Add nothing: the token is for the API alone, and no file of passwords is asked."""
    return request

"""Africa's Talking's own inbox: asked now and then for what no webhook of theirs brought us.

Fields as in the answer of fetch_messages (docs.africastalking.com, SMS, fetch messages): a hundred
messages at most, those with a higher id than ``lastReceivedId``. Whether that id is the one their
webhook gives is not documented, so who asks must know a message by more than its id.
"""

import json
from collections.abc import Mapping
from typing import Any

from flows.msisdn import normalise
from gateway.channels.africastalking_line import TIMEOUT_S, Line
from gateway.channels.base import Inbound, InboxAway, SendFailed, SendUnknown
from gateway.channels.forms import short

FIRST = "0"
LONGEST_WORD = 40


class AfricasTalkingInbox:
    """The inbox of one account."""

    def __init__(self, name: str, username: str, api_key: str, api_url: str | None) -> None:
        self.name = name
        self._line = Line(username, api_key, api_url)

    def fetch(self, after: str | None) -> list[Inbound]:
        """See Letterbox.fetch."""
        try:
            said = self._line.fetch_messages(after or FIRST, timeout=TIMEOUT_S)
        except (SendFailed, SendUnknown) as error:
            raise InboxAway(str(error)) from None
        try:
            messages = json.loads(said)["SMSMessageData"]["Messages"]
            return sorted(map(_inbound, messages), key=_serial)
        except (ValueError, LookupError, TypeError, AttributeError):
            raise InboxAway("unreadable reply") from None


def _inbound(message: Mapping[str, Any]) -> Inbound:
    return Inbound(
        id=str(int(message["id"])),
        sender=normalise(str(message["from"])),
        text=str(message.get("text") or ""),
        provider_at=short(str(message.get("date") or ""), LONGEST_WORD) or None,
    )


def _serial(message: Inbound) -> int:
    return int(message.id or 0)

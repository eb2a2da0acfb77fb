"""One keypress over HTTP: a webhook request in, the wrapped screen out."""

import logging
from datetime import UTC, datetime

from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError

from gateway.channels.base import Answer, Channel, Press
from models.services.conversing import Conversing
from models.services.ussd import Keypress, UssdDialogues

log = logging.getLogger(__name__)

UNREACHED = (OperationalError, InterfaceError, TimeoutError)  # away, hung up, or no link free


class Ussd:
    """Answers USSD requests of every channel."""

    def __init__(self, conversing: Conversing) -> None:
        self._dialogues = UssdDialogues(conversing)
        self._away = conversing.house.flows.texts.say("away", usd=conversing.house.service_code)

    def keypress(self, channel: Channel, press: Press) -> Answer:
        """Return the next screen; N1 when the database is away, never an error page."""
        assert press.session is not None and press.typed is not None  # noqa: S101, PT018
        keypress = Keypress(channel.name, press.session, press.sender, press.typed, channel.septets)
        try:
            shown = self._dialogues.answer(keypress, datetime.now(UTC))
        except UNREACHED:
            log.warning("database away", extra={"channel": channel.name})
            return channel.screen(self._away, over=True, press=press)
        return channel.screen(shown.text, over=shown.over, press=press)

    def ended(self, channel: Channel, press: Press) -> None:
        """Note that a session is over, however it ended."""
        assert press.session is not None  # noqa: S101
        if press.failed:
            log.warning("session failed on our side", extra={"channel": channel.name})
        self._dialogues.ended(channel.name, press.session, datetime.now(UTC))

"""One keypress over HTTP: a webhook request in, the wrapped screen out."""

import logging
from datetime import UTC, datetime

from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError

from gateway.channels.base import Answer, Channel, Press
from models.errors import KeeperAway, TransitLost
from models.services.conversing import Conversing
from models.services.ussd import Keypress, Shown, UssdDialogues

LINKS = 3  # one that waits for its answer, one for single statements, and a new one

log = logging.getLogger(__name__)

# Away, hung up, or no link free; or no transit key to wrap an answer with.
UNREACHED = (OperationalError, InterfaceError, TimeoutError, TransitLost)


class Ussd:
    """Answers USSD requests of every channel."""

    def __init__(self, conversing: Conversing) -> None:
        self._dialogues = UssdDialogues(conversing)
        self._away = conversing.house.flows.texts.say("away", usd=conversing.house.service_code)

    def keypress(self, channel: Channel, press: Press) -> Answer:
        """Return the next screen; N1 when we cannot know it now, never an error page."""
        try:
            shown = self._answered(_keypress(channel, press))
        except UNREACHED:
            log.warning("database away", extra={"channel": channel.name})
            return channel.screen(self._away, over=True, press=press)
        except KeeperAway:
            # Without a session's name only the pseudonym tells whose dialogue this is.
            log.warning("keeper away", extra={"channel": channel.name})
            return channel.screen(self._away, over=True, press=press)
        return channel.screen(shown.text, over=shown.over, press=press)

    def _answered(self, press: Keypress) -> Shown:
        """Answer a keypress; again if the link broke, when nobody knows whether it was taken.

        Who told all of it and hears "try later" tells it again, to us as another case. All that was
        typed so far tells a repeat; of one who names the last answer only, it might be the next.
        """
        for _ in range(LINKS - 1):
            try:
                return self._dialogues.answer(press, datetime.now(UTC))
            except OperationalError as error:
                if press.said or not error.connection_invalidated:
                    raise
        return self._dialogues.answer(press, datetime.now(UTC))

    def ended(self, channel: Channel, press: Press) -> None:
        """Note that a session is over, however it ended.

        Nothing is owed to the network: what waited for the end leaves by itself a little later.
        """
        if press.failed:
            log.warning("session failed on our side", extra={"channel": channel.name})
        now = datetime.now(UTC)
        try:
            session = self._dialogues.session_of(channel.name, press.session, press.sender, now)
            if session is not None:
                self._dialogues.ended(channel.name, session, now)
        except (*UNREACHED, KeeperAway) as error:
            reason = type(error).__name__
            log.warning("end not noted", extra={"channel": channel.name, "reason": reason})


def _keypress(channel: Channel, press: Press) -> Keypress:
    if press.typed is not None:
        return Keypress(channel.name, press.session, press.sender, press.typed, channel.septets)
    return Keypress(
        channel.name,
        press.session,
        press.sender,
        press.said or "",
        channel.septets,
        said=True,
        begins=press.phase == "begin",
        mark=press.mark or "",
    )

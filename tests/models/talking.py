"""Phones that write and dial: the real dialogues of SMS and USSD on the stage's programme."""

from sqlalchemy import select

from models.db import Job
from models.inbound import InboundMessage
from models.outbound import OutboundMessage
from models.services.conversing import Conversing
from models.services.sms import SmsDialogues
from models.services.ussd import Keypress, UssdDialogues

CHANNEL = "phone"


class Talking:
    """Every phone of one programme, by its number in E.164."""

    def __init__(self, stage):
        self.stage = stage
        conversing = Conversing(stage.store, stage.house)
        self._sms, self._ussd = SmsDialogues(conversing), UssdDialogues(conversing)

    def text(self, phone, words):
        """Send one SMS; return what comes back, in order."""
        stage = self.stage
        with stage.store.work(Job("converse")) as work:
            row = InboundMessage(
                channel=CHANNEL,
                provider_id=f"{phone}:{stage.house.draw(10**12)}",
                received_at=stage.now,
                due_at=stage.now,
                contact=stage.vault.pseudonym(phone),
                sender_sealed=stage.house.sealer.number(phone),
                text_sealed=stage.house.transit.wrap(words),
            )
            work.session.add(row)
            work.session.flush()
            with self._sms.together(work, [row], lambda: stage.now) as together:
                together.answer(row)
            cause = f"inbound:{row.id}"
            replies = (
                select(OutboundMessage)
                .where(OutboundMessage.cause.startswith(cause))
                .order_by(OutboundMessage.id)
            )
            found = work.session.scalars(replies).all()
            return [stage.house.transit.unwrap(one.text_sealed) for one in found]

    def dial(self, phone, session, typed="", house=None):
        """Type into a USSD session what was typed in it so far; return the screen."""
        ussd = self._ussd
        if house is not None:
            ussd = UssdDialogues(Conversing(self.stage.store, house))
        return ussd.answer(Keypress(CHANNEL, session, phone, typed, 160), self.stage.now).text

"""One SMS through its conversation: keyword, receipt, command of a registered phone, or words."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flows.commands import Puzzle, bare_number, keyword, read
from flows.engine import advance, begin
from flows.rendering import render_sms
from flows.screens import compose
from flows.words import Turn
from models.db import Work
from models.errors import KeeperAway
from models.inbound import InboundMessage
from models.services import focal, intake, messages, settling
from models.services.conversing import Conversing
from models.services.dialogues import Dialogue
from models.services.effects import EFFECTS
from models.services.messages import Draft
from models.services.scene import Scene

SILENCE = timedelta(minutes=30)  # no answer to a question for so long: filed as it stands
RECEIPT_DIGITS = (5, 6, 12)  # the lengths F1 asks for; five name no case of a speaker


@dataclass(frozen=True, slots=True, repr=False)
class Reply:
    """What goes back, if anything; ``purpose`` names the text, so that STOP can judge it."""

    text: str
    purpose: str = "reply"
    case: int | None = None


class SmsDialogues:
    """Answers SMS inside the unit of work that settles their inbox row."""

    def __init__(self, conversing: Conversing) -> None:
        self._conversing = conversing
        self._house = conversing.house
        self._dialogues = conversing.dialogues
        self._say = conversing.house.flows.texts.say

    def answer(self, work: Work, row: InboundMessage, now: datetime) -> None:
        """Handle one claimed message: effects, and the reply in the outbox. Raises KeeperAway."""
        assert row.contact and row.sender_sealed and row.text_sealed  # noqa: S101, PT018 claimed
        text = self._house.transit.unwrap(row.text_sealed)
        scene = self._scene(row, row.contact, now)
        if row.cause == intake.OPT_OUT:
            intake.stop(work, row.contact, now)
            return
        reply = self._reply(work, scene, text)
        if reply is not None:
            self._queue(work, scene, reply, cause=f"inbound:{row.id}", address=row.sender_sealed)

    def file_silent(self, work: Work, key: str, now: datetime) -> None:
        """File what a silent contact said so far, with the questions left unanswered."""
        dialogue = self._dialogues.load_in(work, key)
        if dialogue is None or dialogue.sender_sealed is None:
            return
        scene = self._silent_scene(dialogue, now)
        turn = begin(self._house.flows, "sms.silent", dict(dialogue.state.answers))
        reply = self._carry(work, scene, dialogue, turn)
        self._queue(
            work, scene, reply, cause=f"silence:{reply.case}", address=dialogue.sender_sealed
        )

    def _reply(self, work: Work, scene: Scene, text: str) -> Reply | None:
        if scene.person_id is not None and not self._answers_question(work, scene, text):
            handled = focal.handle(work, scene, scene.person_id, text)
            if handled is not None:
                # A STOP that was obeyed is still answered: messages.ANSWERS_TO_STOP.
                return Reply(handled, "stopped" if keyword(text) == "STOP" else "command")
        word = keyword(text)
        if word is not None:
            return self._keyword(work, scene, word)
        number = bare_number(text)
        if number is not None and len(number) in RECEIPT_DIGITS:
            return self._receipt(work, scene, number)
        return self._words(work, scene, text)

    def _answers_question(self, work: Work, scene: Scene, text: str) -> bool:
        """Tell whether a registered person answers a question we asked, not a misspelt command."""
        if not isinstance(read(text), Puzzle):
            return False
        dialogue = self._dialogues.load_in(work, scene.conversation)
        return dialogue is not None and not dialogue.over

    def _keyword(self, work: Work, scene: Scene, word: str) -> Reply:
        assert scene.contact is not None  # noqa: S101 claimed rows have one
        usd = self._house.service_code
        if word == "STOP":
            intake.stop(work, scene.contact, scene.now)
            return Reply(self._say("stopped"), "stopped")
        if word == "JAABI":
            intake.start_again(work, scene.contact, scene.now)
            return Reply(self._say("resumed"), "resumed")
        if word == "RAPPEL":
            return self._begin(work, scene, "sms.call_back", {})
        if word == "LANGUE":
            return Reply(self._say("language"))
        return Reply(self._say("help", usd=usd))

    def _receipt(self, work: Work, scene: Scene, number: str) -> Reply:
        outcome = EFFECTS["open_code"](work, scene, {"code": number})
        if outcome.name == "away":
            raise KeeperAway
        known = outcome.name != "unknown"
        text = "code_good" if known else "code_unknown"
        return Reply(self._say(text, usd=self._house.service_code))

    def _words(self, work: Work, scene: Scene, text: str) -> Reply:
        dialogue = self._dialogues.load_in(work, scene.conversation)
        if dialogue is None or dialogue.over:
            return self._begin(work, scene, "sms.words", {"words": text})
        turn = advance(self._house.flows, dialogue.state, text)
        return self._carry(work, scene, dialogue, turn)

    def _begin(self, work: Work, scene: Scene, at: str, answers: dict[str, Any]) -> Reply:
        known = {"usd": self._house.service_code, "channel": scene.channel}
        turn = begin(self._house.flows, at, {**known, **answers})
        key, person_id = scene.conversation, scene.person_id
        dialogue = self._dialogues.load_in(work, key) or Dialogue(
            key, 0, scene.contact, person_id, None, turn.state, "", "", over=False
        )
        return self._carry(work, scene, dialogue, turn)

    def _carry(self, work: Work, scene: Scene, dialogue: Dialogue, turn: Turn) -> Reply:
        turn = self._conversing.settle(work, scene, turn)
        assert turn.screen is not None  # noqa: S101 settled
        case = turn.state.answers.get("case")
        if turn.over and case:
            settling.release_announcements(work, case, scene.now)
        text = render_sms(compose(turn.screen))
        taken = replace(
            dialogue,
            state=turn.state,
            screen=text,
            over=turn.over,
            # Kept only while a question is open: silence is answered too.
            sender_sealed=None if turn.over else scene.seal_sender(),
            due_at=None if turn.over or case else scene.now + SILENCE,
        )
        self._dialogues.save_in(work, taken, scene.now)
        return Reply(text, case=case)

    def _queue(self, work: Work, scene: Scene, reply: Reply, *, cause: str, address: bytes) -> None:
        draft = Draft(
            cause=cause,
            purpose=reply.purpose,
            text=reply.text,
            address=address,
            contact=scene.contact,
            person_id=scene.person_id,
        )
        messages.queue(work, draft, self._house.transit, scene.now)

    def _scene(self, row: InboundMessage, contact: str, now: datetime) -> Scene:
        sealed = row.sender_sealed
        assert sealed is not None  # noqa: S101 a claimed row has its sender
        return self._around(f"sms:{contact}", contact, row.channel, sealed, now)

    def _silent_scene(self, dialogue: Dialogue, now: datetime) -> Scene:
        sealed = dialogue.sender_sealed
        assert sealed is not None and dialogue.contact is not None  # noqa: S101, PT018
        channel = str(dialogue.state.answers["channel"])
        return self._around(dialogue.key, dialogue.contact, channel, sealed, now)

    def _around(self, key: str, contact: str, channel: str, sealed: bytes, now: datetime) -> Scene:
        return Scene(
            house=self._house,
            kind="sms",
            channel=channel,
            conversation=key,
            contact=contact,
            seal_sender=lambda: sealed,
            person_id=self._dialogues.person(contact),
            language="fr",
            now=now,
        )

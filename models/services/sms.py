"""One SMS through its conversation: keyword, receipt, command of a registered phone, or words."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from flows.commands import bare_number, keyword
from flows.words import FRENCH, State
from models.db import Work
from models.errors import KeeperAway
from models.inbound import InboundMessage
from models.services import call_backs, chats, commanding, flood, intake, messages, settling
from models.services.conversing import Conversing
from models.services.dialogues import Dialogue, Known
from models.services.drafts import Draft
from models.services.effects import EFFECTS
from models.services.scene import Scene
from models.services.sms_together import Together
from models.services.sms_words import SILENCE, Reply, SmsWords, is_unfiled, new_dialogue
from models.services.voice_notes import MEDIA

OPENING = {"RAPPEL": "sms.call_back", "LANGUE": "sms.language"}
UNREAD = "8"  # category of what a person must read
RECEIPT_DIGITS = (5, 6, 12)  # the lengths F1 asks for; five name no case of a speaker


class SmsDialogues:
    """Answers SMS inside the unit of work that settles their inbox row."""

    def __init__(self, conversing: Conversing) -> None:
        self._conversing = conversing
        self._house = conversing.house
        self._dialogues = conversing.dialogues
        self._words = SmsWords(conversing)

    @contextmanager
    def together(
        self, work: Work, rows: Sequence[InboundMessage], clock: Callable[[], datetime]
    ) -> Iterator[Together]:
        """Answer some of these claimed messages; what they are answered is written at the end.

        ``Together.answer`` raises KeeperAway.
        """
        known = self._dialogues.known_by_row(work, [row.id for row in rows])
        together = Together(work, self.answers_to, known, self._house.transit, clock)
        yield together
        together.write()

    def answers_to(
        self, work: Work, row: InboundMessage, now: datetime, known: Known | None
    ) -> list[Draft]:
        """Let one claimed message have its effects; return its answers. Raises KeeperAway.

        ``known`` is who it is, unless this unit of work may have changed that.
        """
        assert row.contact and row.sender_sealed and row.text_sealed  # noqa: S101, PT018 claimed
        text = self._house.transit.unwrap(row.text_sealed)
        known = known or self._dialogues.known_in(work, row.contact)
        scene = self._scene(row.contact, row.channel, row.sender_sealed, known, now)
        if row.cause == intake.OPT_OUT:
            # It needs no second word: whoever works here and hears no more holds nothing.
            messages.stop(work, row.contact, scene.person_id, now)
            return []
        if row.cause == intake.BEEP:
            self._beep(work, scene)
            return []
        chats.remember(work, scene, row.received_at)
        if row.rank >= flood.ASKED:
            counted = None if scene.person_id is None else flood.ASKED_BY_STAFF
            scene = replace(scene, told=flood.told(work, row.contact, now, counted))
        return list(_drafts(scene, row, self._answers(work, scene, row, text)))

    def _beep(self, work: Work, scene: Scene) -> None:
        """Ask for a call back, in silence: whoever else holds the phone learns nothing of it."""
        item = call_backs.note_beep(work, replace(scene, kind="voice"))
        if item is not None:
            settling.release_announcements(work, item, scene.now)

    def _answers(self, work: Work, scene: Scene, row: InboundMessage, text: str) -> list[Reply]:
        """Return what goes back; sounds and pictures are filed, words beside them go their way."""
        if row.cause not in MEDIA:
            return self._replies(work, scene, text)
        case = chats.file_media(work, scene, row)
        return self._replies(work, scene, text) if text.strip() else [self._unread(scene, case)]

    def file_silent(self, work: Work, key: str, now: datetime) -> None:
        """File what a silent contact said so far, with the questions left unanswered."""
        dialogue = self._dialogues.load_in(work, key)
        if dialogue is None or dialogue.sender_sealed is None:
            return
        assert dialogue.contact is not None  # noqa: S101 whoever wrote an SMS has a name
        known = self._dialogues.known_in(work, dialogue.contact)
        channel = str(dialogue.state.answers["channel"])
        scene = self._scene(dialogue.contact, channel, dialogue.sender_sealed, known, now)
        left = commanding.unfiled(dialogue.asked)
        reply = (
            self._file_lines(work, scene, dialogue, left)
            if left
            else self._words.file(work, scene, dialogue)
        )
        draft = _draft(scene, reply, f"silence:{reply.case}", dialogue.sender_sealed)
        messages.queue(work, draft, self._house.transit, scene.now)

    def _replies(self, work: Work, scene: Scene, text: str) -> list[Reply]:
        if scene.person_id is not None:
            heard = self._commanded(work, scene, text)
            if heard is not None:
                # A STOP that was obeyed is still answered: messages.ANSWERS_TO_STOP.
                purpose = "stopped" if keyword(text) == "STOP" else "command"
                return [Reply(one, purpose) for one in heard.replies]
        return [*self._left_open(work, scene, text), self._reply(work, scene, text)]

    def _left_open(self, work: Work, scene: Scene, text: str) -> list[Reply]:
        """File what was said before a keyword that opens another dialogue in its place."""
        if keyword(text) not in OPENING:
            return []
        dialogue = self._dialogues.load_in(work, scene.conversation)
        if dialogue is None or dialogue.over or not is_unfiled(dialogue.state):
            return []
        return [self._words.file(work, scene, dialogue)]

    def _file_lines(
        self, work: Work, scene: Scene, dialogue: Dialogue, lines: Sequence[str]
    ) -> Reply:
        """File the commands that were never completed as words for a person to read."""
        said = {"kind": "complaint", "category": UNREAD, "answer": "none"}
        for line in lines:
            filed = EFFECTS["open_case"](work, scene, {**said, "words": line}).values
            settling.release_announcements(work, filed["case"], scene.now)
        asked = tuple({**one, "line": ""} for one in dialogue.asked)
        words_wait = not dialogue.over and is_unfiled(dialogue.state)
        done = replace(
            dialogue,
            asked=asked,
            due_at=scene.now if words_wait else None,
            sender_sealed=None if dialogue.over else dialogue.sender_sealed,
        )
        self._dialogues.save_in(work, done, scene.now)
        return self._unread(scene, filed["case"])

    def _unread(self, scene: Scene, case: int) -> Reply:
        texts = self._house.speaking(scene.language, scene.channel).texts
        return Reply(texts.say("not_understood", usd=self._house.service_code), case=case)

    def _commanded(self, work: Work, scene: Scene, text: str) -> commanding.Answered | None:
        """Do what a registered person's line asks; keep the question it ends with, if any."""
        dialogue = self._dialogues.load_in(work, scene.conversation)
        before = () if dialogue is None else dialogue.asked
        speaking = dialogue is not None and not dialogue.over
        asked = commanding.still_open(before, scene.now)
        heard = commanding.hear(work, scene, text, asked, speaking=speaking)
        if heard is None or heard.asked == before:
            return heard
        kept = dialogue or new_dialogue(scene, State("sms.words", {}), over=True)
        kept = replace(kept, asked=heard.asked, **self._silence(scene, kept, heard))
        self._dialogues.save_in(work, kept, scene.now)
        return heard

    def _silence(
        self, scene: Scene, dialogue: Dialogue, heard: commanding.Answered
    ) -> dict[str, Any]:
        """Return when silence is acted upon, and for whom: words or a command half said."""
        half_said = commanding.unfiled(heard.asked)
        unfiled = not dialogue.over and is_unfiled(dialogue.state)
        answers = {**dialogue.state.answers, "channel": scene.channel}
        return {
            "due_at": scene.now + SILENCE if half_said or unfiled else None,
            "sender_sealed": scene.seal_sender() if half_said else dialogue.sender_sealed,
            "state": replace(dialogue.state, answers=answers),
        }

    def _reply(self, work: Work, scene: Scene, text: str) -> Reply:
        word = keyword(text)
        if word is not None:
            return self._keyword(work, scene, word)
        number = bare_number(text)
        if number is not None and len(number) in RECEIPT_DIGITS:
            return self._receipt(work, scene, number)
        return self._words.answer(work, scene, text)

    def _keyword(self, work: Work, scene: Scene, word: str) -> Reply:
        assert scene.contact is not None  # noqa: S101 claimed rows have one
        say = self._house.speaking(scene.language, scene.channel).texts.say
        if word == "STOP":
            intake.stop(work, scene.contact, scene.now)
            return Reply(say("stopped"), "stopped", owed=True)
        if word == "JAABI":
            intake.start_again(work, scene.contact, scene.now)
            return Reply(say("resumed"), "resumed", owed=True)
        if word in OPENING:
            return self._words.begin(work, scene, OPENING[word], {})
        return Reply(say("help", usd=self._house.service_code))

    def _receipt(self, work: Work, scene: Scene, number: str) -> Reply:
        outcome = EFFECTS["open_code"](work, scene, {"code": number})
        if outcome.name == "away":
            raise KeeperAway
        known = outcome.name != "unknown"
        text = "code_good" if known else "code_unknown"
        say = self._house.speaking(scene.language, scene.channel).texts.say
        return Reply(say(text, usd=self._house.service_code), owed=True)

    def _scene(
        self, contact: str, channel: str, sealed: bytes, known: Known, now: datetime
    ) -> Scene:
        person_id, language = known
        return Scene(
            house=self._house,
            kind="chat" if channel in self._house.chats else "sms",
            channel=channel,
            conversation=f"sms:{contact}",
            contact=contact,
            seal_sender=lambda: sealed,
            person_id=person_id,
            language=language or FRENCH,
            now=now,
        )


def _drafts(scene: Scene, row: InboundMessage, replies: Iterable[Reply]) -> Iterator[Draft]:
    """Give the texts that answer a message; the row keeps why it is answered with none."""
    assert row.sender_sealed  # noqa: S101 claimed
    for place, reply in enumerate(replies, 1):
        why = reply.why or (flood.ENOUGH if flood.is_enough(scene, owed=reply.owed) else None)
        if why is not None:
            row.cause = why
            continue
        cause = f"inbound:{row.id}" if place == 1 else f"inbound:{row.id}:{place}"
        yield _draft(scene, reply, cause, row.sender_sealed)


def _draft(scene: Scene, reply: Reply, cause: str, address: bytes) -> Draft:
    return Draft(
        cause=cause,
        purpose=reply.purpose,
        text=reply.text,
        address=address,
        contact=scene.contact,
        person_id=scene.person_id,
        via=scene.via,
        sensitive=reply.sensitive,
        priority=messages.SENSITIVE if reply.owed else None,
    )

"""Words by SMS through their conversation: at most two questions, then a case for a person.

A phone that writes too much is asked less and answered less; what it says is kept all the same
(models/services/flood.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from flows.engine import advance, begin
from flows.rendering import render_sms
from flows.screens import compose
from flows.words import Flows, State, Turn
from models.db import Work
from models.services import consents, flood, settling
from models.services.conversing import Conversing
from models.services.dialogues import Dialogue
from models.services.effects import EFFECTS
from models.services.flood import Heard
from models.services.scene import Scene
from models.services.sensing import listen

SILENCE = timedelta(minutes=30)  # no answer to a question for so long: filed as it stands
OURS = ("help", "resumed", "stopped", "code_good", "code_unknown", "not_understood")


@dataclass(frozen=True, slots=True, repr=False)
class Reply:
    """What goes back; ``purpose`` names the text, so that STOP can judge it.

    ``owed``: only the widest of the limits keeps it back. ``why``: nothing goes back, for this.
    ``sensitive``: it answers harm, so it is said once, by the road that was asked, or never.
    """

    text: str
    purpose: str = "reply"
    case: int | None = None
    owed: bool = False
    why: str | None = None
    sensitive: bool = False


class SmsWords:
    """Takes the turns of the conversation ``sms``, one for each contact."""

    def __init__(self, conversing: Conversing) -> None:
        self._conversing = conversing
        self._house = conversing.house
        self._dialogues = conversing.dialogues

    def answer(self, work: Work, scene: Scene, text: str) -> Reply:
        """Take words: a new problem, or the answer to the question that is open."""
        dialogue = self._dialogues.load_in(work, scene.conversation)
        heard = flood.hear(heard_of(dialogue), text, scene.now)
        if flood.is_said_again(heard, text):
            return Reply("", why=flood.SAID)
        if flood.is_echo(text, self._ours(scene, dialogue)):
            return Reply("", why=flood.ECHO)
        if scene.person_id is None and scene.told >= flood.ASKED:
            return self._crowded(work, scene, dialogue, text, heard)
        if dialogue is None or dialogue.over:
            said = {"words": text, "heard": heard}
            return self._carry(work, scene, *self._begun(scene, "sms.words", said, dialogue))
        return self._carry(work, scene, dialogue, self._next(scene, dialogue, text, heard))

    def begin(self, work: Work, scene: Scene, at: str, answers: Mapping[str, Any]) -> Reply:
        """Begin a dialogue in place of whatever stood there."""
        standing = self._dialogues.load_in(work, scene.conversation)
        return self._carry(work, scene, *self._begun(scene, at, answers, standing))

    def file(self, work: Work, scene: Scene, dialogue: Dialogue) -> Reply:
        """File words as they stand, with the questions left unanswered."""
        answers = dict(dialogue.state.answers)
        return self._carry(work, scene, dialogue, begin(self._flows(scene), "sms.silent", answers))

    def _crowded(
        self, work: Work, scene: Scene, dialogue: Dialogue | None, text: str, heard: Heard
    ) -> Reply:
        """Keep the words of a phone that had many texts within the hour, and ask nothing."""
        if dialogue is not None and not dialogue.over and is_unfiled(dialogue.state):
            return self._at_once(work, scene, dialogue, self._next(scene, dialogue, text, heard))
        said = {"words": text, "heard": heard}
        if scene.told < flood.ANSWERS or self._may_be_harm(work, text):
            return self._at_once(work, scene, *self._begun(scene, "sms.words", said, dialogue))
        case = flood.latest_case(work, scene)
        if case is None:
            return self.begin(work, scene, "sms.silent", said)
        EFFECTS["add_words"](work, scene, {"case": case, "words": text})
        return Reply("", why=flood.KEPT)

    def _may_be_harm(self, work: Work, text: str) -> bool:
        return listen(work, self._house, text).compartment is not None

    def _at_once(self, work: Work, scene: Scene, dialogue: Dialogue, turn: Turn) -> Reply:
        """Follow a turn to its end, or file what is known where it would ask something."""
        turn = self._conversing.settle(work, scene, turn)
        if not turn.over:
            turn = begin(self._flows(scene), "sms.silent", dict(turn.state.answers))
        return self._carry(work, scene, dialogue, turn)

    def _begun(
        self, scene: Scene, at: str, answers: Mapping[str, Any], standing: Dialogue | None
    ) -> tuple[Dialogue, Turn]:
        """Return the first turn of a dialogue, and the row it goes into."""
        turn = begin(self._flows(scene), at, {**self._known(scene), **answers})
        return standing or new_dialogue(scene, turn.state, over=False), turn

    def _next(self, scene: Scene, dialogue: Dialogue, text: str, heard: Heard) -> Turn:
        # The language may have been chosen by USSD since the question was asked.
        answers = {**dialogue.state.answers, "language": scene.language, "heard": heard}
        return advance(self._flows(scene), replace(dialogue.state, answers=answers), text)

    def _carry(self, work: Work, scene: Scene, dialogue: Dialogue, turn: Turn) -> Reply:
        turn = self._conversing.settle(work, scene, turn)
        assert turn.screen is not None  # noqa: S101 settled
        case = turn.state.answers.get("case")
        if turn.over and case:
            settling.release_announcements(work, case, scene.now)
        text = render_sms(compose(turn.screen))
        if not turn.over and is_unfiled(turn.state):  # the first question, so first the notice
            text = f"{consents.notice_due(work, scene)} {text}".strip()
        taken = replace(
            dialogue,
            state=turn.state,
            screen=text,
            over=turn.over,
            # Kept only while a question is open: silence is answered too.
            sender_sealed=None if turn.over else scene.seal_sender(),
            due_at=scene.now + SILENCE if not turn.over and is_unfiled(turn.state) else None,
            asked=(),  # the last question is the one that is answered
        )
        self._dialogues.save_in(work, taken, scene.now)
        private = turn.over and bool(turn.state.answers.get("private"))
        return Reply(text, case=case, owed=turn.over and _is_owed(turn.state), sensitive=private)

    def _known(self, scene: Scene) -> dict[str, Any]:
        return {
            "usd": self._house.service_code,
            "channel": scene.channel,
            "language": scene.language,
        }

    def _flows(self, scene: Scene) -> Flows:
        return self._house.speaking(scene.language, scene.channel)

    def _ours(self, scene: Scene, dialogue: Dialogue | None) -> list[str]:
        say = self._flows(scene).texts.say
        last = [] if dialogue is None else [dialogue.screen]
        return [*last, *(say(one, usd=self._house.service_code) for one in OURS)]


def new_dialogue(scene: Scene, state: State, *, over: bool) -> Dialogue:
    """Return the dialogue of a contact who has none."""
    key = scene.conversation
    return Dialogue(key, 0, scene.contact, scene.person_id, None, state, "", "", over=over)


def heard_of(dialogue: Dialogue | None) -> Heard:
    """Return what a dialogue remembers of the words said in it."""
    return [] if dialogue is None else dialogue.state.answers.get("heard") or []


def is_unfiled(state: State) -> bool:
    """Tell whether words were said that no case holds yet."""
    return bool(state.answers.get("words")) and not state.answers.get("case")


def _is_owed(state: State) -> bool:
    """Tell whether a dialogue ends with a receipt, or with the one answer to harm."""
    return bool(state.answers.get("c6") or state.answers.get("private"))

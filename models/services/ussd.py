"""One keypress: from what the network sent of a session to the screen that answers it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flows.engine import resumable
from flows.rendering import render_screen
from flows.screens import compose
from flows.words import FRENCH, State, Turn
from models.db import Gateway, Work
from models.services import opening, settling
from models.services.conversing import Conversing
from models.services.dialogues import Dialogue, TakenMeanwhile
from models.services.intake import cleaned, pseudonym_or_none
from models.services.scene import Scene
from models.services.ussd_sessions import Sessions, key_of

INCOMPLETE_AFTER = timedelta(hours=24)
PLACE_CODE_DIGITS = 4
RESUME_STATE = "menu.resume"
RACES = 3  # two requests for one turn: the loser shows what the winner wrote
UNCOUNTED = "uncounted"  # a provider whose marks stand still: they tell no repeat


@dataclass(frozen=True, slots=True, repr=False)
class Keypress:
    """One request of a USSD session; ``text`` is all that was typed in it, joined by stars.

    ``said``: the network tells the last answer only, or what was dialled beyond the code when the
    session ``begins``; the same ``mark`` is then the same request. ``session`` is None where the
    provider names none. ``contact`` is the sender's pseudonym, if it is known already. ``late``:
    another request was faster, so this one only shows what that one led to.
    """

    channel: str
    session: str | None
    sender: str
    text: str
    septets: int
    said: bool = False
    begins: bool = False
    mark: str = ""
    contact: str | None = None
    late: bool = False

    @property
    def dials(self) -> bool:
        """Whether it is what a session begins with."""
        return self.begins if self.said else not self.text


@dataclass(frozen=True, slots=True, repr=False)
class Shown:
    """The screen to send back, ready for the network."""

    text: str
    over: bool


class UssdDialogues:
    """Answers keypresses. Built once a process, on the one Conversing."""

    def __init__(self, conversing: Conversing) -> None:
        self._conversing = conversing
        self._house = conversing.house
        self._dialogues = conversing.dialogues
        self._sessions = Sessions(conversing.dialogues, self._house.keeper, self._house.draw)

    def answer(self, press: Keypress, now: datetime) -> Shown:
        """Return the screen for this keypress; the same one again when it was already answered.

        Raises KeeperAway when only the keeper can tell whose session it is.
        """
        press = self._named(press, now)
        for _ in range(RACES - 1):
            try:
                return self._answer(press, now)
            except TakenMeanwhile:
                # Nobody answers one screen twice: a last answer that comes too late says nothing.
                press = replace(press, late=True) if press.said else press
        return self._answer(press, now)

    def session_of(
        self, channel: str, session: str | None, sender: str, now: datetime
    ) -> str | None:
        """Return our name for the session this number is in, or None. Raises KeeperAway."""
        if session is not None:
            return self._sessions.known(session, sender)[0]
        return self._sessions.latest(channel, self._sessions.whose(sender), now)

    def ended(self, channel: str, session: str, now: datetime) -> None:
        """Let go what waited for the end of this session. Saying it twice is harmless."""
        dialogue = self._dialogues.load(key_of(channel, session))
        if dialogue is not None and dialogue.state.answers.get("case"):
            with self._conversing.store.work(Gateway()) as work:
                settling.release_announcements(work, dialogue.state.answers["case"], now)

    def keep_incomplete(self, work: Work, key: str, now: datetime) -> None:
        """Count what was said before a dialogue was dropped, with no way back to who said it."""
        dialogue = self._dialogues.load_in(work, key)
        if dialogue is None:
            return
        answers = _said(dialogue.state)
        channel = key.split(":")[1]
        press = Keypress(channel, key, "", "", 0)
        opening.keep_incomplete(work, self._scene(press, None, None, answers, now), answers)
        self._dialogues.save_in(work, replace(dialogue, over=True, resumable=False), now)

    def _named(self, press: Keypress, now: datetime) -> Keypress:
        """Give a session a name that holds no number: where it was, or a new one."""
        if press.session is not None:
            session, contact = self._sessions.known(press.session, press.sender)
            return replace(press, session=session, contact=contact) if contact else press
        contact = self._sessions.whose(press.sender)
        known = None if press.begins else self._sessions.latest(press.channel, contact, now)
        return replace(press, session=known or self._sessions.new(), contact=contact)

    def _answer(self, press: Keypress, now: datetime) -> Shown:
        dialogue = self._dialogues.load(key_of(press.channel, press.session))
        if press.dials:
            by_number = press.contact is not None
            dialogue = self._sessions.let_begin(dialogue, press.sender, now, same=by_number)
        if dialogue is None:
            # What answers a screen we know nothing of would mean something else on the first one.
            lost = press.said and not press.begins
            return self._first(replace(press, text="") if lost else press, now)
        fresh = _fresh(press, dialogue)
        if fresh is None or dialogue.over:
            return Shown(dialogue.screen, dialogue.over)
        if not fresh:  # an empty answer: the same question again, and no miss
            consumed = _consumed(press, dialogue)
            still = replace(dialogue, consumed=consumed, **self._kept(Turn(dialogue.state), now))
            self._dialogues.save(still, now)
            return Shown(dialogue.screen, dialogue.over)
        known = dialogue.state.answers
        scene = self._scene(press, dialogue.contact, dialogue.person_id, known, now)
        turn = self._conversing.advance(scene, dialogue.state, cleaned(fresh))
        return self._commit(press, scene, dialogue, turn)

    def _first(self, press: Keypress, now: datetime) -> Shown:
        contact = press.contact or pseudonym_or_none(self._house, press.sender)
        person_id, language = self._dialogues.known(contact) if contact else (None, None)
        registered = person_id is not None or contact is None  # perhaps: nobody knows yet
        said = [one for one in cleaned(press.text).split("*") if one]
        at, answers = "menu.main", self._known(said, language, registered=registered)
        dropped = self._dialogues.dropped(contact, now) if contact and not press.text else None
        if dropped is not None:
            at, answers = RESUME_STATE, _offering(dropped, answers)
        scene = self._scene(press, contact, person_id, answers, now)
        turn = self._conversing.start(scene, at, answers, said)
        waiting = None if contact else self._house.sealer.number(press.sender)
        dialogue = Dialogue(
            scene.conversation, 0, contact, person_id, waiting, turn.state, "", "", over=False
        )
        shown = self._commit(press, scene, dialogue, turn)
        if contact and dropped is not None:  # only now: whoever loses a race must leave it be
            self._dialogues.let_go(contact, scene.conversation)
        return shown

    def _known(self, said: list[str], language: str | None, *, registered: bool) -> dict[str, Any]:
        code = said.pop(0) if said and _is_place_code(said[0]) else ""
        known = {
            "usd": self._house.service_code,
            "dialled": code,
            "registered": registered,
        }
        return {**known, "language": language} if language else known

    def _commit(self, press: Keypress, scene: Scene, dialogue: Dialogue, turn: Turn) -> Shown:
        filed = turn.state.answers.get("case")
        if turn.effect is None and not (turn.over and filed):
            taken, shown = self._taken(press, dialogue, turn, scene.now)
            self._dialogues.save(taken, scene.now)
            return shown
        with self._conversing.acting(scene, turn.state.answers) as work:
            turn = self._conversing.settle(work, scene, turn)
            if turn.over and turn.state.answers.get("case"):
                settling.release_announcements(work, turn.state.answers["case"], scene.now)
            taken, shown = self._taken(press, dialogue, turn, scene.now)
            # Last in the same transaction: if another request took this turn, all of it is undone.
            self._dialogues.save_in(work, taken, scene.now)
        return shown

    def _taken(
        self, press: Keypress, dialogue: Dialogue, turn: Turn, now: datetime
    ) -> tuple[Dialogue, Shown]:
        assert turn.screen is not None  # noqa: S101 the engine stops only at screens and effects
        wide = press.channel in self._house.wide_channels
        text = render_screen(compose(turn.screen), press.septets, wide=wide)
        taken = replace(
            dialogue,
            state=turn.state,
            consumed=_consumed(press, dialogue),
            screen=text,
            over=turn.over,
            **self._kept(turn, now),
        )
        return taken, Shown(text, turn.over)

    def _kept(self, turn: Turn, now: datetime) -> dict[str, Any]:
        """Return what becomes of the dialogue if nothing more is typed."""
        due_at = now + INCOMPLETE_AFTER if may_be_incomplete(turn.state) else None
        return {"resumable": self._may_resume(turn), "due_at": due_at}

    def _may_resume(self, turn: Turn) -> bool:
        if turn.over or turn.state.answers.get("case"):
            return False
        return turn.state.at == RESUME_STATE or resumable(self._house.flows, turn.state)

    def _scene(
        self,
        press: Keypress,
        contact: str | None,
        person_id: int | None,
        known: Mapping[str, Any],
        now: datetime,
    ) -> Scene:
        return Scene(
            house=self._house,
            kind="ussd",
            channel=press.channel,
            conversation=key_of(press.channel, press.session),
            contact=contact,
            seal_sender=lambda: self._house.sealer.number(press.sender),
            person_id=person_id,
            language=known.get("language", FRENCH),
            now=now,
        )


def may_be_incomplete(state: State) -> bool:
    """Tell whether silence from here on leaves something to count: topic and commune, not filed."""
    answers = _said(state)
    known = bool(answers.get("category")) and bool(answers.get("place"))
    return known and not answers.get("case") and not answers.get("private")


def _offering(dropped: dict[str, Any], answers: dict[str, Any]) -> dict[str, Any]:
    """Return what a dialogue begins with that offers a dropped one, in the language of that."""
    spoken = dropped.get("answers", {}).get("language")
    return {**answers, "dropped": dropped, **({"language": spoken} if spoken else {})}


def _said(state: State) -> Mapping[str, Any]:
    """Return the answers of this dialogue, or of the dropped one that it still offers."""
    dropped: Mapping[str, Any] = state.answers.get("dropped") or {}
    return dropped.get("answers") or state.answers


def _fresh(press: Keypress, dialogue: Dialogue) -> str | None:
    """Return what was typed since, or None when nothing was: a repeat, or one out of order.

    The typed text may hold stars itself, so the known beginning is taken off, never split.
    """
    text, consumed = press.text, dialogue.consumed
    if press.said:
        # The mark of the first answer may be that of the beginning, if the provider counts nothing.
        repeated = dialogue.turn > 1 and press.mark and press.mark == consumed
        return None if press.begins or press.late or repeated else text
    if not consumed:
        return text or None
    prefix = consumed + "*"
    return text[len(prefix) :] if text.startswith(prefix) else None


def _consumed(press: Keypress, dialogue: Dialogue) -> str:
    """Return what tells this request from the next one: all that was typed, or its mark."""
    if not press.said:
        return press.text
    stands_still = dialogue.turn > 0 and dialogue.consumed in {press.mark, UNCOUNTED}
    return UNCOUNTED if stands_still else press.mark


def _is_place_code(text: str) -> bool:
    return len(text) == PLACE_CODE_DIGITS and text.isascii() and text.isdigit()

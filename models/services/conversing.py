"""One utterance through its conversation: the screen to show, and whatever it made happen.

The only place where turns are taken, whatever the road: USSD answers in the response, SMS in the
outbox. A repeated utterance shows the same screen and does nothing twice.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from flows.engine import advance, begin, resume
from flows.words import FRENCH, Effect, Flows, State, Turn
from models.db import Actor, Gateway, Handler, Store, Work
from models.errors import KeeperAway, KeeperRefused
from models.points import reached
from models.services import agent_menu
from models.services.dialogues import Dialogues
from models.services.effects import EFFECTS, LOOK_UPS
from models.services.scene import House, Outcome, Scene

EFFECTS_A_TURN = 12  # a definition that asks for more is wrong; the checker proves none does


class Conversing:
    """Takes turns in dialogues. Built once a process."""

    def __init__(self, store: Store, house: House) -> None:
        self.store = store
        self.house = house
        self.dialogues = Dialogues(store, house.transit)

    def start(self, scene: Scene, at: str, answers: dict[str, Any], said: list[str]) -> Turn:
        """Begin at a state and give it the answers already typed, as long as nothing changes."""
        turn = self.look(scene, begin(self._flows(scene, answers), at, answers))
        for one in said:
            if turn.over or turn.effect is not None:
                break
            turn = self.advance(scene, turn.state, one)
        return turn

    def advance(self, scene: Scene, state: State, said: str) -> Turn:
        """Take one answer, up to the next screen or the next effect that changes something."""
        return self.look(scene, advance(self._flows(scene, state.answers), state, said))

    def look(self, scene: Scene, turn: Turn) -> Turn:
        """Follow the effects that change nothing."""
        while turn.effect is not None:
            if turn.effect.name in agent_menu.AGENT_READS:
                outcome = self._read(scene, turn.effect)
            elif turn.effect.name in LOOK_UPS:
                with self.store.reading(Gateway()) as work:
                    own = replace(work, actor=actor(scene, turn.state.answers))
                    outcome = EFFECTS[turn.effect.name](own, scene, turn.effect.answers)
            else:
                break
            turn = self._resume(scene, turn, outcome)
        return turn

    @contextmanager
    def acting(self, scene: Scene, answers: Mapping[str, Any]) -> Iterator[Work]:
        """Open a unit of work of the gateway, in the hand of whoever signed in.

        What a person does reaches rows that they may not see: others are told, and chosen. What
        they look at is narrowed where they look (models/services/visibility.py, ``seen_by``).
        """
        with self.store.work(Gateway()) as work:
            yield replace(work, actor=actor(scene, answers))

    def settle(self, work: Work, scene: Scene, turn: Turn) -> Turn:
        """Apply the effects of a turn inside one unit of work, up to the next screen."""
        for _ in range(EFFECTS_A_TURN):
            if turn.effect is None:
                return turn
            outcome = EFFECTS[turn.effect.name](work, scene, turn.effect.answers)
            turn = self._resume(scene, turn, outcome)
        raise RecursionError(f"too many effects at {turn.state.at}")

    def _resume(self, scene: Scene, turn: Turn, outcome: Outcome) -> Turn:
        flows = self._flows(scene, {**turn.state.answers, **outcome.values})
        return resume(flows, turn.state, outcome.name, outcome.values)

    def _flows(self, scene: Scene, answers: Mapping[str, Any]) -> Flows:
        """Return the conversations in the language of this dialogue, which may change in it."""
        return self.house.speaking(answers.get("language", FRENCH), scene.channel)

    def _read(self, scene: Scene, effect: Effect) -> Outcome:
        """Open words for a person: the reading is committed before the keeper is asked."""
        with self.acting(scene, effect.answers) as work:
            reading = agent_menu.begin_reading(work, scene, effect.answers)
        if reading is None:
            return Outcome("none")
        reached("public.noted")
        try:
            pages = agent_menu.finish_reading(self.house, reading)
        except (KeeperAway, KeeperRefused):
            return Outcome("away")
        return Outcome("read", {"pages": pages}) if pages else Outcome("none")


def actor(scene: Scene, answers: Mapping[str, Any]) -> Actor:
    """Return who acts: a registered person once the PIN was right, else the public gateway."""
    agent = answers.get("agent")
    if agent and scene.person_id is not None:
        return Handler(scene.person_id, str(agent))
    return Gateway()

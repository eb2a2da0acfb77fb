"""The walk through a conversation: a pure function of flows, state and answer."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from flows.effects import EFFECTS
from flows.errors import Unreadable
from flows.place_names import fold
from flows.screens import compose as compose
from flows.screens import listed, menu_screen, page_screen, pages
from flows.texts import fill
from flows.words import (
    BACK,
    BASE,
    DROPPED,
    JUMPS,
    MISSES,
    SCREENS,
    Act,
    Effect,
    End,
    Flows,
    Fork,
    Json,
    Menu,
    Pages,
    Screen,
    State,
    Turn,
)

Answers = Mapping[str, Json]
_SIGNS = " \t\r\n.#*()"  # what fingers add around a digit


class _Way(NamedTuple):
    """Where an answer leads, with what it adds to the answers."""

    to: str
    sets: Answers


def begin(flows: Flows, at: str, answers: Answers) -> Turn:
    """Return the first turn of a dialogue that starts at the state ``at``."""
    return _arrive(flows, State(at, dict(answers)), at)


def advance(flows: Flows, state: State, said: str) -> Turn:
    """Return the turn that follows ``said`` (one answer, as typed).

    Never raises for anything a person can type. A state that is no longer defined starts again
    at the main menu; one that waits for the service asks for its effect again.
    """
    node = flows.nodes.get(state.at)
    if not isinstance(node, Menu | Pages):
        return _arrive(flows, state, state.at)
    if state.screens >= SCREENS:
        return _cut_short(flows, state, node)
    key = said.strip(_SIGNS).casefold()
    if key == "0" and discreet(flows, state):
        return _arrive(flows, _shown(state), flows.harmless)
    turned = _turn_page(node, state, key)
    if turned is not None:
        return _stand(node, turned)
    way = _choose(node, state, key) or _read(flows, node, state, said)
    if way is not None:
        return _follow(flows, state, node, way)
    typed_again = _read_again(flows, state, node, said)
    if typed_again is not None:
        return _follow(flows, replace(state, misses=0), node, typed_again)
    return _miss(flows, state, node)


def resume(flows: Flows, state: State, outcome: str, values: Answers) -> Turn:
    """Return the turn that follows an effect that ended with ``outcome`` and gave ``values``."""
    node = flows.nodes.get(state.at)
    if not isinstance(node, Act):
        return _arrive(flows, state, state.at)
    rule = EFFECTS[node.do]
    answers = {name: kept for name, kept in state.answers.items() if name not in rule.spends}
    answers.update(values)
    trail = () if rule.files else state.trail
    done = State(state.at, answers, trail, state.misses, state.screens)
    return _arrive(flows, done, node.then.get(outcome, flows.main.at))


def discreet(flows: Flows, state: State) -> bool:
    """Tell whether the conversation is on the sensitive path: 0 leads to the harmless screen."""
    node = flows.nodes.get(state.at)
    return node is not None and bool(node.traits.sensitive or state.answers.get("discreet"))


def resumable(flows: Flows, state: State) -> bool:
    """Tell whether a dropped dialogue may be offered again at this state.

    Never a private one, nor one behind a PIN: whoever dials next gave none.
    """
    node = flows.nodes.get(state.at)
    if node is None or discreet(flows, state):
        return False
    hushed = any(state.answers.get(name) for name in ("private", "quiet", "agent"))
    return node.traits.resume and not hushed


def _choose(node: Menu | Pages, state: State, key: str) -> _Way | None:
    if node.zero is not None and key == "0":
        return _Way(node.zero.to, node.zero.sets)
    if node.next is not None and key == "9":
        return _Way(node.next.to, node.next.sets)
    if isinstance(node, Pages):
        return None
    for number, option in listed(node, state):
        if key == number or (option.also and fold(key) in option.also):
            return _Way(option.to, option.sets)
    return None


def _read(flows: Flows, node: Menu | Pages, state: State, said: str) -> _Way | None:
    if isinstance(node, Pages) or not node.read:
        return None
    try:
        value = flows.readers[node.read](said, state.answers)
    except Unreadable:
        return None
    return _Way(node.to, {node.keep: value})


def _read_again(flows: Flows, state: State, node: Menu | Pages, said: str) -> _Way | None:
    """Read what is typed where a wrong answer led as the answer to the question before it."""
    if state.at != node.traits.wrong or not state.trail:
        return None
    asked = flows.nodes.get(state.trail[-1].partition(":")[0])
    return _read(flows, asked, state, said) if isinstance(asked, Menu) else None


def _turn_page(node: Menu | Pages, state: State, key: str) -> State | None:
    if key == "9" and state.page + 1 < pages(node, state.answers):
        page = state.page + 1
    elif key == "0" and state.page and node.zero is not None and node.zero.to == BACK:
        page = state.page - 1
    else:
        return None
    return State(state.at, state.answers, state.trail, 0, state.screens + 1, page)


def _follow(flows: Flows, state: State, node: Menu | Pages, way: _Way) -> Turn:
    after_miss = state.at == node.traits.wrong
    trail = state.trail
    if way.to != BACK and not after_miss:
        trail = (*trail, _step(state))
    misses = state.misses if after_miss else 0
    answers = {**state.answers, **way.sets} if way.sets else state.answers
    return _arrive(flows, State(state.at, answers, trail, misses, state.screens + 1), way.to)


def _miss(flows: Flows, state: State, node: Menu | Pages) -> Turn:
    misses = state.misses + 1
    if misses >= MISSES:
        return _lost(flows, state, node)
    trail = state.trail if state.at == node.traits.wrong else (*state.trail, _step(state))
    missed = State(state.at, state.answers, trail, misses, state.screens + 1)
    return _arrive(flows, missed, node.traits.wrong)


def _lost(flows: Flows, state: State, node: Menu | Pages) -> Turn:
    at = flows.harmless if discreet(flows, state) else node.traits.lost
    return _arrive(flows, State(at, state.answers, (), 0, state.screens + 1), at)


def _cut_short(flows: Flows, state: State, node: Menu | Pages) -> Turn:
    """End a dialogue that has shown too many screens, with the words of one that is lost."""
    turn = _lost(flows, state, node)
    if turn.screen is None:
        return turn
    return Turn(turn.state, replace(turn.screen, over=True), over=True)


def _arrive(flows: Flows, state: State, to: str) -> Turn:
    """Walk from ``to`` through forks until somebody is needed: a person or the service."""
    if to == DROPPED:
        return _pick_up(flows, state)
    if to == BACK:
        return _go_back(flows, state)
    answers = state.answers
    for _ in range(JUMPS):
        node = flows.nodes.get(to)
        if not isinstance(node, Act | Fork):
            return _stand(node or flows.main, _at(state, to, answers))
        answers = _with(answers, node.sets)
        if isinstance(node, Act):
            return Turn(_at(state, to, answers), effect=Effect(node.do, answers))
        to = _branch(node, answers)
    return _stand(flows.main, _at(state, to, answers))


def _stand(node: Menu | Pages | End, state: State) -> Turn:
    """Show the screen of ``node``; who comes back to a screen has not been further."""
    answers, trail = state.answers, state.trail
    if node.traits.fresh:
        answers, trail = _base(answers), ()
    here = State(node.at, answers, _cut(trail, node.at), state.misses, state.screens, state.page)
    if isinstance(node, End):
        return Turn(here, Screen(node.at, node.text, (), answers, over=True), over=True)
    screen = page_screen(node, here) if isinstance(node, Pages) else menu_screen(node, here)
    return Turn(here, screen)


def _branch(node: Fork, answers: Answers) -> str:
    for branch in node.branches:
        value = answers.get(branch.when)
        if not branch.when or (value in branch.among if branch.among else value):
            return branch.to
    return ""


def _go_back(flows: Flows, state: State) -> Turn:
    to, _, page = (state.trail[-1] if state.trail else "").partition(":")
    node = flows.nodes.get(to)
    if isinstance(node, Menu | Pages):
        shown = int(page or 0)
        trail = state.trail[:-1]
        return _stand(node, State(to, state.answers, trail, state.misses, state.screens, shown))
    return _stand(flows.main, state)


def _pick_up(flows: Flows, state: State) -> Turn:
    """Stand again where a dropped dialogue stood; a spoilt one starts afresh."""
    kept = state.answers.get(DROPPED)
    old = State.from_json(kept) if isinstance(kept, dict) else state
    if not isinstance(kept, dict) or not resumable(flows, old):
        return _stand(flows.main, state)
    answers = {**old.answers, **_base(state.answers)}
    here = State(old.at, answers, old.trail, 0, 0, old.page)
    node = flows.nodes[old.at]
    return _arrive(flows, here, old.at) if isinstance(node, Act | Fork) else _stand(node, here)


def _base(answers: Answers) -> Answers:
    return {name: answers[name] for name in BASE if name in answers}


def _with(answers: Answers, sets: Answers) -> Answers:
    """Return the answers with those a state sets; texts among them may hold other answers."""
    if not sets:
        return answers
    filled = {
        name: fill(value, answers).strip() if isinstance(value, str) else value
        for name, value in sets.items()
    }
    return {**answers, **filled}


def _at(state: State, at: str, answers: Answers) -> State:
    return State(at, answers, state.trail, state.misses, state.screens)


def _shown(state: State) -> State:
    return State(state.at, state.answers, state.trail, 0, state.screens + 1)


def _step(state: State) -> str:
    return f"{state.at}:{state.page}" if state.page else state.at


def _cut(trail: tuple[str, ...], at: str) -> tuple[str, ...]:
    for index, seen in enumerate(trail):
        if seen.partition(":")[0] == at:
            return trail[:index]
    return trail

"""Every way through the conversations: what can be said at a state, with what is known by then.

Only the answers that a fork or an option looks at are followed. What the service or a person
gives is UNKNOWN, and both ways are walked.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from flows.effects import EFFECTS
from flows.words import (
    BACK,
    BASE,
    DROPPED,
    Act,
    End,
    Flows,
    Fork,
    Json,
    Menu,
    Node,
    Option,
    Pages,
)

UNKNOWN = "?"
DISCREET = "discreet"
PRIVATE = "private"
SURE = frozenset({"case"})  # never empty when an effect gives it
BASE_KNOWN = frozenset(BASE)

Known = frozenset[tuple[str, Json]]


@dataclass(frozen=True, slots=True)
class Spot:
    """A state together with the answers that matter from there on."""

    at: str
    known: Known


@dataclass(frozen=True, slots=True)
class Move:
    """One way on: ``said`` is option, item, typed, next, zero, wrong or an outcome of the service.

    ``option`` is what was chosen; ``counted`` whether it is an answer on the way to filing.
    """

    said: str
    to: Spot
    option: Option | None = None
    counted: bool = False


@dataclass(slots=True)
class Walk:
    """The ways of a set of flows, each spot looked at once."""

    flows: Flows
    _live: dict[str, frozenset[str]] = field(default_factory=dict)
    _asked_as: dict[str, set[str]] = field(default_factory=dict)
    _moves: dict[Spot, tuple[Move, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._live = _tested_from_here_on(self.flows)
        for node in self.flows.nodes.values():
            for branch in node.branches if isinstance(node, Fork) else ():
                if branch.among:
                    self._asked_as.setdefault(branch.when, set()).update(branch.among)

    def start(self, at: str, known: Mapping[str, Json]) -> Spot:
        """Return the spot of a dialogue that begins at ``at``."""
        return self._spot(at, known)

    def moves(self, spot: Spot) -> tuple[Move, ...]:
        """Return every way on from a spot; going back to an earlier screen is none."""
        if spot not in self._moves:
            self._moves[spot] = tuple(
                move for move in self._ways(spot) if move.to.at not in {BACK, DROPPED}
            )
        return self._moves[spot]

    def spots(self, starts: list[Spot]) -> set[Spot]:
        """Return every spot that can be reached from ``starts``."""
        seen, waiting = set(starts), list(starts)
        while waiting:
            for move in self.moves(waiting.pop()):
                if move.to not in seen:
                    seen.add(move.to)
                    waiting.append(move.to)
        return seen

    def _spot(self, at: str, known: Mapping[str, Json]) -> Spot:
        node = self.flows.nodes.get(at)
        if node is not None and node.traits.fresh:
            known = {name: known[name] for name in BASE if name in known}
        live = self._live.get(at, frozenset())
        kept = ((key, self._told_apart(key, known[key])) for key in known.keys() & live)
        return Spot(at, frozenset((key, value) for key, value in kept if value))

    def _told_apart(self, key: str, value: Json) -> Json:
        """Return the value, or what no fork tells from it: fewer spots prove the same."""
        if value == UNKNOWN or not value:
            return value
        if key in self._asked_as:
            return value if value in self._asked_as[key] else None
        return True

    def _ways(self, spot: Spot) -> Iterator[Move]:
        node = self.flows.nodes[spot.at]
        known = dict(spot.known)
        if isinstance(node, Act):
            yield from self._outcomes(node, known)
        elif isinstance(node, Fork):
            yield from self._branches(node, known)
        elif not isinstance(node, End):
            yield from self._answers(node, known)

    def _outcomes(self, node: Act, known: dict[str, Json]) -> Iterator[Move]:
        known |= _given(node.sets)
        rule = EFFECTS[node.do]
        after = {name: value for name, value in known.items() if name not in rule.spends}
        for outcome, to in node.then.items():
            given = {name: name in SURE or UNKNOWN for name in rule.outcomes[outcome]}
            yield Move(outcome, self._spot(to, after | given))

    def _branches(self, node: Fork, known: dict[str, Json]) -> Iterator[Move]:
        known |= _given(node.sets)
        for branch in node.branches:
            value = known.get(branch.when)
            if not branch.when:
                yield Move("else", self._spot(branch.to, known))
                return
            holds = value in branch.among if branch.among else bool(value)
            if value == UNKNOWN:
                sure = known if branch.among else {**known, branch.when: True}
                yield Move(branch.when, self._spot(branch.to, sure))
                known = known if branch.among else {**known, branch.when: False}
            elif holds:
                yield Move(branch.when, self._spot(branch.to, known))
                return

    def _answers(self, node: Menu | Pages, known: dict[str, Json]) -> Iterator[Move]:
        discreet = node.traits.sensitive or known.get(DISCREET)
        quiet = not node.traits.uncounted
        if node.next is not None:
            yield Move("next", self._chosen(node.next, known), node.next, quiet)
        if discreet:
            yield Move("zero", self._spot(self.flows.harmless, known))
        elif node.zero is not None:
            yield Move("zero", self._chosen(node.zero, known), node.zero)
        lost = self.flows.harmless if discreet else node.traits.lost
        for to in (node.traits.wrong, lost):
            yield Move("wrong", self._spot(to, known))
        if isinstance(node, Menu):
            yield from self._choices(node, known)

    def _choices(self, node: Menu, known: dict[str, Json]) -> Iterator[Move]:
        quiet = not node.traits.uncounted
        for option in node.options:
            shown = may_show(option, known)
            if shown is not None:
                counted = quiet and not option.uncounted
                yield Move("option", self._chosen(option, shown), option, counted)
        if node.each is not None:
            known_item = {**known, node.each.keep: UNKNOWN}
            yield Move("item", self._spot(node.each.to, known_item), counted=quiet)
        if node.read:
            typed = self._spot(node.to, {**known, node.keep: UNKNOWN})
            yield Move("typed", typed, counted=quiet)

    def _chosen(self, option: Option, known: Mapping[str, Json]) -> Spot:
        return self._spot(option.to, {**known, **option.sets})


def may_show(option: Option, known: Mapping[str, Json]) -> Mapping[str, Json] | None:
    """Return what is known once the option is on the screen, or None if it cannot be."""
    if option.when and not known.get(option.when):
        return None
    unless = known.get(option.unless) if option.unless else None
    if unless and unless != UNKNOWN:
        return None
    sure = {**known, option.when: True} if option.when else known
    return {**sure, option.unless: False} if option.unless else sure


def _given(sets: Mapping[str, Json]) -> dict[str, Json]:
    """Return what a state sets; a text made of other answers is not known."""
    return {
        name: UNKNOWN if isinstance(value, str) and "{" in value else value
        for name, value in sets.items()
    }


def targets(flows: Flows, node: Node) -> set[str]:
    """Return every state that ``node`` may lead to, whatever is known."""
    return {to for to, _ in _edges(flows, node)}


def _edges(flows: Flows, node: Node) -> list[tuple[str, frozenset[str]]]:
    """Return where ``node`` may lead, each with the answers given anew on that way."""
    return [(to, given) for to, given in _all_edges(flows, node) if to not in {BACK, DROPPED}]


def _all_edges(flows: Flows, node: Node) -> Iterator[tuple[str, frozenset[str]]]:
    if isinstance(node, Act):
        rule = EFFECTS.get(node.do)
        for outcome, to in node.then.items():
            gives = rule.outcomes.get(outcome, ()) if rule else ()
            yield to, frozenset((*node.sets, *gives))
    elif isinstance(node, Fork):
        yield from ((branch.to, frozenset(node.sets)) for branch in node.branches)
    elif not isinstance(node, End):
        ways = (node.traits.wrong, node.traits.lost, flows.harmless)
        yield from ((to, frozenset[str]()) for to in ways)
        lines = (node.next, node.zero, *(node.options if isinstance(node, Menu) else ()))
        yield from ((line.to, frozenset(line.sets)) for line in lines if line is not None)
        if isinstance(node, Menu) and node.each is not None:
            yield node.each.to, frozenset({node.each.keep})
        if isinstance(node, Menu) and node.read:
            yield node.to, frozenset({node.keep})


def _tested_from_here_on(flows: Flows) -> dict[str, frozenset[str]]:
    """Return for each state the answers looked at from there on before they are given anew."""
    own = {at: frozenset(_tested(node)) for at, node in flows.nodes.items()}
    edges = {at: _edges(flows, node) for at, node in flows.nodes.items()}
    live, changed = dict(own), True
    while changed:
        changed = False
        for at, ways in edges.items():
            after = (_kept(flows, to, live) - given for to, given in ways)
            more = own[at].union(*after)
            if more != live[at]:
                live[at], changed = more, True
    return live


def _kept(flows: Flows, at: str, live: Mapping[str, frozenset[str]]) -> frozenset[str]:
    node = flows.nodes.get(at)
    fresh = node is not None and node.traits.fresh
    found = live.get(at, frozenset())
    return found & BASE_KNOWN if fresh else found


def _tested(node: Node) -> set[str]:
    if isinstance(node, Fork):
        return {branch.when for branch in node.branches if branch.when} - set(node.sets)
    if isinstance(node, Act | End):
        return set()
    tests = {DISCREET}
    for option in node.options if isinstance(node, Menu) else ():
        tests |= {name for name in (option.when, option.unless) if name}
        tests |= {PRIVATE} if option.sets.get("answer") == "sms" else set()
    return tests

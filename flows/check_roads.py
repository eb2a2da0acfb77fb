"""Proves that filing takes few answers: at 12 s a screen a session ends at 120 s (product, 3.1)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from flows.finding import Finding
from flows.walk import UNKNOWN, Move, Spot, Walk
from flows.words import MAIN, Act, Json, Menu, Pages

KNOWN_PLACE = 8
SECOND_PAGE = 1
TYPED = 1
MOST = 10
SENSITIVE = 4
SMS_QUESTIONS = 2

FILING = "open_case"


@dataclass(frozen=True, slots=True)
class Road:
    """One way from an entry: where it stands, its screens, and what was needed so far."""

    spot: Spot
    screens: tuple[str, ...] = ()
    answers: int = 0
    pages: bool = False
    typed: bool = False
    sensitive: bool = False


def check(walk: Walk) -> list[Finding]:
    """Return each way of filing that asks too much, by its last screen."""
    found = [*_too_long(walk, MAIN, {}, _by_menu), *_too_long(walk, "sms.words", {}, _by_sms)]
    for at, node in walk.flows.nodes.items():
        if node.traits.notice and node.traits.sensitive:
            found += _too_long(walk, at, {"private": True, "discreet": True}, _in_private)
    return found


def _too_long(
    walk: Walk, at: str, known: Mapping[str, Json], most: Callable[[Walk, Road], int]
) -> Iterator[Finding]:
    if at not in walk.flows.nodes:
        return
    start = walk.start(at, {"registered": UNKNOWN, "dialled": UNKNOWN, **known})
    worst: dict[str, Road] = {}
    for road in roads(walk, start):
        last = road.screens[-1] if road.screens else at
        longer = last not in worst or road.answers > worst[last].answers
        if road.answers > most(walk, road) and longer:
            worst[last] = road
    for road in worst.values():
        way = " > ".join((*road.screens, road.spot.at))
        node = walk.flows.nodes[road.screens[-1]]
        says = f"{road.answers} answers to filing, {most(walk, road)} allowed: {way}"
        yield Finding(node.traits.where, says)


def _by_menu(_walk: Walk, road: Road) -> int:
    if road.sensitive:
        return MOST
    return min(MOST, KNOWN_PLACE + SECOND_PAGE * road.pages + TYPED * road.typed)


def _by_sms(_walk: Walk, _road: Road) -> int:
    return SMS_QUESTIONS


def _in_private(walk: Walk, road: Road) -> int:
    return SENSITIVE if walk.flows.nodes[road.spot.at].traits.sensitive else MOST


def roads(walk: Walk, start: Spot) -> Iterator[Road]:
    """Return every road to filing on which no screen stands twice.

    Lists, corrections and ambiguous names are not counted, so no road leads through them; who
    starts afresh is counted afresh.
    """
    ways = _ways_to_filing(walk, start)
    waiting = [Road(start)]
    while waiting:
        road = waiting.pop()
        if _files(walk, road.spot):
            yield road
        for move in ways.get(road.spot, {}).values():
            if move.to.at not in road.screens:
                waiting.append(_after(walk, road, move))


def _ways_to_filing(walk: Walk, start: Spot) -> dict[Spot, dict[Spot, Move]]:
    """Return the counted moves from each spot, those only that can still lead to filing."""
    ways: dict[Spot, dict[Spot, Move]] = {}
    before: dict[Spot, list[Spot]] = {}
    waiting = [start]
    while waiting:
        spot = waiting.pop()
        if spot in ways:
            continue
        ways[spot] = _counted(walk, spot, first=spot == start)
        for to in ways[spot]:
            before.setdefault(to, []).append(spot)
            waiting.append(to)
    good = {spot for spot in ways if _files(walk, spot)}
    waiting = list(good)
    while waiting:
        new = set(before.get(waiting.pop(), ())) - good
        good |= new
        waiting.extend(new)
    return {spot: {to: ways[spot][to] for to in ways[spot].keys() & good} for spot in good}


def _counted(walk: Walk, spot: Spot, *, first: bool) -> dict[Spot, Move]:
    if _files(walk, spot):
        return {}
    moves = walk.moves(spot)
    if isinstance(walk.flows.nodes[spot.at], Menu | Pages):
        nodes = walk.flows.nodes
        moves = tuple(
            move for move in moves if move.counted and (first or not nodes[move.to.at].traits.fresh)
        )
        # Staff behind their PIN have all the time they need: a promise to speakers is counted.
        moves = tuple(move for move in moves if not nodes[move.to.at].traits.staff)
    return {move.to: move for move in moves}


def _files(walk: Walk, spot: Spot) -> bool:
    node = walk.flows.nodes[spot.at]
    return isinstance(node, Act) and node.do == FILING


def _after(walk: Walk, road: Road, move: Move) -> Road:
    node = walk.flows.nodes[road.spot.at]
    if not isinstance(node, Menu | Pages):
        return replace(road, spot=move.to)
    return Road(
        move.to,
        (*road.screens, node.at),
        road.answers + 1,
        road.pages or move.said == "next",
        road.typed or move.said == "typed",
        road.sensitive or node.traits.sensitive,
    )

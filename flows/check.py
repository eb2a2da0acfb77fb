"""Proves a set of flows: reachable, finishable, short enough, leaving no trace, accusing nobody."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from flows import check_consents, check_roads, check_texts
from flows.effects import EFFECTS
from flows.finding import Finding
from flows.walk import PRIVATE, UNKNOWN, Spot, Walk, may_show, targets
from flows.words import (
    BACK,
    BASE,
    ENTRIES,
    JUMPS,
    MAIN,
    Act,
    End,
    Flows,
    Fork,
    Menu,
    Node,
    Pages,
)

# Posters carry a picture for each digit: fixed for the life of a programme (field guide, 3).
PUBLISHED: Mapping[str, tuple[str, ...]] = {
    MAIN: (
        "Dire un probleme",
        "Avoir une information",
        "Sante et conseils",
        "Lire ma reponse",
        "Parler en prive",
        "Etre rappele",
        "Langue",
    ),
    "complaint.what": (
        "Vivres, argent, bons",
        "Centre de sante",
        "Ecole, cantine",
        "Eau, abri, outils",
        "Une personne",
        "Danger, malheur",
        "Merci ou idee",
        "Autre",
    ),
}


# What an entry is begun with beside BASE: the words of an SMS (models/services/sms.py).
ENTRY_ANSWERS = ("words",)


@dataclass(frozen=True, slots=True)
class Ground:
    """What every proof looks at: the flows, their ways, and the spots a dialogue can reach."""

    flows: Flows
    walk: Walk
    spots: set[Spot]


def check(flows: Flows) -> list[Finding]:
    """Return everything that is not proven about these flows; nothing if all of it is."""
    broken = sorted([*_words_exist(flows), *_quick_cycles(flows)])
    if broken:  # a walk over effects that do not exist would prove nothing
        return broken
    walk = Walk(flows)
    entries = [at for at in ENTRIES if at in flows.nodes]
    starts = [walk.start(at, dict.fromkeys(("registered", "dialled"), UNKNOWN)) for at in entries]
    ground = Ground(flows, walk, walk.spots(starts))
    found = [finding for proof in PROOFS for finding in proof(ground)]
    beside = (check_texts.check(flows), check_roads.check(walk), check_consents.check(walk))
    return sorted({*found, *(one for findings in beside for one in findings)})


def _words_exist(flows: Flows) -> Iterator[Finding]:
    lists = {
        name for rule in EFFECTS.values() for gives in rule.outcomes.values() for name in gives
    }
    answers = {*BASE, *ENTRY_ANSWERS, *lists}
    for node in flows.nodes.values():
        answers |= _answers(node)
    for node in flows.nodes.values():
        if isinstance(node, Act):
            yield from _outcomes(node)
            yield from _unread(node, answers)
        if isinstance(node, Menu) and node.read and node.read not in flows.readers:
            yield _finding(node, f"nobody can read '{node.read}'")
        for of in _lists(node):
            if of not in lists:
                yield _finding(node, f"no effect gives the list '{of}'")


def _lists(node: Node) -> list[str]:
    if isinstance(node, Pages):
        return [node.of]
    return [node.each.of] if isinstance(node, Menu) and node.each is not None else []


def _answers(node: Node) -> set[str]:
    """Return the answers that a state gives by itself."""
    if isinstance(node, Act | Fork):
        return set(node.sets)
    if not isinstance(node, Menu):
        return set()
    each = {node.each.keep} if node.each is not None else set()
    return {node.keep, *each, *(name for option in node.options for name in option.sets)}


def _unread(node: Act, answers: set[str]) -> Iterator[Finding]:
    for name in sorted(set(EFFECTS[node.do].reads) - answers if node.do in EFFECTS else ()):
        yield _finding(node, f"{node.do} reads '{name}', which nothing gives")


def _outcomes(node: Act) -> Iterator[Finding]:
    if node.do not in EFFECTS:
        yield _finding(node, f"there is no effect '{node.do}'")
        return
    wanted = EFFECTS[node.do].outcomes.keys()
    for outcome in sorted(wanted - node.then.keys()):
        yield _finding(node, f"{node.do} may end with '{outcome}', which leads nowhere")
    for outcome in sorted(node.then.keys() - wanted):
        yield _finding(node, f"{node.do} never ends with '{outcome}'")


def _quick_cycles(flows: Flows) -> Iterator[Finding]:
    """Between two screens no way may turn round, nor be longer than the engine walks."""
    depth: dict[str, int] = {}

    def measure(at: str, above: tuple[str, ...]) -> int:
        node = flows.nodes.get(at)
        if not isinstance(node, Act | Fork) or at in above:
            return JUMPS if at in above else 0
        if at not in depth:
            depth[at] = 1 + max(measure(to, (*above, at)) for to in targets(flows, node) or {""})
        return depth[at]

    for at, node in flows.nodes.items():
        if measure(at, ()) >= JUMPS:
            yield _finding(node, f"{at} turns in a circle without asking anybody")


def _reachable(ground: Ground) -> Iterator[Finding]:
    reached = {spot.at for spot in ground.spots}
    for at, node in ground.flows.nodes.items():
        if at not in reached:
            yield _finding(node, f"{at} is never reached")


def _endable(ground: Ground) -> Iterator[Finding]:
    """Every spot must come to an end by answers that are understood, or let one go back.

    Going back leads from screen to screen to one that offers no way back: that one must end.
    """
    before: dict[Spot, list[Spot]] = {}
    for spot in ground.spots:
        for move in ground.walk.moves(spot):
            if move.said != "wrong":
                before.setdefault(move.to, []).append(spot)
    good = {spot for spot in ground.spots if isinstance(ground.flows.nodes[spot.at], End)}
    waiting = list(good)
    while waiting:
        new = set(before.get(waiting.pop(), ())) - good
        good |= new
        waiting.extend(new)
    for at in {spot.at for spot in ground.spots - good}:
        node = ground.flows.nodes[at]
        if isinstance(node, Menu | Pages) and not _goes_back(node):
            yield _finding(node, f"from {at} no answer leads to an end")


def _goes_back(node: Menu | Pages) -> bool:
    return node.zero is not None and node.zero.to == BACK


def _exits(ground: Ground) -> Iterator[Finding]:
    for at, node in ground.flows.nodes.items():
        if not isinstance(node, Menu | Pages) or node.traits.sms:
            continue
        if node.zero is None:
            yield _finding(node, f"{at} has no 0: neither back nor out")
        elif node.traits.sensitive and node.zero.to != ground.flows.harmless:
            yield _finding(node, f"0 on {at} must lead to {ground.flows.harmless}")


def _no_sms_on_the_sensitive_path(ground: Ground) -> Iterator[Finding]:
    for spot in ground.spots:
        node, known = ground.flows.nodes[spot.at], dict(spot.known)
        if not isinstance(node, Menu):
            continue
        hidden = node.traits.sensitive or known.get("discreet") or known.get(PRIVATE)
        for option in node.options:
            if option.sets.get("answer") != "sms" or not hidden:
                continue
            shown = may_show(option, known)
            if shown is not None and (node.traits.sensitive or shown.get(PRIVATE)):
                yield _finding(node, f"{spot.at} offers an SMS on a sensitive path")


def _roads_do_not_mix(ground: Ground) -> Iterator[Finding]:
    for spot in ground.spots:
        node = ground.flows.nodes[spot.at]
        for move in ground.walk.moves(spot):
            if ground.flows.nodes[move.to.at].traits.sms != node.traits.sms:
                yield _finding(node, f"{spot.at} leads to {move.to.at}: SMS and screens do not mix")


def _notice_first(ground: Ground) -> Iterator[Finding]:
    """Nobody is asked what happened before hearing who can see it.

    Whoever holds a code has heard it when the code was given.
    """
    flows, walk = ground.flows, ground.walk
    starts = [at for at in ENTRIES if at in flows.nodes and not flows.nodes[at].traits.sms]
    waiting = [walk.start(at, {"registered": UNKNOWN, "dialled": UNKNOWN}) for at in starts]
    seen = set(waiting)
    while waiting:
        spot = waiting.pop()
        node = flows.nodes[spot.at]
        if node.traits.notice or (isinstance(node, Act) and node.do == "open_code"):
            continue
        if node.traits.topic and isinstance(node, Menu | Pages):
            yield _finding(node, f"{spot.at} may be shown before any notice")
            continue
        new = {move.to for move in walk.moves(spot)} - seen
        seen |= new
        waiting.extend(new)


def _behind_the_pin(ground: Ground) -> Iterator[Finding]:
    flows, walk = ground.flows, ground.walk
    for behind in sorted({rule.behind for rule in EFFECTS.values() if rule.behind}):
        starts = [at for at in ENTRIES if at in flows.nodes]
        waiting = [walk.start(at, {"registered": UNKNOWN, "dialled": UNKNOWN}) for at in starts]
        seen = set(waiting)
        while waiting:
            spot = waiting.pop()
            node = flows.nodes[spot.at]
            if isinstance(node, Act) and EFFECTS[node.do].behind == behind:
                yield _finding(node, f"{node.at} can be reached without {behind}")
            if isinstance(node, Act) and node.do == behind:
                continue
            new = {move.to for move in walk.moves(spot)} - seen
            seen |= new
            waiting.extend(new)


def _published(ground: Ground) -> Iterator[Finding]:
    for at, lines in PUBLISHED.items():
        node = ground.flows.nodes.get(at)
        if node is None:
            yield Finding(at, f"{at} stands on the posters and is gone")
            continue
        told = [one.text for one in node.options if one.text] if isinstance(node, Menu) else []
        if tuple(told) != lines:
            yield _finding(node, f"the numbers of {at} stand on the posters and may not change")


def _finding(node: Node, says: str) -> Finding:
    return Finding(node.traits.where, says)


PROOFS: tuple[Callable[[Ground], Iterator[Finding]], ...] = (
    _reachable,
    _endable,
    _exits,
    _no_sms_on_the_sensitive_path,
    _roads_do_not_mix,
    _notice_first,
    _behind_the_pin,
    _published,
)

"""Proves that nothing is asked of the service but what its speaker agreed to on the way there."""

from collections.abc import Iterator, Mapping

from flows.consents import ASKED, NOTICES
from flows.finding import Finding
from flows.walk import UNKNOWN, Move, Spot, Walk
from flows.words import ENTRIES, Act, Flows, Menu

# What may only be asked after a yes, and the questions one of which was answered so. By SMS the
# word RAPPEL is the yes, and T11 says what it means.
BEHIND: Mapping[str, tuple[str, ...]] = {
    "refer_herself": ("referral",),
    "agree_call": ("private_call",),
    "open_call_back": ("call", "private_call"),
    "allow_repair": ("repair",),
}
SMS = "sms"


def check(walk: Walk) -> list[Finding]:
    """Return each way on which a yes is missing, and each question that is gone."""
    gone = sorted(_gone(walk.flows))
    if gone:
        return gone
    found = set(_texts_nobody_chose(walk.flows))
    for effect, asked in BEHIND.items():
        found.update(_unasked(walk, effect, {ASKED[one] for one in asked}))
    return sorted(found)


def _gone(flows: Flows) -> Iterator[Finding]:
    """Find words of a yes that do not stand where they are looked up."""
    asked = {node.do for node in flows.nodes.values() if isinstance(node, Act)}
    if not asked & BEHIND.keys():
        return
    for at in (*ASKED.values(), *NOTICES.values()):
        kind, _, name = at.partition(".")
        there = name in flows.texts.messages if kind == "messages" else at in flows.nodes
        if not there:
            yield Finding(at, f"{at} is agreed to and is gone")


def _texts_nobody_chose(flows: Flows) -> Iterator[Finding]:
    for node in flows.nodes.values():
        options = node.options if isinstance(node, Menu) else ()
        chosen = any(one.sets.get("answer") == SMS for one in options)
        if chosen and node.at != ASKED[SMS]:
            yield Finding(node.traits.where, f"{node.at} takes a yes to an SMS that is not kept")


def _unasked(walk: Walk, effect: str, questions: set[str]) -> Iterator[Finding]:
    entries = [at for at in ENTRIES if at in walk.flows.nodes]
    waiting = [walk.start(at, {"registered": UNKNOWN, "dialled": UNKNOWN}) for at in entries]
    seen = set(waiting)
    while waiting:
        spot = waiting.pop()
        node = walk.flows.nodes[spot.at]
        if isinstance(node, Act) and node.do == effect and not node.traits.sms:
            yield Finding(node.traits.where, f"{node.at} can be reached without a yes to it")
        new = {move.to for move in _without_yes(walk, spot, questions)} - seen
        seen |= new
        waiting.extend(new)


def _without_yes(walk: Walk, spot: Spot, questions: set[str]) -> Iterator[Move]:
    """Return the ways on that are no yes; of R6 both answers are kept."""
    node = walk.flows.nodes[spot.at]
    if spot.at == ASKED["repair"]:
        return
    yes = node.options[0] if isinstance(node, Menu) and spot.at in questions else None
    yield from (move for move in walk.moves(spot) if yes is None or move.option is not yes)

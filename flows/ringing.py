"""Who is rung for an evacuation, in order, and which body a refusal names instead. Pure."""

from collections.abc import Iterator, Sequence

from flows.directory import Directory, Seat
from flows.place_names import words_of
from flows.policy import Policy
from flows.routing import CaseFacts, row_for, seats_of

MEANS = "evacuation_means"
CENTRE = "cscom_head"
CALLS = "call_back"
VOICE = "cell_supervisor"  # rings nobody: speaks to somebody


def ring_order(
    facts: CaseFacts, directory: Directory, policy: Policy, means: Sequence[Seat]
) -> list[Seat]:
    """Return everybody to be rung: the desks of the policy's row one after the other.

    ``means`` are those who carry the sick of that centre, by rank; nobody is rung twice, and the
    supervisor, by whom the row ends, is not among them.
    """
    order: dict[str, Seat] = {}
    for seat in _everybody(facts, directory, policy, means):
        order.setdefault(seat.person, seat)
    return list(order.values())


def supervisor_level(facts: CaseFacts, policy: Policy) -> int:
    """Return the level of the row at which somebody is asked to speak, not to be rung."""
    levels = row_for(facts, policy).levels
    return next(at for at, desks in enumerate(levels) if any(d.function == VOICE for d in desks))


def _everybody(
    facts: CaseFacts, directory: Directory, policy: Policy, means: Sequence[Seat]
) -> Iterator[Seat]:
    for desks in row_for(facts, policy).levels:
        for desk in desks:
            if desk.function == VOICE:
                return
            yield from means if desk.function == MEANS else seats_of(desk, facts, directory, policy)


# Words that name nobody: they stand in the titles of many.
_COMMON_WORDS = """
    de du des la le les au aux en pour pas moi mon nous notre et ou chef point focal service
    partenaire garde lieu travail responsable agent cercle region organisme equipe nord sud
    exterieur secteur voir avec est
"""
_COMMON = frozenset(_COMMON_WORDS.split())


def named_instead(
    words: str, facts: CaseFacts, directory: Directory, policy: Policy
) -> Seat | None:
    """Return who is meant by the words of a refusal: ``SAP``, ``OCHA``, ``protection civile``.

    The seat whose function or organisation has most of the words, the nearest first; None where
    the words name nobody who may receive it.
    """
    said = set(words_of(words)) - _COMMON
    free = may_take(facts, directory, policy)
    scored = [(_score(said & _names(seat, directory, policy)), seat) for seat in free]
    best = max((score for score, _ in scored), default=0)
    return next((seat for score, seat in scored if score == best), None) if best else None


def may_take(facts: CaseFacts, directory: Directory, policy: Policy) -> list[Seat]:
    """Return who may be given what somebody refuses, the nearest first: no officer, no caller."""
    officers = {CALLS, *(name for names in policy.officers.values() for name in names)}
    every = seats_of(None, facts, directory, policy)
    return [seat for seat in every if seat.function not in officers]


def _score(words: set[str]) -> int:
    # A letter alone tells ONG B from ONG C, and nothing else.
    return len(words) if any(len(word) > 1 for word in words) else 0


def _names(seat: Seat, directory: Directory, policy: Policy) -> set[str]:
    names = f"{seat.function} {policy.label(seat.function)} {seat.organisation}"
    body = f"{directory.name(seat.organisation)} {directory.kind(seat.organisation)}"
    return set(words_of(f"{names} {body}".replace("_", " ").replace("-", " "))) - _COMMON

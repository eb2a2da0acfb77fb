"""The SMS lines on a call-back: PRIS, then FINI, or ``FINI n PAS JOINT`` if nobody was reached.

Not reached is an end too: nobody rings a second time without a new request (field.md 4.4).
"""

from collections.abc import Callable, Mapping

from flows.commands import Command
from flows.place_names import fold
from models.services import handling
from models.services.case_lines import ON_ITEM as OF_CASES
from models.services.handling import Desk
from models.services.replies import Reply

# Folded, so without spaces: whichever way it is spelt or parted.
NOT_REACHED = frozenset(
    {
        "pasjoint", "pasjointe", "nonjoint", "nonjointe", "injoignable", "pasjoignable",
        "pasreponse", "pasrepondu", "pasdereponse", "nerepondpas", "repondpas", "nedecrochepas",
        "personnenerepond", "erreur", "erreurdenumero", "autrevoix", "eteint",
    }
)  # fmt: skip


def _take(desk: Desk, number: str, asked: Command) -> Reply:
    case = handling.find(desk, number)
    if case is None or not handling.take(desk, case):
        return OF_CASES["case", "PRIS"](desk, number, asked)
    return desk.say("call_taken", n=case.number)


def _end(desk: Desk, number: str, asked: Command) -> Reply:
    case = handling.find(desk, number)
    if case is None or not says_not_reached(asked.words):
        return OF_CASES["case", "FINI"](desk, number, asked)
    if not handling.take(desk, case):
        return desk.say("already_taken", n=case.number)
    handling.leave(desk, case, "missed", "")
    return desk.say("call_not_reached", n=case.number)


def says_not_reached(words: str) -> bool:
    """Tell whether the words of FINI say that nobody could be spoken to."""
    return fold(words) in NOT_REACHED


ON_ITEM: Mapping[tuple[str, str], Callable[[Desk, str, Command], Reply]] = {
    ("call_back", "PRIS"): _take,
    ("call_back", "FINI"): _end,
}

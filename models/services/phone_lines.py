"""The SMS line about a phone: ``PERDU R128``, by whoever is in charge of it."""

from collections.abc import Callable, Mapping

from flows.commands import Command
from models.services import phones, puzzles
from models.services.handling import Desk
from models.services.replies import Reply


def lost(desk: Desk, asked: Command) -> Reply:
    """Block a lost phone at once (A11); who is not theirs and who does not exist read the same."""
    said = str(asked.given.get("agent", ""))
    found = phones.find(desk, said)
    if len(found) != 1:
        return desk.say("wrong_agent", word=puzzles.shown(desk, said))
    phones.report_lost(desk, found[0])
    return desk.say("phone_lost", relay=found[0].number)


FRESH: Mapping[str, Callable[[Desk, Command], Reply]] = {"PERDU": lost}

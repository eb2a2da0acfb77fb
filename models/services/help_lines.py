"""AIDE and a word: what it is for, in one segment."""

from collections.abc import Callable, Mapping

from flows.commands import Command
from models.services.handling import Desk
from models.services.replies import Reply


def explain(desk: Desk, asked: Command) -> Reply:
    """Say what one word of this person's card is for."""
    name = f"help_{asked.given['about'].lower()}"
    return desk.say(name, usd=desk.house.service_code)


FRESH: Mapping[str, Callable[[Desk, Command], Reply]] = {"AIDE": explain}

"""What a USSD session is called here: names are kept in clear, so no number may stand in one.

Providers name sessions as they like: not at all, by the phone's own number, or by a name that they
gave to somebody else the day before.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from models.errors import KeeperAway
from models.keeper import Keeper
from models.services.dialogues import Dialogue, Dialogues

LASTS = timedelta(seconds=180)  # no network keeps a session longer (docs/channels.md)
SERIALS = 2**64
NATIONAL = 8  # digits of a number without its country
SHORT = 16  # digits of a pseudonym that tell one phone from another


class Sessions:
    """Names sessions, and tells a new one from an earlier one of the same name."""

    def __init__(self, dialogues: Dialogues, keeper: Keeper, draw: Callable[[int], int]) -> None:
        self._dialogues = dialogues
        self._keeper = keeper
        self._draw = draw

    def whose(self, sender: str) -> str:
        """Return the pseudonym of a number. Raises KeeperAway, or what the database raises.

        The database is asked first: where it is away no row comes to hold the name, and the keeper
        takes names that nobody needed for an attempt at all of them (workers/keeper/watch.py).
        """
        self._dialogues.load(key_of("", None))
        return self._keeper.pseudonym(sender)

    def latest(self, channel: str, contact: str, now: datetime) -> str | None:
        """Return our name for the session that a contact is in, where the provider has none."""
        beginning = key_of(channel, "")
        key = self._dialogues.latest(contact, beginning, now - LASTS)
        return None if key is None else key.removeprefix(beginning)

    def new(self) -> str:
        """Return a name that holds nothing of anybody."""
        return f"{self._draw(SERIALS):016x}"

    def known(self, session: str, sender: str) -> tuple[str, str | None]:
        """Return a provider's name with the pseudonym for the number, if that stands in it.

        And the pseudonym, where it was asked for. Raises KeeperAway.
        """
        if sender[-NATIONAL:] not in session:
            return session, None
        contact = self.whose(sender)
        return session.replace(sender[-NATIONAL:], contact[:SHORT]), contact

    def let_begin(
        self, dialogue: Dialogue | None, sender: str, now: datetime, *, same: bool
    ) -> Dialogue | None:
        """Return the dialogue that a dialled code belongs to; None where a new one begins.

        Nobody may be shown what somebody else said, nor the same phone by whoever holds it next.
        ``same``: all sessions of this phone have this name, so one dialled after an answer is new.
        """
        if dialogue is None:
            return None
        if not (same and dialogue.turn > 1) and not self._is_over(dialogue, sender, now):
            return dialogue
        self._dialogues.put_aside(dialogue, self.new())
        return None

    def _is_over(self, dialogue: Dialogue, sender: str, now: datetime) -> bool:
        if dialogue.over or dialogue.contact is None:
            return dialogue.over
        try:
            contact = self._keeper.pseudonym(sender)
        except KeeperAway:
            return False  # nobody can say whose it is: most often it only came twice
        lately = self._dialogues.latest(contact, dialogue.key, now - LASTS)
        return contact != dialogue.contact or lately is None


def key_of(channel: str, session: str | None) -> str:
    """Return the key of the dialogue of a session."""
    return f"ussd:{channel}:{session}"

"""How the network misbehaves towards one phone, on request."""

from dataclasses import asdict, dataclass

from gateway.simulator.errors import UnknownMischief

HELD_SECONDS = 10.0  # an SMS that waits for another to pass it waits no longer than this
SLOW_SECONDS = 4.0


@dataclass(slots=True)
class Mischief:
    """What goes wrong. ``drop`` and ``reorder`` happen once, the others until told to stop.

    drop: the next screen never reaches the phone and the session is lost. twice: every post is
    repeated. reorder: the next SMS is passed by the one after it. delay: seconds added to every
    way to the service. cut: the second half of an SMS is lost.
    """

    drop: bool = False
    twice: bool = False
    reorder: bool = False
    delay: float = 0.0
    cut: bool = False

    @property
    def times(self) -> int:
        """How often each post is made."""
        return 2 if self.twice else 1

    def part(self, text: str) -> str:
        """Give what is left of an SMS."""
        return text[: (len(text) + 1) // 2] if self.cut else text

    def set(self, how: str, seconds: float = SLOW_SECONDS) -> None:
        """Begin one mischief, or end all with ``none``. Raises UnknownMischief."""
        if how == "none":
            self.drop = self.twice = self.reorder = self.cut = False
            self.delay = 0.0
        elif how == "delay":
            self.delay = seconds
        elif how in ("drop", "twice", "reorder", "cut"):
            setattr(self, how, True)
        else:
            raise UnknownMischief(how)

    def to_json(self) -> dict[str, bool | float]:
        """Give all of it as JSON."""
        return asdict(self)

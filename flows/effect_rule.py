"""What an effect is to a conversation: how it may end, what it gives, what it uses up."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EffectRule:
    """What an effect may end with, what each outcome gives, and what it uses up.

    ``reads``: answers it looks at, if they were given. ``spends``: answers forgotten once it is
    performed. ``files``: something was accepted, so there is no way back before it. ``behind``:
    the effect that must have been asked before it.
    """

    outcomes: Mapping[str, tuple[str, ...]]
    reads: tuple[str, ...] = ()
    spends: tuple[str, ...] = ()
    files: bool = False
    behind: str = ""

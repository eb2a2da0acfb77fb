"""What one SMS line of a registered person is answered with: a text, or a question."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, repr=False)
class Question:
    """A text that asks something back: the next line that is no whole command answers it.

    ``pending`` is JSON and survives in the dialogue's row, sealed; ``pending["verb"]`` names the
    command whose answer it is (models/services/commanding.py, ANSWERS).
    """

    text: str
    pending: dict[str, Any]


Reply = str | Question | None
"""None: this was no command but words."""

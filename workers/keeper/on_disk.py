"""Goes round what is written to the disk: a full one is said once, and tried again."""

import logging
from collections.abc import Callable
from datetime import datetime

ROUND_S = 2.0

log = logging.getLogger(__name__)


def go_round(
    go: Callable[[datetime], None],
    trouble: str,
    wait: Callable[[float], object],
    going: Callable[[], bool],
    clock: Callable[[], datetime],
) -> None:
    """Do one round after the other until ``going`` says no; ``trouble`` is what the log is told."""
    is_failing = False
    while going():
        try:
            go(clock())
            is_failing = False
        except OSError as error:
            if not is_failing:  # once, not every other second for as long as it lasts
                log.error(trouble, extra={"reason": type(error).__name__})  # noqa: TRY400
            is_failing = True
        wait(ROUND_S)

"""Threads that a process cannot do without: when one dies of an error, the process ends too.

Whoever watches the process (gateway/supervisor.py, systemd) starts it again; a process that goes on
with half its work would be noticed by nobody.
"""

import os
import signal
import threading
from collections.abc import Callable


def start_beside(name: str, run: Callable[[], object]) -> threading.Thread:
    """Start ``run`` in a thread of its own and return it."""

    def run_or_end() -> None:
        ended_well = False
        try:
            run()
            ended_well = True
        finally:
            if not ended_well:
                os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=run_or_end, name=name, daemon=True)
    thread.start()
    return thread

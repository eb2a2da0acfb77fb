"""Loading a library without another one that it takes along wherever that is installed.

What a process does not load costs it no memory, and can do nothing in it.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def kept_out(name: str) -> Iterator[None]:
    """Let a package be absent while others are loaded, unless it is here already."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]  # importing it then fails, as Python says
    try:
        yield
    finally:
        del sys.modules[name]

"""Loading a library late, or without another one that it takes along wherever that is installed.

What a process does not load costs it no memory, and can do nothing in it.
"""

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType


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


def when_wanted(name: str) -> ModuleType:
    """Return a module that is loaded when the first thing of it is used. Raises ImportError."""
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        raise ImportError(name)
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module

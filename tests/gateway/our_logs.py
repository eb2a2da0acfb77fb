"""Logging by the rules of our processes inside a test, and as it was afterwards."""

import io
import logging
import sys
import threading
import warnings
from contextlib import contextmanager

from gateway import logs

HOOKS = ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook"))
SHOWN = (*HOOKS, (warnings, "showwarning"), (logging, "raiseExceptions"))


@contextmanager
def our_logs():
    """Give the stream that everything is logged to."""
    root = logging.getLogger()
    before = (root.handlers, root.level, [getattr(*one) for one in SHOWN])
    stream = io.StringIO()
    logs.start("test", stream)
    try:
        yield stream
    finally:
        root.handlers, root.level, shown = before
        for (module, name), value in zip(SHOWN, shown, strict=True):
            setattr(module, name, value)

"""Loaded by processes under libfaketime, whose clock_nanosleep (0.9.10) refuses what Python asks.

Python's time.sleep waits until a moment of the monotonic clock; there that fails with EINVAL.
"""

import threading
import time

time.sleep = lambda seconds: threading.Event().wait(seconds)

"""Logs that say what happened and never to whom.

One JSON object a line on standard error. Our modules log with ``extra={...}``; a key that is not in
KEYS is dropped. The template of a message is kept and its arguments are not, whoever logs, because
nobody can say what is in them. Of an exception its type and where it passed, never its words. Last,
whatever still looks like a telephone number is masked (threat model, T12).
"""

import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterable
from types import TracebackType
from typing import Any, TextIO

from structlog.processors import JSONRenderer, TimeStamper
from structlog.stdlib import ExtraAdder, ProcessorFormatter, add_log_level, add_logger_name
from structlog.typing import EventDict, Processor, WrappedLogger

SAID = frozenset({"event", "level", "logger", "timestamp", "process", "exception", "where"})
KEYS = SAID | {
    "attempt",
    "call",
    "case",
    "channel",
    "contact",
    "count",
    "day",
    "effect",
    "endpoint",
    "hook",
    "inbound",
    "job",
    "lasted_ms",
    "outbound",
    "person",
    "pid",
    "port",
    "queue",
    "reason",
    "row",
    "state",
    "status",
    "tries",
}
OURS = ("flows", "gateway", "jaabi", "models", "workers")
FRAMES = 6  # the innermost ones say enough
SHORT = 8  # digits of a pseudonym that a log may show
MASK = "[number]"
# Eight digits or more, however they are parted: 70 00 00 01, +223-7000-0001, %2B22370000001.
NUMBER = re.compile(r"(?<![0-9A-Za-z])(?:%2[Bb]|\+)?\d(?:(?:[\s.\-()/]|%20)*\d){7,}(?![0-9A-Za-z])")

log = logging.getLogger("jaabi")


def start(process: str, stream: TextIO | None = None) -> None:
    """Send every log of this process through the rules above, to standard error or ``stream``."""
    logging.raiseExceptions = False  # else a broken log call prints its arguments
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        ProcessorFormatter(
            processors=_chain(process),
            foreign_pre_chain=[ExtraAdder(allow=KEYS - SAID)],
            use_get_message=False,
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)
    sys.excepthook = _log_death
    threading.excepthook = _log_thread_death


def adopt(names: Iterable[str]) -> None:
    """Take from these libraries the handlers they gave themselves: they log through ours."""
    for name in names:
        logger = logging.getLogger(name)
        logger.handlers = []
        logger.propagate = True


def mask(value: Any) -> Any:
    """Return a value without anything that looks like a telephone number."""
    if isinstance(value, str):
        return NUMBER.sub(MASK, value)
    if isinstance(value, int):
        return MASK if abs(value) >= 10**7 else value
    if isinstance(value, list | tuple):
        return [mask(one) for one in value]
    return value if value is None or isinstance(value, float) else mask(str(value))


def _chain(process: str) -> list[Processor]:
    def finish(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        del logger, method
        event["process"] = process
        contact = event.get("contact")
        if contact is not None:
            event["contact"] = str(contact)[:SHORT]
        return {key: mask(value) for key, value in event.items() if key in KEYS}

    return [
        _name_exception,
        add_log_level,
        add_logger_name,
        finish,
        TimeStamper(fmt="iso", utc=True),
        JSONRenderer(ensure_ascii=False, default=repr),
    ]


def _name_exception(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    del logger, method
    kind, error, passed = event.pop("exc_info", None) or (None, None, None)
    if kind is not None:
        event["exception"] = _names(error)
        event["where"] = _where(passed)
    return event


def _names(error: BaseException | None) -> list[str]:
    names: list[str] = []
    while error is not None and len(names) < FRAMES:
        names.append(type(error).__qualname__)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return names


def _where(passed: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(passed)[-FRAMES:]
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]


def _log_death(
    kind: type[BaseException], error: BaseException, passed: TracebackType | None
) -> None:
    log.critical("process ends on an error", exc_info=(kind, error, passed))


def _log_thread_death(died: threading.ExceptHookArgs) -> None:
    if died.exc_value is not None:
        caught = (died.exc_type, died.exc_value, died.exc_traceback)
        log.critical("thread ends on an error", exc_info=caught)

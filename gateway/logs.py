"""Logs that say what happened and never to whom.

One JSON object a line on standard error. Our modules log with ``extra={...}``; a key that is not in
KEYS is dropped. The template of a message is kept and its arguments are not, whoever logs, because
nobody can say what is in them; of a library that puts its sentences together itself, only where it
spoke. Of an exception its type and where it passed, never its words. Last, whatever still looks
like a telephone number is masked (threat model, T12).
"""

import logging
import sys
import threading
import traceback
import warnings
from collections.abc import Iterable
from types import TracebackType
from typing import TextIO

from gateway.kept_out import kept_out
from gateway.masking import mask

with kept_out("rich"):  # colours for whoever reads a terminal: ours are read by machines
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
COMPOSED = "jaabi_composed"
FRAMES = 6  # the innermost ones say enough
SHORT = 8  # digits of a pseudonym that a log may show

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
    handler.addFilter(_is_kept)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)
    sys.excepthook = _log_death
    sys.unraisablehook = _log_unraisable
    threading.excepthook = _log_thread_death
    warnings.showwarning = _log_warning  # type: ignore[assignment]  # all six by position


def adopt(names: Iterable[str]) -> None:
    """Take from these libraries the handlers they gave themselves: they log through ours."""
    for name in names:
        logger = logging.getLogger(name)
        logger.handlers = []
        logger.propagate = True


def _is_kept(record: logging.LogRecord) -> bool:
    """Tell whether a line is kept: a library that makes itself talkative is not listened to."""
    ours = _is_ours(record)
    setattr(record, COMPOSED, not ours and not record.args)  # the formatter takes them away
    return record.levelno >= (logging.INFO if ours else logging.WARNING)


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] in OURS


def _chain(process: str) -> list[Processor]:
    def finish(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        del logger, method
        event["process"] = process
        contact = event.get("contact")
        if contact is not None:
            event["contact"] = str(contact)[:SHORT]
        return {key: mask(value) for key, value in event.items() if key in KEYS}

    return [
        _place_library,
        _name_exception,
        add_log_level,
        add_logger_name,
        finish,
        TimeStamper(fmt="iso", utc=True),
        JSONRenderer(ensure_ascii=False, default=repr),
    ]


def _place_library(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Put in place of a sentence that a library made up itself where in it that was."""
    del logger, method
    record: logging.LogRecord = event["_record"]
    if getattr(record, COMPOSED, False):
        event["event"] = f"a library speaks at {record.filename}:{record.lineno}"
    return event


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


def _log_unraisable(died: "sys.UnraisableHookArgs") -> None:
    caught = (died.exc_type, died.exc_value, died.exc_traceback)
    log.error("an error that nobody could catch", exc_info=caught)  # type: ignore[arg-type]


def _log_warning(
    message: Warning | str, category: type[Warning], filename: str, lineno: int, *rest: object
) -> None:
    """Log what was warned of and where; its words may quote a value."""
    del message, rest
    where = f"{filename.rpartition('/')[2]}:{lineno}"
    log.warning("a library warns", extra={"reason": category.__name__, "state": where})

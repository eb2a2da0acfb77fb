"""The shape of a log line, and that there is no other log."""

import io
import json
import logging
import sys
import threading
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import logs
from tests.asvs.test_absent import calls, importers

OTHERS = {f"logging.{kind}" for kind in ("FileHandler", "basicConfig", "handlers", "config")} | {
    "logging.handlers",
    "logging.config",
    "syslog",
    "sentry_sdk",
    "rollbar",
    "opentelemetry",
}


@pytest.fixture(scope="module")
def written():
    """Log through our rules, and read the text that came out since the last time."""
    root, hooks = logging.getLogger(), (sys.excepthook, threading.excepthook)
    before = (root.handlers, root.level, logging.raiseExceptions)
    stream = io.StringIO()
    logs.start("test", stream)

    def read():
        text = stream.getvalue()
        stream.seek(0)
        stream.truncate()
        return text

    yield read
    root.handlers, root.level, logging.raiseExceptions = before
    sys.excepthook, threading.excepthook = hooks


def test_every_line_says_when_where_and_what(written):
    logging.getLogger("workers.test").warning("send refused", extra={"row": 7})
    line = json.loads(written())
    assert datetime.fromisoformat(line["timestamp"]).utcoffset() == timedelta(0)
    assert (line["process"], line["logger"], line["level"]) == ("test", "workers.test", "warning")
    assert (line["event"], line["row"]) == ("send refused", 7)


@given(reason=st.text(max_size=60), event=st.text(min_size=1, max_size=60))
def test_whatever_is_logged_is_one_line(written, reason, event):
    logging.getLogger("workers.test").warning(event, extra={"reason": reason})
    text = written()
    assert text.endswith("\n")
    assert len(text[:-1].split("\n")) == 1
    assert set(json.loads(text)) <= logs.KEYS


def test_nothing_is_written_elsewhere():
    assert importers(OTHERS) == []
    made = {who for who, what, _ in calls() if what.startswith("logging.") and "Handler" in what}
    assert made == {"gateway/logs.py"}
    assert [who for who, what, _ in calls() if what == "print"] == []

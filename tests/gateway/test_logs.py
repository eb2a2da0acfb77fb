"""What a log line may say."""

import io
import json
import logging
import sys
import threading

import pytest

from gateway import logs


@pytest.fixture
def lines():
    """Log through our rules, and read what was written."""
    root, hooks = logging.getLogger(), (sys.excepthook, threading.excepthook)
    before = (root.handlers, root.level, logging.raiseExceptions)
    stream = io.StringIO()
    logs.start("test", stream)

    def read():
        return [json.loads(line) for line in stream.getvalue().splitlines()]

    yield read
    root.handlers, root.level, logging.raiseExceptions = before
    sys.excepthook, threading.excepthook = hooks


SPELLINGS = [
    "+22370000001",
    "22370000001",
    "70000001",
    "70 00 00 01",
    "+223 7000 0001",
    "223-7000-0001",
    "%2B22370000001",
    "tel:+22370000001",
    "(223) 70.00.00.01",
    "0022370000001",
]


@pytest.mark.parametrize("number", SPELLINGS)
def test_a_telephone_number_is_masked_however_it_is_spelt(lines, number):
    said = f"sent to {number} at last"
    logging.getLogger("workers.test").warning(said, extra={"reason": number})
    [line] = lines()
    assert line["reason"].endswith(logs.MASK)
    assert "0001" not in json.dumps({**line, "timestamp": ""}).replace(".", "")
    assert line["event"].endswith("at last")


def test_what_is_no_telephone_number_stays_readable(lines):
    logging.getLogger("workers.test").info("settled", extra={"row": 15736, "reason": "status 503"})
    [line] = lines()
    assert (line["row"], line["reason"]) == (15736, "status 503")
    assert (line["level"], line["logger"], line["process"]) == ("info", "workers.test", "test")
    assert line["timestamp"].endswith("Z")


def test_a_number_given_as_an_integer_is_masked_too(lines):
    logging.getLogger("workers.test").info("odd", extra={"row": 22370000001})
    assert lines()[0]["row"] == logs.MASK


def test_a_key_nobody_allowed_is_dropped(lines):
    logging.getLogger("workers.test").info("heard", extra={"words": "on nous vole", "row": 1})
    assert "words" not in lines()[0]


def test_arguments_of_a_message_are_never_written(lines):
    logging.getLogger("somebody.else").error("could not read %s", "on nous vole")
    assert lines()[0]["event"] == "could not read %s"


def test_an_exception_is_named_and_placed_but_not_quoted(lines):
    def fail():
        raise ValueError("on nous vole, dit 70000001")

    try:
        fail()
    except ValueError:
        logging.getLogger("workers.test").exception("job ended")
    [line] = lines()
    assert line["exception"] == ["ValueError"]
    assert line["where"][-1].endswith(" fail")
    assert "vole" not in json.dumps(line)


def test_a_pseudonym_is_shortened(lines):
    logging.getLogger("workers.test").info("blocked", extra={"contact": "ab" * 32})
    assert lines()[0]["contact"] == "abababab"


def test_a_thread_that_dies_says_so_in_the_same_way(lines):
    def die():
        raise LookupError("70000001")

    thread = threading.Thread(target=die)
    thread.start()
    thread.join()
    assert lines()[0]["exception"] == ["LookupError"]


def test_chatter_of_libraries_is_not_kept(lines):
    logging.getLogger("urllib3").info("a request")
    logging.getLogger("twilio.http_client").info("a request")
    assert lines() == []


def test_facts_of_a_line_cannot_overwrite_what_happened(lines):
    logging.getLogger("workers.test").info("forged webhook", extra={"event": "sms"})
    assert lines()[0]["event"] == "forged webhook"

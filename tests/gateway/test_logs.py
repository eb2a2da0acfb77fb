"""What a log line may say."""

import base64
import gc
import json
import logging
import sys
import threading
import warnings

import pytest

from gateway.masking import MASK, mask
from tests.gateway.our_logs import our_logs


@pytest.fixture
def lines():
    """Log through our rules, and read what was written."""
    with our_logs() as stream:
        yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def coded(text):
    return base64.b64encode(text.encode()).decode()


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
    "x22370000001y",
    "70_00_00_01",
    "".join(f"%{ord(one):02X}" for one in "70000001"),
    "a%20number%3A70%30%30%30%30%30%31",
    b"22370000001".hex(),
    b"to 22370000001".hex().upper(),
    *(coded(f"{before}22370000001 is here") for before in ("", "a", "ab", "abc")),
    base64.urlsafe_b64encode(b"\xff\xfe+22370000001").decode(),
]


@pytest.mark.parametrize("number", SPELLINGS)
def test_a_telephone_number_is_masked_however_it_is_spelt(lines, number):
    said = f"sent to {number} at last"
    logging.getLogger("workers.test").warning(said, extra={"reason": number})
    [line] = lines()
    assert MASK in line["reason"]
    assert number not in line["reason"]
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
    assert lines()[0]["row"] == MASK


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


NAMES = [
    "550e8400-e29b-41d4-a716-446655440000",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "case-event:15736",
    "status 503, 3 tries",
    "gateway.webhooks",
]


@pytest.mark.parametrize("name", NAMES)
def test_what_names_a_thing_of_ours_is_left_as_it_is(name):
    assert mask(name) == name


TALKERS = [
    "urllib3.connectionpool",
    "twilio.http_client",
    "werkzeug",
    "_granian",
    "granian.access",
    "rq.worker",
    "sqlalchemy.engine",
    "alembic.runtime",
    "requests",
]


@pytest.mark.parametrize("name", TALKERS)
def test_chatter_of_libraries_is_not_kept_however_talkative_they_make_themselves(lines, name):
    talker = logging.getLogger(name)
    before = talker.level
    try:
        talker.setLevel(logging.DEBUG)
        talker.info("GET /hooks/phone?from=%s", "70000001")
        talker.debug("GET /hooks/phone?from=70000001")
        assert lines() == []
    finally:
        talker.setLevel(before)


def test_a_sentence_that_a_library_put_together_itself_is_told_by_its_place(lines):
    logging.getLogger("somebody.else").error(f"cannot parse {'on nous vole'}")  # noqa: G004
    [line] = lines()
    assert line["event"].startswith("a library speaks at test_logs.py:")


def test_a_warning_is_named_and_placed_but_not_quoted(lines):
    warnings.showwarning("on nous vole: 70000001", UserWarning, "/a/b/c.py", 7)
    [line] = lines()
    assert (line["reason"], line["state"]) == ("UserWarning", "c.py:7")
    assert "vole" not in json.dumps(line)


def test_an_error_that_nobody_could_catch_is_told_in_the_same_way(lines):
    class Falls:
        def __del__(self):
            raise ValueError("on nous vole, dit 70000001")

    Falls()
    gc.collect()
    [line] = lines()
    assert line["exception"] == ["ValueError"]
    assert "vole" not in json.dumps(line)


def test_the_process_dies_without_a_last_word(lines):
    sys.excepthook(ValueError, ValueError("70000001"), None)
    assert lines()[0]["exception"] == ["ValueError"]


def test_facts_of_a_line_cannot_overwrite_what_happened(lines):
    logging.getLogger("workers.test").info("forged webhook", extra={"event": "sms"})
    assert lines()[0]["event"] == "forged webhook"

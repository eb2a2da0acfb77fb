"""The judge notices each way of breaking the law: a storm that passes would else prove nothing."""

import time

import pytest

from tests.chaos.crowd import History, Said
from tests.chaos.guards import GUARDS
from tests.chaos.law import judge
from tests.chaos.stage import copied_code

PHONE = "+22370001000"


class Vault:
    def pseudonym(self, phone):
        return f"who {phone}"


class Provider:
    def __init__(self):
        self.accepted = []


class Books:
    """What a service would hold after one phone said two things and was answered twice."""

    def __init__(self, home):
        self.home, self.vault, self.providers = home, Vault(), [Provider()]
        self.inbox = [_received(1, "a"), _received(2, "b")]
        self.outbox = [_sent(1, "X1"), _sent(2, "X2")]
        self.providers[0].accepted = [Taken("X1"), Taken("X2", at=2.0)]

    def rows(self, sql):
        tables = {"FROM inbound_message": self.inbox, "FROM outbound_message": self.outbox}
        return next((rows for name, rows in tables.items() if name in sql), [])


class Taken:
    def __init__(self, provider_id, at=1.0):
        self.to, self.provider_id, self.at = PHONE, provider_id, at


def _received(row, name):
    ended = {"status": "processed", "settled_at": "then", "cause": None}
    return {"id": row, "provider_id": name, "contact": f"who {PHONE}", **ended}


def _sent(row, provider_id):
    facts = {"id": row, "cause": f"inbound:{row}", "purpose": "reply", "channel": "phone"}
    facts |= {"status": "handed_over", "sensitive": False, "repeated": False, "tries": 1}
    facts |= {"provider_id": provider_id, "reason": None, "settled_at": "then", "priority": 2}
    return {**facts, "whose": f"who {PHONE}"}


@pytest.fixture
def books(tmp_path):
    return Books(tmp_path)


@pytest.fixture
def history():
    said = History()
    for place, name in enumerate(("a", "b")):
        said.said[name] = Said(name, PHONE, place, "AIDE", time.monotonic())
    return said


def broken(books, history):
    return set(judge(books, history).summary)


def test_a_history_without_fault_breaks_no_law(books, history):
    assert broken(books, history) == set()


BREACHES = {
    "lost": lambda books: books.inbox.pop(),
    "received twice": lambda books: books.inbox.append(_received(3, "a")),
    "not heard": lambda books: books.inbox[0].update(status="ignored"),
    "never said": lambda books: books.inbox.append(_received(3, "c")),
    "inbox unsettled": lambda books: books.inbox[0].update(status="processing"),
    "dead letter": lambda books: books.inbox[0].update(status="dead"),
    "outbox unsettled": lambda books: books.outbox[0].update(status="waiting", settled_at=None),
    "sent twice": lambda books: books.providers[0].accepted.append(Taken("X3")),
    "handed over to nobody": lambda books: books.providers[0].accepted.pop(),
    "sensitive repeated": lambda books: books.outbox[0].update(sensitive=True, repeated=True),
    "ended without a reason": lambda books: books.outbox[0].update(status="withheld"),
    "kept out of order": lambda books: books.inbox.reverse(),
    "answered out of order": lambda books: books.outbox[1].update(id=0),
}


@pytest.mark.parametrize("law", BREACHES)
def test_the_judge_notices_every_breach(books, history, law):
    BREACHES[law](books)
    assert law in broken(books, history)


def test_what_was_in_doubt_may_have_been_accepted_once_more(books, history):
    books.providers[0].accepted.append(Taken("X3"))
    books.outbox[0]["repeated"] = True
    assert broken(books, history) == set()


def test_a_report_that_was_taken_is_kept_and_applied(books, history):
    history.reported.add("X1")
    assert broken(books, history) == {"report lost"}


@pytest.mark.parametrize(("at", "tries", "overtaken"), [(2.0, 1, 0), (0.5, 1, 1), (0.5, 2, 0)])
def test_an_answer_that_came_before_an_earlier_one_is_counted(books, history, at, tries, overtaken):
    books.providers[0].accepted[1].at = at
    books.outbox[1]["tries"] = tries
    assert judge(books, history).figures["overtaken"] == overtaken


@pytest.mark.parametrize("name", GUARDS)
def test_each_guard_still_stands_in_the_code_where_it_is_taken_away(name, tmp_path):
    assert copied_code(tmp_path, GUARDS[name].changes)

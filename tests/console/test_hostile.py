"""Words of strangers and of staff, hostile ones, on every list and page of the console: shown as
words. Nothing that could run them is in a page, and no page may run anything but our own files."""

import itertools

import pytest

from models.area import Area
from models.case import Case, CaseEvent, ItemNumber
from models.db import Job
from models.organisation import Organisation
from models.triage import AnswerTemplate, SavedFilter
from tests.console.conftest import ROLES
from tests.gateway.hostile import NASTY
from tests.matrix import console as doors

LIVE = [text for text in NASTY if "<" in text]
PAGES = sorted(
    {*itertools.chain(*doors.LISTS.values())}
    | {path for path in doors.BLIND if "<" not in path and not path.endswith((".svg", ".csv"))}
)


@pytest.fixture
def full(console):
    """A console in which every free field holds one of the texts."""
    account = console.account("triager")
    texts = itertools.cycle(LIVE)
    with console.store.work(Job("test")) as work:
        for place in range(len(LIVE)):
            number = f"{20000 + place}"
            work.session.add(ItemNumber(number=number, kind="case"))
            work.session.add(
                Organisation(id=f"o-{place}", name=next(texts)[:80], kind="ngo", area_pcode=None)
            )
            work.session.flush()
            work.session.add(case(number, console.clock(), next(texts)))
            work.session.add(
                AnswerTemplate(
                    category="",
                    language="fr",
                    name=next(texts)[:60],
                    text=next(texts)[:480],
                    by="P0151",
                    written_at=console.clock(),
                )
            )
        work.session.add(
            SavedFilter(account_id=account, page="queue", name=LIVE[0][:60], query="q=x")
        )
        work.session.query(Area).filter_by(pcode="ML070106").update({"name": LIVE[0][:60]})
    console.triager = account
    return console


def case(number, now, words):
    one = Case(
        number=number,
        kind="complaint",
        category="12",
        case_class="C4",
        area_pcode="ML070106",
        source="ussd",
        channel=words[:40],
        language="fr",
        about="unknown",
        answer_wanted="code",
        status="routed",
        opened_at=now,
        act_by=now,
        due_at=now,
        holder_organisation="cell",
        holder_function="cell_triager",
        why=[words],
        subject_line=words[:120],
    )
    one.events = [CaseEvent(transition="opened", status="routed", by="gateway", at=now, details={})]
    return one


def is_shown_as_words(page):
    assert [text for text in LIVE if text in page.text] == []
    assert "unsafe" not in page.headers.get("Content-Security-Policy", "'none'")


def test_the_page_of_an_item_shows_them_as_words(full):
    browser = full.browser(full.triager)
    page = browser.get("/cas/20000")
    assert page.status_code == 200
    assert "&lt;" in page.text
    is_shown_as_words(page)


@pytest.mark.parametrize("role", sorted(set(ROLES)))
def test_every_page_shows_them_as_words(full, role):
    account = full.triager if role == "triager" else full.account(role)
    browser = full.browser(account)
    for address in PAGES:
        for said in LIVE[:1] if "{n}" in address else [""]:
            is_shown_as_words(browser.get(address.replace("{n}", said)))

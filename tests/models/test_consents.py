"""Every yes is kept with the words that asked; no text of a referral leaves without one."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from flows.consents import ASKED, NOTICES, version_of, words_of
from flows.texts import Message, Texts
from models.consent import Consent, Wording
from models.conversation import Contact
from models.db import Gateway, Job
from models.outbound import OutboundMessage
from models.referral import Referral, ReferralStep
from models.services import call_backs, referrals
from models.services.referral_texts import Hand
from tests import referral_world as world
from tests.factories import FLOWS, NEIGHBOUR, SPEAKER, TESSIT
from tests.models.talking import Talking
from tests.referral_world import refers

WISH = {"call_language": "ses", "call_when": "morning", "call_voice": "woman", "when": "matin"}
NOTICE = FLOWS.texts.messages["notice_by_sms"].text
WORDS = "les vivres ne sont pas complets"


def acts(stage):
    """Return every yes as (what, road, language, words shown or None, taken back)."""
    with stage.store.work(Job("test")) as work:
        rows = (
            select(Consent, Wording.words)
            .outerjoin(Wording, Wording.version == Consent.version)
            .order_by(Consent.id)
        )
        return [
            (one.what, one.road, one.language, words, one.withdrawn_at is not None)
            for one, words in work.session.execute(rows)
        ]


def shown(what):
    return words_of(FLOWS, ASKED[what])


def translated(stage, at, words):
    """Return the house with one state reviewed in Bambara."""
    tongue = replace(
        FLOWS,
        nodes={**FLOWS.nodes, at: replace(FLOWS.nodes[at], text=words)},
        language="bm",
    )
    return replace(stage.house, tongues={"bm": tongue})


@pytest.fixture
def loop(stage):
    world.settle(stage)
    return stage


def refer_herself(stage, **scene):
    asked = {"facility": "f:F1", "age": "24", "place": f"c:{TESSIT}"}
    return stage.does("refer_herself", asked, **scene).values["n2"]


# What is kept


def test_the_version_follows_the_words_and_nothing_else():
    assert version_of(shown("call")) == version_of(shown("call"))
    assert version_of(shown("call")) != version_of(shown("call") + " ")
    assert "1 D'accord" not in shown("call")
    assert "D'accord" in shown("call")
    for at in (*ASKED.values(), *NOTICES.values()):
        assert len(words_of(FLOWS, at)) > 40


def test_her_yes_to_a_code_is_kept_with_the_words_of_h6(loop):
    refer_herself(loop)
    assert acts(loop) == [("referral", "ussd", "fr", shown("referral"), False)]


def test_a_yes_is_kept_in_the_language_it_was_asked_in(loop):
    house = translated(loop, ASKED["referral"], "Kunnafoni bamanankan na")
    asked = {"facility": "f:F1", "age": "24", "place": f"c:{TESSIT}", "language": "bm"}
    loop.does("refer_herself", asked, house=house)
    [(_, _, language, words, _)] = acts(loop)
    assert (language, words.split("\n")[0]) == ("bm", "Kunnafoni bamanankan na")


def test_a_relay_says_the_words_herself_in_a_language_we_do_not_know(loop):
    refers(loop)
    assert acts(loop) == [("referral", "relay", None, shown("referral"), False)]


def test_the_number_shown_for_a_call_was_agreed_to(stage):
    stage.does("open_call_back", WISH)
    stage.does("open_call_back", {**WISH, "private": True}, NEIGHBOUR)
    stage.does("open_call_back", {"call_voice": "any"}, "+22370000003", kind="sms")
    assert acts(stage) == [
        ("call", "ussd", "fr", shown("call"), False),
        ("private_call", "ussd", "fr", shown("private_call"), False),
        ("written_call", "sms", "fr", shown("written_call"), False),
    ]


def test_a_private_case_is_called_by_its_holder_after_p9_only(stage):
    given = stage.files(category="93", private=True)
    assert acts(stage) == []
    stage.does("agree_call", {**WISH, "case": given["case"], "c6": given["c6"]})
    assert acts(stage) == [("private_call", "ussd", "fr", shown("private_call"), False)]


def test_a_beep_asks_for_a_call_by_itself_and_no_words_were_read(stage):
    with stage.store.work(Job("converse")) as work:
        assert call_backs.note_beep(work, stage.scene(SPEAKER, "voice")) is not None
    assert acts(stage) == [("call", "voice", None, None, False)]


def test_an_operator_asks_aloud(stage):
    with stage.store.work(Job("test")) as work:
        call_backs.file_private(work, stage.scene(SPEAKER, "sms"), WISH)
    assert acts(stage) == [("private_call", "operator", None, None, False)]


def test_an_sms_for_an_answer_and_a_repair_are_agreed_to(stage):
    given = stage.files(answer="sms")
    stage.does("allow_repair", {"case": given["case"], "repair": "yes"})
    assert acts(stage) == [
        ("sms", "ussd", "fr", shown("sms"), False),
        ("repair", "ussd", "fr", shown("repair"), False),
    ]


def test_no_means_no(stage):
    given = stage.files()
    stage.does("allow_repair", {"case": given["case"], "repair": "no"})
    assert acts(stage) == []
    stage.does("allow_repair", {"case": given["case"], "repair": "yes"})
    stage.does("allow_repair", {"case": given["case"], "repair": "no"})
    assert [(what, back) for what, *_, back in acts(stage)] == [("repair", True)]


def test_who_stops_everything_has_taken_every_yes_back(stage):
    given = stage.files(answer="sms")
    stage.does("open_call_back", {**WISH, "case": given["case"]})
    stage.does("withdraw", {"case": given["case"]})
    assert {back for *_, back in acts(stage)} == {True}


def test_the_same_words_are_kept_once(stage):
    for phone in (SPEAKER, NEIGHBOUR):
        stage.files(phone, answer="sms")
    with stage.store.work(Job("test")) as work:
        asked = select(func.count()).select_from(Wording).where(Wording.words == shown("sms"))
        assert work.session.scalar(asked) == 1


def test_an_act_goes_with_its_item(loop):
    refer_herself(loop)
    with loop.store.work(Job("test")) as work:
        for table in ("referral_step", "referral"):
            work.session.execute(text(f"DELETE FROM {table}"))  # noqa: S608 names above
    assert acts(loop) == []


# No text of a referral without her yes


def walked_in(stage):
    """Count somebody who was never asked, and return the last step."""
    with stage.store.work(Job("test")) as work:
        hand = Hand(work, stage.scene("+22370000202"))
        one = referrals.walk_in(hand, referrals.Wanted("walk_in", "F1", "20-24"))
        return one.steps[-1].id


def write(stage, step):
    with stage.store.work(Gateway()) as work:
        times = dict.fromkeys(("due_at", "expires_at", "created_at"), stage.now)
        cause = f"referral-step:{step}"
        work.session.add(OutboundMessage(cause=cause, purpose="test", person_id=1, **times))


def last_step(stage, number):
    with stage.store.work(Job("test")) as work:
        steps = select(func.max(ReferralStep.id)).join(Referral).where(Referral.number == number)
        return work.session.scalar(steps)


def test_the_database_refuses_a_text_about_somebody_who_was_not_asked(loop):
    with pytest.raises(DatabaseError, match="a text of a referral without consent"):
        write(loop, walked_in(loop))


def test_the_database_refuses_a_text_of_no_referral_at_all(loop):
    with pytest.raises(DatabaseError, match="a text of a referral without consent"):
        write(loop, 999_999)


def test_the_database_takes_a_text_she_agreed_to_and_none_after_she_took_it_back(loop):
    number = refer_herself(loop)
    assert [person for person, _ in loop.outbox("referral_new_herself")] == ["P0202"]
    loop.does("stop_referral", {"referral": number})
    assert [(what, back) for what, *_, back in acts(loop)] == [("referral", True)]
    with pytest.raises(DatabaseError, match="a text of a referral without consent"):
        write(loop, last_step(loop, number))


def test_without_the_act_the_whole_referral_is_undone(loop, monkeypatch):
    monkeypatch.setattr("models.services.referrals._agreed", lambda *_: None)
    with pytest.raises(DatabaseError, match="a text of a referral without consent"):
        refer_herself(loop)
    with loop.store.work(Job("test")) as work:
        assert work.session.scalar(select(func.count()).select_from(Referral)) == 0


# The notice


def contact(stage, phone=SPEAKER):
    with stage.store.work(Job("test")) as work:
        return work.session.get(Contact, stage.vault.pseudonym(phone))


def test_that_the_notice_was_heard_is_remembered_with_its_words(stage):
    stage.files()
    heard = contact(stage)
    assert heard.notice == version_of(words_of(FLOWS, "menu.notice"))
    assert heard.notice_at == stage.now


def test_a_private_case_leaves_no_such_memory(stage):
    stage.files(category="93", private=True)
    assert contact(stage) is None


def test_the_first_question_by_sms_comes_after_the_notice_once_a_year(stage):
    phones = Talking(stage)
    [first] = phones.text(SPEAKER, WORDS)
    assert first.startswith(f"{NOTICE} C'est ou?")
    [second] = phones.text(SPEAKER, "Tessit")
    assert second.startswith("Qui est en cause?")
    phones.text(SPEAKER, "8")
    stage.later(days=2)
    [again] = phones.text(SPEAKER, "encore les vivres, rien recu")
    assert again.startswith("C'est ou?")
    phones.text(SPEAKER, "0")
    phones.text(SPEAKER, "8")
    stage.later(days=366)
    [later] = phones.text(SPEAKER, "le forage est en panne")
    assert later.startswith(NOTICE)


def test_who_heard_it_by_keypad_is_not_told_again_by_sms(stage):
    stage.files()
    [asked] = Talking(stage).text(SPEAKER, WORDS)
    assert asked.startswith("C'est ou?")


def test_nobody_who_is_asked_nothing_is_told_anything(stage):
    for words in ("un homme a viole ma fille", "RAPPEL", "AIDE", "LANGUE", "STOP", "48 21 73"):
        for reply in Talking(stage).text(NEIGHBOUR, words):
            assert NOTICE not in reply
    assert contact(stage, NEIGHBOUR).notice_at is None


def test_it_is_told_in_the_language_of_the_phone(stage):
    messages = {**FLOWS.texts.messages, "notice_by_sms": Message("I ka kunnafoni")}
    tongue = replace(FLOWS, texts=Texts(messages, FLOWS.texts.forbidden), language="bm")
    with stage.store.work(Job("test")) as work:
        own = stage.vault.pseudonym(SPEAKER)
        work.session.add(Contact(pseudonym=own, language="bm", seen_at=stage.now))
    stage.house = replace(stage.house, tongues={"bm": tongue})
    [asked] = Talking(stage).text(SPEAKER, WORDS)
    assert asked.startswith("I ka kunnafoni ")

"""Who told of an event, and who is accused in it, stays apart from those who handle it."""

import pytest
from sqlalchemy import select

from flows.slip_replies import Correction
from models.alert import AlertSource
from models.case import Case
from models.db import Job
from models.outbound import OutboundMessage
from models.services import slip_logging, slips
from models.services.handling import desk_at
from models.slip import Slip
from tests.factories import SPEAKER, TESSIT, make_person, phone_of, staged
from tests.models.alert_world import LABBEZANGA, settle_in
from tests.models.talking import Talking

FRAUD = "le magasinier a detourne les vivres"
OPERATOR = "P0301"


@pytest.fixture
def here(sqlite_store, tmp_path, now):
    with staged(sqlite_store, tmp_path, now) as one:
        yield settle_in(one)


def cases(stage, **which):
    with stage.store.work(Job("test")) as work:
        found = list(work.session.scalars(select(Case).filter_by(**which).order_by(Case.id)))
        for one in found:
            list(one.subjects)
        return found


def number_of(reply):
    return reply.split()[1].rstrip(".")


def danger(stage, phone=SPEAKER, **said):
    answers = {"category": "61", "place": f"c:{TESSIT}", "about": "unknown", "answer": "code"}
    return stage.does("open_case", {**answers, **said}, phone).values


def decides(stage, who, number, what="DIRE"):
    stage.writes(who, f"PRIS {number}")
    stage.writes(who, f"{what} {number} mission prevue")
    stage.later(minutes=10)
    stage.settles()


def texts(stage, *which):
    with stage.store.work(Job("test")) as work:
        rows = select(OutboundMessage).where(*which).order_by(OutboundMessage.id)
        return [(one.purpose, one.status) for one in work.session.scalars(rows)]


def test_a_danger_that_concerns_who_answers_it_does_not_join_what_they_have(here):
    number = number_of(here.writes("R128", "ALERTE 6143 1"))
    assert here.holder(cases(here, number=number)[0].id) == "P0141"
    filed = danger(here, about="ngo", about_org="rrm-ansongo", words="le RRM a tout garde")
    own = here.case(filed["case"])
    assert own.status != "joined"
    assert ("organisation", "rrm-ansongo") in {(one.kind, one.ref) for one in own.subjects}
    assert here.holder(own.id) != "P0141"
    shown = here.writes("P0141", f"VOIR {number}")
    assert "1 source" in shown


def test_nobody_joins_a_danger_that_accuses(here):
    filed = danger(here, about="ngo", about_org="rrm-ansongo")
    number = number_of(here.writes("R128", "ALERTE 6143 1"))
    assert number != here.case(filed["case"]).number


def test_a_speaker_who_stops_is_written_to_no_more_though_the_event_stays(here):
    filed = danger(here, answer="sms")
    number = here.case(filed["case"]).number
    assert number_of(here.writes("R128", "ALERTE 6143 1")) == number
    decides(here, "P0141", number)
    assert ("answer_ready", "waiting") in texts(here)
    here.does("withdraw", {"case": filed["case"]})
    assert ("answer_ready", "waiting") not in texts(here)


def test_a_speaker_who_stops_is_not_called_though_the_event_stays(here):
    filed = danger(here)
    here.writes("R128", "ALERTE 6143 1")
    wish = {"case": filed["case"], "answer": "call", "kind": "call_back", "call_language": "fr"}
    here.does("open_call_back", wish)
    [call] = cases(here, kind="call_back")
    assert call.address is not None
    here.does("withdraw", {"case": filed["case"]})
    [call] = cases(here, kind="call_back")
    assert (call.status, call.address) == ("closed", None)


def test_a_call_that_turns_out_to_accuse_leaves_the_event_to_the_others(here):
    operator(here)
    case = logged(here, "61")
    number = number_of(here.writes("R128", "ALERTE 6143 1"))
    assert number == case.number
    corrected(here, case, Correction("about", "ngo"))
    [lead] = [one for one in cases(here, kind="alert") if one.id != case.id]
    with here.store.work(Job("test")) as work:
        rows = work.session.scalars(select(AlertSource)).all()
        assert {one.case_id for one in rows if one.person_id is not None} == {lead.id}
    assert here.writes("R128", f"VOIR {number}") == here.writes("R129", f"VOIR {number}")
    assert here.holder(lead.id) == "P0141"


def test_a_call_that_joined_an_event_and_is_put_right_stands_alone(here):
    operator(here)
    number = number_of(here.writes("R128", "ALERTE 6143 1"))
    case = logged(here, "61")
    assert case.status == "joined"
    corrected(here, case, Correction("place", f"c:{LABBEZANGA}"))
    [now] = cases(here, id=case.id)
    with here.store.work(Job("test")) as work:
        rows = work.session.scalars(select(AlertSource).where(AlertSource.own_id == case.id)).all()
    assert now.status != "joined"
    assert rows == []
    assert "1 source" in here.writes("P0141", f"VOIR {number}")


def operator(stage):
    with stage.store.work(Job("test")) as work:
        person = make_person(stage.vault, stage.house.sealer, OPERATOR, "cell")
        person.role = "operator"
        work.session.add(person)
    with stage.store.work(Job("test")) as work:
        slips.issue(work, stage.house, OPERATOR, 3, stage.now)


def logged(stage, category, words="l'eau a tout pris", slip="01"):
    with stage.store.work(Job("converse")) as work:
        desk = desk_at(work, stage.scene(phone_of(OPERATOR), "sms"))
        found = work.session.scalar(select(Slip).where(Slip.number == slip))
        call = slip_logging.Call("call", category, f"c:{TESSIT}", None, None, words)
        case_id = slip_logging.log_call(desk, found, call).id
    return cases(stage, id=case_id)[0]


def corrected(stage, case, right):
    with stage.store.work(Job("converse")) as work:
        desk = desk_at(work, stage.scene(phone_of(OPERATOR), "sms"))
        own = slip_logging.case_of(desk, case.id)
        slip_logging.correct(desk, own, right, excluded=False)


@pytest.mark.parametrize(
    "line",
    [
        f"ALERTE 6143 7 {FRAUD}",
        f"ALERTE 6143 71 {FRAUD}",
        f"ALERTE nullepart 1 {FRAUD}",
        f"ALERTE 1 {FRAUD}",
        f"ALERTE 6143 {FRAUD}",
        "ALERTE le chef a viole une fille",
        "REF 6143 14 elle a ete violee par le chef",
        "VENUE 24 violee par le chef",
        "STOCK le chef a vole les medicaments",
    ],
)
def test_what_a_registered_phone_accuses_of_is_a_compartments_and_no_word_comes_back(here, line):
    talking = Talking(here)
    replies = talking.text(phone_of("R128"), line)
    sealed = [one for one in cases(here) if one.case_class in {"C5", "C6", "C7"}]
    assert sealed, replies
    assert all(one.contact is None or line[:3] != "ALE" for one in sealed)
    joined = " ".join(replies).lower()
    for word in ("detourn", "viol", "magasin", "battue", "chef", "vole"):
        assert word not in joined, replies


@pytest.mark.parametrize(
    "line",
    [
        "REF 6143 24 jadelle",
        "REF implant 24",
        "REF sterilet2 24",
        "REF 6143 24 implan piqur",
        "REF viol 24",
        "EVAC avortement 5",
        "ALERTE grossesse 3",
        "implant 47322",
        "47322 implant",
    ],
)
def test_no_reply_to_a_registered_phone_names_what_it_is_about(here, line):
    said = here.writes("R128", line) or ""
    for word in ("jadelle", "implan", "steril", "piqur", "viol", "avort", "gross"):
        assert word not in said.lower(), said


@pytest.mark.parametrize(
    "line",
    [
        "DONNE {} jadelle",
        "DONNE {} implan",
        "PAS {} implant",
        "{} implant",
        "STOCK jadelle 12",
        "STOCK implant",
        "RUPTURE noristerat",
        "VENUE implant",
    ],
)
def test_no_reply_to_a_centre_names_a_product(here, line):
    code = here.writes("R128", "REF 6143 24 3").split()[0]
    said = here.writes("P0101", line.format(code)) or ""
    for word in ("jadelle", "implan", "norist"):
        assert word not in said.lower(), said

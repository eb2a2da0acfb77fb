"""The ten rules for abuse and violence (domain.md 4.2), each through the doors that people use."""

import re

import pytest
from sqlalchemy import select

from flows import publications
from flows.loader import load
from flows.place_names import words_of
from flows.words import Menu
from models.area import Area, PlaceCode
from models.audit import AuditEntry
from models.case import Case, CaseEvent
from models.db import Job, Operator
from models.outbound import OutboundMessage
from models.person import Person
from models.services import agent_menu, slips
from models.services.counted import case_counted
from models.services.programme import CHILD_REPORTING, put_setting
from models.services.visibility import countable_cases, visible_cases
from tests.factories import NEIGHBOUR, PEOPLE, SPEAKER, TESSIT, make_person, phone_of
from tests.models.talking import Talking

ORDINARY = ("P0150", "P0151", "P0152", "P0121", "P0122", "P0111", "P0161", "P0156", "P0157")
OFFICER = {"C5": "P0153", "C6": "P0154", "C7": "P0155"}
FLOWS = load()

# One message for each compartment, in words nobody chose from a menu, and the languages spoken.
SAID = {
    "C5": "le chef a pris de l'argent a chaque famille avant la distribution",
    "C6": "l'agent de l'ONG veut coucher avec ma fille pour donner le bon",
    "C7": "un homme a viole ma fille",
}


def cases(stage):
    with stage.store.work(Job("test")) as work:
        return list(work.session.scalars(select(Case).order_by(Case.id)))


def written(stage):
    """Return (person's number or None, purpose, text) of all that was ever to be sent."""
    with stage.store.work(Job("test")) as work:
        rows = select(OutboundMessage, Person.number).outerjoin(
            Person, Person.id == OutboundMessage.person_id
        )
        return [
            (number, row.purpose, stage.house.transit.unwrap(row.text_sealed))
            for row, number in work.session.execute(rows)
            if row.text_sealed is not None
        ]


def sees(stage, number):
    return stage.signed_in(number, "my_items").name == "listed"


def counted(stage):
    """Return what may be counted by whoever operates the service."""
    with stage.store.work(Operator()) as work:
        seen = {one.id for one in work.session.scalars(visible_cases(work))}
        return seen | {one.id for one in work.session.scalars(countable_cases(work))}


def private(stage, *keys, phone=SPEAKER, session="s1"):
    """Dial M1-5 and answer its screens; return the last one."""
    talking, typed = Talking(stage), "5"
    talking.dial(phone, session)
    screen = talking.dial(phone, session, typed)
    for key in keys:
        typed += f"*{key}"
        screen = talking.dial(phone, session, typed)
    return screen


def booklet(stage):
    """Give an operator one slip; return its number."""
    with stage.store.work(Job("test")) as work:
        person = make_person(stage.vault, stage.house.sealer, "P0301", "cell")
        person.role = "operator"
        work.session.add(person)
        work.session.add(PlaceCode(code="6143", ref=f"c:{TESSIT}"))
    with stage.store.work(Job("test")) as work:
        [slip] = slips.issue(work, stage.house, "P0301", 1, stage.now)[1]
    return slip.number


class TestRule1LeavesTheOrdinaryQueueUnseen:
    @pytest.mark.parametrize("compartment", SAID)
    def test_by_its_words(self, stage, compartment):
        Talking(stage).text(SPEAKER, f"{SAID[compartment]} a Tessit")
        [case] = cases(stage)
        assert case.case_class == compartment
        self.is_hidden(stage, case, OFFICER[compartment])

    def test_by_its_menu(self, stage):
        private(stage, "1", "2", "1", "4")
        [case] = cases(stage)
        assert case.case_class == "C7"
        self.is_hidden(stage, case, OFFICER["C7"])

    def test_by_the_words_of_a_registered_phone(self, stage):
        stage.change(Person, {"number": "P0122"}, role="relay")
        told = stage.writes("P0122", f"ALERTE Tessit 1 {SAID['C6']}")
        assert told is not None
        [case] = cases(stage)
        assert case.case_class == "C6"
        self.is_hidden(stage, case, "P0154")
        assert "P0122" not in {by for _, by in stage.events(case.id)}

    @pytest.mark.parametrize(
        ("line", "compartment"),
        [("PRIVE {slip} ANSONGO SOIR FEMME", "C7"), ("LV {slip} 6143 12 F34 {said}", "C6")],
    )
    def test_by_an_operator(self, stage, line, compartment):
        slip = booklet(stage)
        told = stage.writes("P0301", line.format(slip=slip, said=SAID["C6"]))
        assert told is not None
        [case] = cases(stage)
        assert case.case_class == compartment
        self.is_hidden(stage, case, OFFICER[compartment])
        assert not sees(stage, "P0301")

    def is_hidden(self, stage, case, officer):
        assert stage.holder(case.id) == officer
        assert {number for number, _, _ in written(stage) if number} == {officer}
        for number in ORDINARY:
            assert not sees(stage, number)
        assert case.id not in counted(stage)
        announced = [text for number, _, text in written(stage) if number == officer]
        assert all(set(re.findall(r"\d{5}", text)) == {case.number} for text in announced)
        telling = {"tessit", "ansongo", "gao", "argent", "fille", "viol", "ong", "chef"}
        assert not telling & set(words_of(" ".join(announced)))


class TestRule2DoubtIsSensitive:
    @pytest.mark.parametrize("category", ["54", "55"])
    def test_a_choice_that_may_be_anything(self, stage, category):
        given = stage.files(category=category)
        assert stage.case(given["case"]).case_class == "C5"

    @pytest.mark.parametrize(
        ("category", "about"), [("195", "chief"), ("23", "staff"), ("12", "nobody")]
    )
    def test_words_raise_and_nothing_that_is_chosen_lowers(self, stage, category, about):
        given = stage.files(category=category, about=about, words=SAID["C7"])
        assert stage.case(given["case"]).case_class == "C7"
        stage.does("add_words", {"case": given["case"], "words": "merci beaucoup"})
        stage.does("refine_private", {"case": given["case"], "category": "91", "aid_worker": "no"})
        assert stage.case(given["case"]).case_class == "C7"

    def test_a_wish_to_talk_in_private_is_heard_by_those_trained_to_hear(self, stage):
        stage.does("open_call_back", {"private": True})
        [case] = cases(stage)
        assert case.case_class == "C7"


class TestRule3NoStoryNoName:
    def test_no_screen_of_the_path_reads_words(self):
        for at, node in FLOWS.nodes.items():
            if isinstance(node, Menu) and node.traits.sensitive:
                assert not node.read, at

    def test_no_screen_of_the_path_asks_for_a_name_or_what_happened(self):
        asking = {"nom", "appelez-vous", "racontez", "ecrivez", "preuve", "temoin", "quand"}
        for at, node in FLOWS.nodes.items():
            if isinstance(node, Menu) and node.traits.sensitive and node.traits.label != "P1":
                said = set(words_of(node.text)) & asking
                assert said <= {"quand"}, at
                assert not said or node.traits.label == "P8", at

    def test_the_place_is_no_finer_than_the_cercle_she_names(self, stage):
        private(stage, "1", "2", "1", "4", "1", "1", "3", "1")
        [case] = cases(stage)
        assert case.place_ref is None
        with stage.store.work(Job("test")) as work:
            area = work.session.get(Area, case.area_pcode) if case.area_pcode else None
            assert area is None or area.level <= 2

    def test_a_place_said_before_is_cut_to_its_commune(self, stage):
        given = stage.files(category="17", place=f"c:{TESSIT}")
        assert stage.case(given["case"]).place_ref is None


class TestRule4HelpFirst:
    @pytest.mark.parametrize("what", ["2", "3"])
    def test_the_body_before_anything_is_filed(self, stage, what):
        assert private(stage, "1", what).startswith("Le plus important: le corps.")
        assert cases(stage) == []

    def test_where_to_go_files_nothing(self, stage):
        assert private(stage, "1", "2", "1", "3").startswith("Vous pouvez appeler")
        assert cases(stage) == []

    def test_a_call_is_only_made_after_a_yes_of_its_own(self, stage):
        private(stage, "1", "2", "1", "1", "1", "4")  # a woman, French, in the evening
        [case] = cases(stage)
        assert case.address is None
        private(stage, "1", "2", "1", "1", "1", "4", "1", session="s2", phone=NEIGHBOUR)
        assert cases(stage)[1].address is not None

    def test_a_no_to_the_call_costs_her_nothing(self, stage):
        screen = private(stage, "1", "2", "1", "1", "1", "4", "2")
        assert screen.startswith("C'est note. Code:")
        [case] = cases(stage)
        assert (case.address, case.status, case.case_class) == (None, "routed", "C7")


class TestRule5NothingIsSent:
    @pytest.mark.parametrize("compartment", SAID)
    def test_one_neutral_reply_to_her_own_sms_and_no_other(self, stage, compartment):
        talking = Talking(stage)
        [told] = talking.text(SPEAKER, SAID[compartment])
        [same] = talking.text(NEIGHBOUR, SAID["C7"])
        assert told == same
        small = {"un", "a", "de", "le", "pour"}
        assert not set(words_of(SAID[compartment])) & set(words_of(told)) - small
        [case, _] = cases(stage)
        stage.writes(stage.holder(case.id), f"FINI {case.number} vu")
        stage.later(minutes=11)
        stage.settles()
        assert [text for number, _, text in written(stage) if number is None] == [told, told]

    def test_an_sms_that_was_chosen_is_none_any_more_once_it_is_sensitive(self, stage):
        given = stage.files(category="17", answer="sms")
        case = stage.case(given["case"])
        assert (case.answer_wanted, case.address) == ("code", None)


class TestRule6TheAccusedIsOut:
    def test_his_organisation_is(self, stage):
        given = stage.files(category="51", about="ngo", about_org="ngo-b")
        with stage.store.work(Job("test")) as work:
            hat = work.session.scalar(select(Person).where(Person.number == "P0122")).hats[0]
            hat.function = "integrity"
        assert not sees(stage, "P0122")
        assert stage.holder(given["case"]) == "P0153"

    def test_if_it_is_the_operators_own_the_outside_body_has_it(self, stage):
        given = stage.files(category="51", about="ngo", about_org="cell")
        assert stage.holder(given["case"]) == "P0159"
        for number in (one[0] for one in PEOPLE if one[1] == "cell"):
            assert not sees(stage, number)


class TestRule7AChild:
    @pytest.mark.parametrize("age", ["2", "3"])
    def test_only_those_who_protect_children_have_it(self, stage, age):
        private(stage, "1", "2", "1", "4", "1", age)
        [case] = cases(stage)
        assert (case.category, case.case_class) == ("94", "C7")
        assert stage.holder(case.id) == "P0158"
        assert not sees(stage, "P0155")

    def test_chosen_at_once(self, stage):
        private(stage, "1", "3", "1", "4")
        [case] = cases(stage)
        assert stage.holder(case.id) == "P0158"

    def test_a_child_at_school(self, stage):
        given = stage.files(category="35")
        assert stage.holder(given["case"]) == "P0158"

    @pytest.mark.parametrize(
        ("said", "shown"),
        [(None, "prive"), ("undecided", "prive"), ("required", "prive, a signaler")],
    )
    def test_whether_it_must_be_reported_is_for_lawyers_to_set(self, stage, said, shown):
        given = stage.files(category="94")
        if said is not None:
            with stage.store.work(Operator()) as work:
                put_setting(work, CHILD_REPORTING, said)
        opened = stage.signed_in("P0158", "open_item", item=given["n"])
        assert opened.values["facts"] == shown
        other = stage.files(category="93")
        opened = stage.signed_in("P0155", "open_item", item=other["n"])
        assert opened.values["facts"] == "prive"

    def test_no_screen_lets_a_child_sign(self, stage):
        """After she said that she is under 18 nothing more is asked for her consent."""
        screen = private(stage, "1", "2", "1", "4", "1", "2")
        assert "D'accord" not in screen
        for key in ("1", "2", "3"):
            assert "D'accord" not in private(stage, "1", "2", "1", "4", "1", "2", key, session=key)


class TestRule8Numbers:
    @pytest.mark.parametrize("compartment", SAID)
    def test_by_region_and_quarter_and_with_nothing_beside(self, compartment):
        told = publications.PUBLICATIONS[compartment]
        assert told.level <= publications.REGION
        assert told.divided == 0
        assert (told.period, told.public) == ("quarter", False)
        assert told.threshold >= 5
        told_of_each = {split.name for split in told.splits}
        assert not told_of_each & {"age", "sex", "asked", "given", "source", "topic"}

    def test_no_public_table_divides_by_a_compartment_or_counts_one(self):
        for told in publications.PUBLICATIONS.values():
            values = {value for split in told.splits for value in split.values}
            if told.public:
                assert not values & {"C5", "C6", "C7"}
                assert told.name not in SAID

    @pytest.mark.parametrize(("category", "compartment"), [("17", "C5"), ("93", "C7")])
    def test_a_case_of_a_compartment_counts_in_its_own_table_alone(
        self, stage, category, compartment
    ):
        given = stage.files(category=category)
        with stage.store.work(Job("test")) as work:
            told = case_counted(work.session.get_one(Case, given["case"]), stage.now)
        assert told.publication.name == compartment
        assert not told.publication.public


class TestRule9EveryReadingIsMarked:
    def test_before_the_words_are_opened(self, stage):
        given = stage.files(category="17", words="ils ont tout pris")
        officer = stage.holder(given["case"])
        begin, finish = agent_menu.AGENT_READS["read_words"]
        with stage.store.work(Job("test")) as work:
            said = {"agent": officer, "item": given["n"]}
            reading = begin(work, stage.scene(phone_of(officer)), said)
        with stage.store.work(Job("test")) as work:
            marked = set(work.session.scalars(select(AuditEntry.actor)))
            marked |= set(
                work.session.scalars(select(CaseEvent.by).where(CaseEvent.transition == "read"))
            )
        assert officer in marked
        assert finish(stage.house, reading) == ["ils ont tout pris"]


class TestRule10FamilyPlanning:
    def test_no_text_that_leaves_names_a_method_or_its_purpose(self):
        naming = words_of(
            "pilule piqure implant diu preservatif contraception planning naissances methode"
        )
        for name, message in FLOWS.texts.messages.items():
            if not message.staff:
                assert not set(naming) & set(words_of(message.text)), name


def test_the_same_words_arrive_by_every_road_in_the_same_compartment(stage):
    """USSD words, SMS words and a slip are heard alike."""
    given = stage.files(words=SAID["C6"])
    Talking(stage).text(NEIGHBOUR, SAID["C6"])
    assert {one.case_class for one in cases(stage)} == {"C6"}
    assert given["private"] is True

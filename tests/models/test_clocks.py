"""Clocks that act: reminded once, moved on at the limit, and never left with nobody."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from flows.case_lifecycle import OPEN
from models.case import Case, CaseEvent
from models.db import Job
from models.organisation import Organisation
from models.outbound import OutboundMessage
from models.person import Person
from models.services import clocks
from tests.factories import PEOPLE, staged

NIGHT = datetime(2026, 12, 24, 23, 30, tzinfo=UTC)  # Christmas, a Friday, is free
LEFT = ("revoked_at", "blocked_at", "stopped_at")
OUTSIDE = "P0159"


@pytest.fixture
def stage(sqlite_store, tmp_path, now):
    with staged(sqlite_store, tmp_path, now) as one:
        yield one


def at(stage, moment):
    stage.clock[0] = moment


def acts(stage, *lines):
    """Let time act once; return how many items it touched."""
    done = 0
    for line in lines:
        with stage.store.work(Job("timetable")) as work:
            done += line(work, stage.house, stage.now)
    return done


def hands_over(stage):
    return acts(stage, clocks.hand_over)


def reminds(stage):
    return acts(stage, clocks.remind)


def rehomes(stage):
    """Let those be seated anew who lost their holder; return how many went to somebody else."""
    moved = transitions(stage, "rehomed")
    acts(stage, clocks.rehome)
    return transitions(stage, "rehomed") - moved


def transitions(stage, transition):
    with stage.store.work(Job("test")) as work:
        rows = select(CaseEvent.id).where(CaseEvent.transition == transition)
        return len(work.session.scalars(rows).all())


def files(stage, category="12", **said):
    return stage.case(stage.files(category=category, **said)["case"])


def taken(stage, category="12", **said):
    """File a case that its holder takes at once."""
    case = files(stage, category, **said)
    stage.writes(stage.holder(case.id), f"PRIS {case.number}")
    return stage.case(case.id)


def details(stage, case_id, transition):
    with stage.store.work(Job("test")) as work:
        rows = select(CaseEvent.details).where(
            CaseEvent.case_id == case_id, CaseEvent.transition == transition
        )
        return list(work.session.scalars(rows))


def last_due(stage, purpose):
    with stage.store.work(Job("test")) as work:
        rows = select(OutboundMessage.due_at).where(OutboundMessage.purpose == purpose)
        return work.session.scalars(rows.order_by(OutboundMessage.id.desc())).first()


def news_for(stage, number):
    return [text for person, text in stage.outbox("case_new") if person == number]


def row_id(stage, number):
    with stage.store.work(Job("test")) as work:
        return work.session.scalar(select(Person.id).where(Person.number == number))


def test_what_nobody_took_moves_up_after_the_first_action_and_not_a_second_before(stage):
    case = files(stage)
    had = stage.holder(case.id)
    assert case.act_by < case.due_at
    at(stage, case.act_by - timedelta(seconds=1))
    assert hands_over(stage) == 0
    at(stage, case.act_by)
    assert [hands_over(stage), hands_over(stage)] == [1, 0]
    moved = stage.case(case.id)
    assert (moved.status, stage.holder(case.id)) == ("routed", OUTSIDE)
    assert moved.level > case.level
    before = {"had": row_id(stage, had), "organisation": "cell", "function": "cell_triager"}
    assert details(stage, case.id, "escalated") == [{**before, "returned": False}]


def test_what_was_taken_moves_up_at_the_end_of_its_clock(stage):
    case = taken(stage)
    at(stage, case.act_by)
    assert hands_over(stage) == 0
    at(stage, case.due_at - timedelta(seconds=1))
    assert hands_over(stage) == 0
    at(stage, case.due_at)
    assert hands_over(stage) == 1
    assert stage.holder(case.id) == OUTSIDE


def test_who_had_it_and_who_has_it_are_told_a_number_and_a_date_and_not_by_night(stage):
    case = taken(stage)
    had = stage.holder(case.id)
    at(stage, case.due_at)  # as a date begins, at midnight
    hands_over(stage)
    n, date = case.number, f"{stage.case(case.id).due_at:%d/%m}"
    text = f"Jaabi: {n} a depasse le delai. Il est passe au niveau suivant. Rien a faire."
    assert stage.outbox("moved_up") == [(had, text)]
    assert news_for(stage, OUTSIDE) == [
        f"Jaabi: nouveau dossier {n}. Reponse avant le {date}. Envoyez VOIR {n} ou composez *123#."
    ]
    assert last_due(stage, "moved_up") == case.due_at.replace(hour=7)
    assert last_due(stage, "case_new") == case.due_at.replace(hour=7)


def test_the_speaker_learns_that_it_moved_up_and_the_new_date(stage):
    given = stage.files()
    at(stage, stage.case(given["case"]).act_by)
    assert stage.follows(given["c6"]).name == "waiting"
    hands_over(stage)
    seen = stage.follows(given["c6"])
    assert seen.name == "late"
    assert seen.values["date"] != given["date"]
    assert stage.case(given["case"]).escalated_at == stage.now


def test_a_colleague_who_took_it_and_not_who_it_was_announced_to_is_told_and_passed_over(stage):
    case = files(stage)
    colleague = {"P0150": "P0151", "P0151": "P0150"}[stage.holder(case.id)]
    stage.writes(colleague, f"PRIS {case.number}")
    at(stage, case.due_at)
    hands_over(stage)
    assert [person for person, _ in stage.outbox("moved_up")] == [colleague]


def test_what_nobody_was_told_of_yet_is_told_to_the_next_one_only(stage):
    case = files(stage)
    had = stage.holder(case.id)
    at(stage, case.act_by)
    hands_over(stage)
    assert news_for(stage, had) == []
    assert len(news_for(stage, OUTSIDE)) == 1


def test_the_outside_body_keeps_what_it_has_and_is_not_reminded(stage):
    case = files(stage)
    at(stage, case.act_by)
    hands_over(stage)
    for _ in range(3):
        stage.later(days=200)
        assert hands_over(stage) == reminds(stage) == rehomes(stage) == 0
    assert stage.holder(case.id) == OUTSIDE


def test_what_is_answered_closed_or_withdrawn_has_no_clock(stage):
    cases = [taken(stage) for _ in range(3)]
    for case in cases[:2]:
        stage.writes(stage.holder(case.id), f"DIRE {case.number} Le camion arrive.")
    stage.later(minutes=10)
    stage.settles()
    stage.does("satisfied", {"case": cases[0].id})
    stage.does("withdraw", {"case": cases[2].id})
    stage.later(days=20)
    assert hands_over(stage) == reminds(stage) == rehomes(stage) == 0


def test_an_answer_about_to_leave_is_in_time(stage):
    case = taken(stage)
    at(stage, case.due_at - timedelta(minutes=1))
    stage.writes(stage.holder(case.id), f"DIRE {case.number} Le camion arrive.")
    at(stage, case.due_at)
    assert hands_over(stage) == reminds(stage) == 0
    stage.later(minutes=10)
    stage.settles()
    assert hands_over(stage) == 0
    assert stage.case(case.id).status == "answered"


def test_an_answer_taken_back_lets_the_clock_act(stage):
    case = taken(stage)
    at(stage, case.due_at - timedelta(minutes=1))
    stage.writes(stage.holder(case.id), f"DIRE {case.number} Le camion arrive.")
    at(stage, case.due_at + timedelta(minutes=1))
    stage.writes(stage.holder(case.id), f"ANNULE {case.number}")
    assert hands_over(stage) == 1


def test_what_was_given_back_gets_a_new_clock_and_then_the_way_of_what_is_given_back(stage):
    case = files(stage, "21")
    stage.later(days=1)
    stage.writes("P0111", f"RENVOI {case.number} pas chez nous")
    stage.later(minutes=10)
    stage.settles()
    returned = stage.case(case.id)
    assert returned.act_by > case.act_by
    assert stage.holder(case.id) in {"P0150", "P0151"}
    at(stage, case.act_by)
    assert hands_over(stage) == 0
    at(stage, returned.act_by)
    hands_over(stage)
    assert stage.holder(case.id) == "P0152"  # the supervisor, not the DRS of its own chain
    at(stage, stage.case(case.id).act_by)
    hands_over(stage)
    assert stage.holder(case.id) == OUTSIDE


def test_what_is_taken_up_again_gets_a_new_clock_with_its_holder(stage):
    given = stage.files()
    case = stage.case(given["case"])
    had = stage.holder(case.id)
    stage.writes(had, f"DIRE {case.number} Le camion arrive.")
    stage.later(minutes=10)
    stage.settles()
    stage.later(days=13)
    stage.does("reopen", {"case": case.id, "how": "no"})
    at(stage, case.due_at)
    assert hands_over(stage) == 0
    again = stage.case(case.id)
    assert stage.holder(case.id) == had
    at(stage, again.act_by)
    assert hands_over(stage) == 1
    assert stage.holder(case.id) == OUTSIDE


def test_a_compartment_moves_among_its_officers_only_by_the_wall_clock_and_at_once(stage):
    at(stage, NIGHT)
    with stage.store.work(Job("test")) as work:
        work.session.add(Organisation(id="network", name="network", kind="protection"))
        one = work.session.scalar(select(Person).where(Person.number == "P0121"))
        one.hats[0].function, one.hats[0].organisation_id = "network_chair", "network"
        one.organisation_id = "network"
    case = files(stage, "92")
    assert stage.holder(case.id) == "P0154"
    assert case.act_by == NIGHT + timedelta(hours=24)  # Christmas night
    at(stage, case.act_by)
    assert hands_over(stage) == 1
    assert stage.holder(case.id) == "P0121"
    assert last_due(stage, "moved_up") == last_due(stage, "case_new") == stage.now
    stage.writes("P0121", f"PRIS {case.number}")
    at(stage, stage.case(case.id).due_at)
    assert stage.now == NIGHT + timedelta(hours=24 + 72)
    hands_over(stage)
    assert stage.holder(case.id) == OUTSIDE


def test_one_reminder_comes_before_the_end_with_number_and_date(stage):
    case = taken(stage)  # due on Monday 7 December as it begins
    assert reminds(stage) == 0
    at(stage, datetime(2026, 12, 4, 15, 59, tzinfo=UTC))
    assert reminds(stage) == 0
    stage.later(minutes=1)  # Friday, because two days before is a Saturday
    assert [reminds(stage), reminds(stage)] == [1, 0]
    stage.later(hours=1)
    assert reminds(stage) == 0
    assert stage.outbox("reminder") == [
        (
            stage.holder(case.id),
            f"Jaabi: {case.number} attend, fin le 07/12. VOIR {case.number}."
            " Sinon il passe a votre responsable.",
        )
    ]


def test_what_nobody_took_is_reminded_half_way_to_its_first_action(stage):
    case = files(stage)  # Monday noon, to be taken by Wednesday noon
    at(stage, case.opened_at + timedelta(hours=23, minutes=59))
    assert reminds(stage) == 0
    stage.later(minutes=1)
    assert reminds(stage) == 1
    assert "fin le 25/11" in stage.outbox("reminder")[0][1]


def test_nobody_is_reminded_of_ordinary_things_by_night_but_of_harm(stage):
    ordinary, harm = files(stage), files(stage, "93")
    later = max(ordinary.remind_at, harm.remind_at).replace(hour=22)
    at(stage, later)
    stage.change(Case, {"id": ordinary.id}, act_by=later + timedelta(days=1))
    stage.change(Case, {"id": harm.id}, act_by=later + timedelta(days=1))
    assert reminds(stage) == 1
    assert stage.outbox("reminder")[0][0] == stage.holder(harm.id)
    stage.change(Case, {"id": ordinary.id}, act_by=later + timedelta(days=2))
    at(stage, (later + timedelta(days=1)).replace(hour=7))
    assert reminds(stage) == 1


def test_each_holder_has_a_reminder_of_their_own(stage):
    case = files(stage, "21")
    for number in ("P0111", "P0161"):
        assert stage.holder(case.id) == number
        at(stage, stage.case(case.id).remind_at)
        assert reminds(stage) == 1
        at(stage, stage.case(case.id).act_by)
        hands_over(stage)
    reminded = stage.outbox("reminder", "withheld")  # moved on before anything was sent
    assert [person for person, _ in reminded] == ["P0111", "P0161"]
    assert stage.holder(case.id) == OUTSIDE


@pytest.mark.parametrize("left", LEFT)
def test_what_somebody_left_behind_is_seated_anew_and_announced(stage, left):
    case = taken(stage)
    had = stage.holder(case.id)
    stage.later(days=1)
    stage.change(Person, {"number": had}, **{left: stage.now})
    assert [rehomes(stage), rehomes(stage)] == [1, 0]
    other = {"P0150": "P0151", "P0151": "P0150"}[had]
    assert stage.holder(case.id) == other
    assert stage.case(case.id).status == "routed"
    assert stage.case(case.id).act_by > case.act_by
    assert len(news_for(stage, other)) == 1
    assert stage.outbox("moved_up") == []
    assert details(stage, case.id, "rehomed")[0]["left"] == row_id(stage, had)


def test_one_lost_phone_moves_at_once_without_looking_at_the_others(stage):
    case, other = files(stage), files(stage, "21")
    for number in (stage.holder(case.id), "P0111"):
        stage.change(Person, {"number": number}, blocked_at=stage.now)
    with stage.store.work(Job("test")) as work:
        had = work.session.get_one(Case, case.id).holder_person
        assert clocks.rehome(work, stage.house, stage.now, had) == 1
    assert stage.holder(other.id) == "P0111"


def test_the_outside_body_has_it_even_while_nobody_works_there(stage):
    case = files(stage)
    stage.change(Person, {"number": OUTSIDE}, revoked_at=stage.now)
    at(stage, case.act_by)
    hands_over(stage)
    left = stage.case(case.id)
    assert (left.holder_organisation, left.holder_function) == ("outside", "outside_body")
    assert left.holder_person is None
    stage.later(days=40)
    assert rehomes(stage) == hands_over(stage) == 0
    stage.change(Person, {"number": OUTSIDE}, revoked_at=None)
    assert rehomes(stage) == 1
    assert stage.holder(case.id) == OUTSIDE


def test_the_outside_body_keeps_it_on_a_phone_that_wants_no_sms(stage):
    case = files(stage)
    at(stage, case.act_by)
    hands_over(stage)
    stage.change(Person, {"number": OUTSIDE}, stopped_at=stage.now)
    assert rehomes(stage) == 0


def test_words_that_weigh_more_shorten_every_end(stage):
    case = files(stage, "41")
    stage.does("add_words", {"case": case.id, "words": "notre quartier est oublie"})
    pressed = stage.case(case.id)
    assert (case.case_class, pressed.case_class) == ("C3", "C4")
    assert pressed.act_by < case.act_by
    assert pressed.due_at < case.due_at


def test_a_case_that_grows_worse_after_it_was_handed_over_starts_with_its_officer(stage):
    case = files(stage)
    at(stage, case.act_by)
    hands_over(stage)
    stage.does("add_words", {"case": case.id, "words": "Le chef demande de l'argent."})
    assert stage.case(case.id).case_class == "C5"
    assert stage.holder(case.id) == "P0153"
    assert news_for(stage, OUTSIDE) == []


def test_a_class_without_a_category_has_its_clock_too(stage):
    case = files(stage, "8")
    stage.change(Case, {"id": case.id}, case_class="C8", act_by=None, remind_at=None)
    at(stage, case.due_at)
    assert hands_over(stage) == 1


PERSONS = [row[0] for row in PEOPLE]

STEPS = st.one_of(
    st.tuples(st.just("leaves"), st.sampled_from(PERSONS), st.sampled_from(LEFT)),
    st.tuples(st.just("comes back"), st.sampled_from(PERSONS)),
    st.tuples(st.just("time"), st.sampled_from([1, 12, 30, 60, 24 * 8, 24 * 20])),
    st.tuples(st.sampled_from(["take", "answer", "back", "file"]), st.integers(0, 9)),
    st.tuples(st.sampled_from(["no", "not_arrived"]), st.integers(0, 9)),
)
CATEGORIES = ("7", "12", "13", "17", "21", "61", "92", "93", "94", "8")


class History:
    """A programme in which anything may happen, and time acts after each thing."""

    def __init__(self, stage):
        self.stage = stage
        self.cases = []

    def goes(self, step):
        what, *with_what = step
        getattr(self, what.replace(" ", "_"))(*with_what)
        self.stage.settles()
        acts(self.stage, clocks.hand_over, clocks.remind, clocks.rehome)

    def leaves(self, number, how):
        self.stage.change(Person, {"number": number}, **{how: self.stage.now})

    def comes_back(self, number):
        self.stage.change(Person, {"number": number}, **dict.fromkeys(LEFT))

    def time(self, hours):
        self.stage.later(hours=hours)

    def file(self, which):
        self.cases.append(files(self.stage, CATEGORIES[which]).id)

    def take(self, which):
        self._writes(which, "PRIS {n}")

    def answer(self, which):
        self._writes(which, "DIRE {n} C'est fait.")
        self.stage.later(minutes=10)

    def back(self, which):
        self._writes(which, "RENVOI {n} pas pour moi")
        self.stage.later(minutes=10)

    def no(self, which):
        self._reopens(which, "no")

    def not_arrived(self, which):
        self._reopens(which, "not_arrived")

    def _reopens(self, which, how):
        if self.cases:
            self.stage.does("reopen", {"case": self.cases[which % len(self.cases)], "how": how})

    def _writes(self, which, line):
        if not self.cases:
            return
        case = self.stage.case(self.cases[which % len(self.cases)])
        if case.holder_person is not None:
            self.stage.writes(self.stage.holder(case.id), line.replace("{n}", case.number))


def abandoned(stage):
    """Return the open cases that neither a living person nor the outside body has."""
    with stage.store.work(Job("test")) as work:
        found = []
        for case in work.session.scalars(select(Case).where(Case.status.in_(OPEN))):
            holder = work.session.get(Person, case.holder_person or 0)
            body = work.session.get(Organisation, case.holder_organisation or "")
            if body is not None and body.kind == "outside":
                continue
            if holder is None or any(getattr(holder, how) for how in LEFT):
                found.append(case.number)
        return found


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(STEPS, min_size=4, max_size=14))
def test_whatever_happens_no_open_case_is_without_a_living_holder_or_the_outside_body(stage, steps):
    with stage.store.work(Job("test")) as work:  # what an example before this one left behind
        work.session.execute(update(Case).values(status="closed"))
        work.session.execute(update(Person).values(**dict.fromkeys(LEFT)))
    history = History(stage)
    history.file(1)
    history.file(3)
    for step in steps:
        history.goes(step)
        assert abandoned(stage) == []

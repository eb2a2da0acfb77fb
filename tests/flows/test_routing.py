"""Who receives what: the rows of the default policy, and the bars on top, at Tessit."""

import pytest

from flows.concerned import Told, most_present, subjects
from flows.directory import Cover
from flows.policy import default_policy
from flows.routing import choose
from tests.flows.directories import ANSONGO, TESSIT, facts, seat, small

POLICY = default_policy()


def chosen(told, directory=None, *, case_class="C4", **more):
    """What becomes of what a speaker told."""
    known = directory or small()
    about = subjects(told, known, POLICY)
    case = facts(
        told.category,
        case_class,
        about=told.about,
        area_pcode=told.area or None,
        subjects=about,
        **more,
    )
    return choose(case, known, POLICY)


def told(category, about="unknown", **more):
    return Told(category, about, **{"area": TESSIT, **more})


@pytest.mark.parametrize(
    ("said", "case_class", "rule", "number"),
    [
        (told("11", "nobody"), "C4", "Regle 1", "P0151"),
        (told("12", "ngo", organisation="ngo-a"), "C4", "Regle 1", "P0151"),
        (told("13"), "C3", "Regle 2", "P0151"),
        (told("194", "ngo"), "C2", "Regle 2", "P0151"),
        (told("12", "state"), "C4", "Regle 3", "P0151"),
        (told("16", "chief"), "C5", "Regle 4", "P0153"),
        (told("51", "staff"), "C5", "Regle 4", "P0153"),
        (told("91"), "C5", "Regle 4", "P0153"),
        (told("192"), "C9", "Regle 5", "P0159"),  # nobody does protection here
        (told("193", "trader"), "C4", "Regle 6", "P0151"),
        (told("21", "nobody"), "C4", "Regle 7", "P0111"),
        (told("24", "staff"), "C3", "Regle 7", "P0111"),
        (told("28", "head"), "C3", "Regle 7", "P0111"),
        (told("23", "staff"), "C4", "Regle 8", "P0151"),
        (told("28", "asaco"), "C3", "Regle 9", "P0131"),
        (told("21", "csref"), "C4", "Regle 10", "P0161"),
        (told("27", "unknown"), "C2", "Regle 11", "P0151"),
        (told("33", "cgs"), "C4", "Regle 13", "P0151"),
        (told("35"), "C7", "Regle 14", "P0155"),
        (told("94", "unsaid"), "C7", "Regle 14", "P0155"),
        (told("92"), "C6", "Regle 15", "P0154"),
        (told("93"), "C7", "Regle 16", "P0155"),
        (told("41", "nobody"), "C3", "Regle 25", "P0151"),
        (told("61"), "C9", "Regle 19", "P0141"),
        (told("63"), "C9", "Regle 19", "P0141"),
        (told("65"), "C9", "Regle 22", "P0101"),
        (told("7"), "C0", "Regle 26", "P0151"),
        (told("8"), "C3", "Regle 26", "P0151"),
        (told("12", area=""), "C4", "Regle 26", "P0151"),
    ],
)
def test_each_row_of_the_policy_finds_its_first_desk(said, case_class, rule, number):
    choice = chosen(said, case_class=case_class)
    assert choice.number == number
    assert choice.why[0].startswith(f"{rule}:")
    assert choice.case_class == case_class


def test_reasons_are_plain_words():
    assert chosen(told("24", "staff"), case_class="C3").why == (
        "Regle 7: centre de sante, premier bureau MCD, CSRef Ansongo",
    )


@pytest.mark.parametrize("about", ["nobody", "unknown", "distributor", "several", "unsaid", "ngo"])
def test_nobody_of_the_ngo_that_distributes_is_told_even_when_it_was_not_named(about):
    here = small(seat("P0125", "cell_triager", "ngo-a"), without={"P0151", "P0152"})
    choice = chosen(told("12", about), here)
    assert choice.organisation == "ngo-b"  # its pair
    assert choice.number == "P0122"
    assert "ngo-a: en cause" in choice.barred
    assert "P0121 (MEAL, ONG A): son organisation est en cause" in choice.barred


def test_the_pair_of_the_ngo_is_passed_over_when_it_is_concerned_too():
    here = small(without={"P0151", "P0152"}, covers=[Cover("ngo-b", "food", "pays", ANSONGO)])
    choice = chosen(told("12", "several"), here)
    assert choice.number == "P0159"
    assert choice.why[-1] == "point focal OCHA: personne de service pour ce lieu"


@pytest.mark.parametrize("about", ["nobody", "staff", "head", "asaco", "unknown", "csref"])
def test_nobody_of_the_health_centre_gets_a_complaint_about_it(about):
    here = small(seat("P0105", "mcd", "cscom-tessit", TESSIT))
    choice = chosen(told("21", about), here)
    assert choice.organisation != "cscom-tessit"
    assert any(words.startswith("P0101 ") for words in choice.barred)


def test_the_csref_meant_as_the_place_does_not_judge_itself():
    choice = chosen(told("24", "staff", facility="MLF0155", area="ML070101"), case_class="C3")
    assert choice.number == "P0161"
    assert choice.why[1] == "MCD: en cause, ecarte"


def test_state_food_at_ansongo_reaches_neither_the_sldses_nor_the_triager_it_married():
    here = small(ties=[("P0131", "P0151"), ("P0152", "P0131")])
    choice = chosen(told("12", "state"), here)
    assert choice.number == "P0134"  # DRDSES
    assert "P0151 (triage de la cellule, Cellule): lien declare avec P0131" in choice.barred


def test_a_bar_follows_the_person_through_all_hats():
    here = small(seat("P0151", "asaco", "asaco-tessit", TESSIT))
    choice = chosen(told("23", "asaco"), here)  # row 9 barred nobody of the SLDSES
    assert choice.number == "P0131"
    both = small(seat("P0131", "asaco", "asaco-tessit", TESSIT))
    assert chosen(told("28", "asaco"), both).number == "P0134"


def test_whoever_works_for_the_employer_of_the_accused_at_the_same_site_is_barred():
    here = small(seat("P0107", "mcd", "cscom-tessit", TESSIT), without={"P0111"})
    case = facts("21", subjects=(("person", "P0101"),))
    choice = choose(case, here, POLICY)
    assert choice.number == "P0161"
    assert any("meme employeur et meme lieu que P0101" in words for words in choice.barred)


def test_the_whole_cell_steps_back_when_one_of_it_is_accused():
    case = facts("12", subjects=(("person", "P0151"),))
    assert choose(case, small(), POLICY).number == "P0122"  # MEAL of the distributor's pair
    assert choose(facts("8", subjects=case.subjects), small(), POLICY).number == "P0159"
    sensitive = facts("51", "C5", subjects=(("function", "cell_triager"),))
    assert choose(sensitive, small(), POLICY).number == "P0159"


@pytest.mark.parametrize(
    ("case_class", "officer"), [("C5", "P0153"), ("C6", "P0154"), ("C7", "P0155")]
)
def test_a_compartment_without_its_officer_goes_outside_and_never_to_triage(case_class, officer):
    choice = choose(facts("93", case_class), small(without={officer, "P0156"}), POLICY)
    assert (choice.number, choice.function) == ("P0159", "outside_body")
    assert choice.informed == ()


def test_psea_of_an_ngo_is_no_first_door_for_what_aid_workers_do():
    here = small(seat("P0124", "psea", "ngo-c"), without={"P0154"})
    assert choose(facts("92", "C6"), here, POLICY).organisation == "ngo-c"
    tried = frozenset({124})
    assert choose(facts("92", "C6", tried=tried), here, POLICY).number == "P0159"


def test_the_next_level_has_it_when_a_clock_ends_or_nothing_came():
    lead = seat("P0170", "cluster_lead", "ngo-c")
    covers = [Cover("ngo-c", "food", "leads", "ML07")]
    choice = choose(facts("12", level=1), small(lead, covers=covers), POLICY)
    assert (choice.number, choice.level) == ("P0170", 1)
    assert choose(facts("12", level=1), small(), POLICY).number == "P0159"
    assert choose(facts("12", level=9), small(), POLICY).number == "P0159"


def test_what_is_given_back_goes_to_another_person_and_never_to_the_same():
    given_back = facts("21", returned=True, tried=frozenset({111}))
    assert choose(given_back, small(), POLICY).number == "P0151"
    again = facts("21", returned=True, tried=frozenset({111, 151}))
    assert choose(again, small(), POLICY).number == "P0152"
    last = facts("21", returned=True, tried=frozenset({111, 151, 152}))
    choice = choose(last, small(), POLICY)
    assert choice.number == "P0159"
    assert "triage de la cellule: l'a deja eu" in choice.why


def test_the_outside_body_keeps_what_nobody_else_may_have():
    everybody = frozenset({153, 159})
    assert choose(facts("51", "C5", tried=everybody), small(), POLICY).number == "P0159"


def test_without_an_outside_body_that_may_judge_nobody_is_named():
    about = (("organisation", "cell"), ("organisation", "outside"))
    choice = choose(facts("12", subjects=about), small(), POLICY)
    assert (choice.number, choice.person, choice.organisation) == (None, None, None)
    assert choice.why[0].endswith("personne n'est eligible, meme au dehors")


def test_a_call_back_finds_the_voice_asked_for_and_then_anybody():
    man = seat("P0302", "call_back", "cell", voice="man")
    here = small(man, seat("P0303", "call_back", "cell", voice="woman"), without={"P0151"})
    call = facts("8", "C3", kind="call_back", voice="man")
    assert choose(call, here, POLICY).number == "P0302"
    assert choose(facts("8", "C3", kind="call_back", voice="woman"), here, POLICY).number == "P0303"
    assert choose(call, small(), POLICY).number == "P0151"
    private = facts("93", "C7", kind="call_back", voice="man", area_pcode=None)
    assert choose(private, small(), POLICY).number == "P0156"


def test_nobody_off_duty_or_stopped_is_chosen():
    asleep = seat("P0112", "mcd", "csref-ansongo", ANSONGO, receives=False)
    choice = choose(facts("21"), small(asleep, without={"P0111"}), POLICY)
    assert choice.number == "P0161"
    assert choice.why[1] == "MCD: personne de service pour ce lieu"


def test_the_nearest_of_two_desks_is_chosen():
    near = seat("P0149", "rrm_duty", "ngo-c", TESSIT)
    assert choose(facts("61", "C9"), small(near), POLICY).number == "P0149"


def test_the_administration_hears_of_shocks_only_where_its_cercle_says_so():
    secretary = seat("P0180", "rrm_secretary", "drs-gao")
    assert choose(facts("61", "C9"), small(secretary), POLICY).informed != ()
    at_tenenkou = facts("61", "C9", area_pcode="ML050708")
    assert choose(at_tenenkou, small(secretary), POLICY).informed == ()


def test_a_repair_may_be_asked_for_an_ordinary_lack_and_never_in_a_compartment():
    assert chosen(told("12")).repair == "ask"
    assert chosen(told("13"), case_class="C3").repair == "visible"
    assert chosen(told("12"), case_class="C5").repair == ""


def test_the_organisations_offered_are_those_of_the_place_most_present_first():
    covers = [
        Cover("ngo-b", "food", "distributes", "ML070101"),
        Cover("ngo-c", "food", "distributes", ANSONGO),
        Cover("ngo-c", "cash", "distributes", ANSONGO),
        Cover("ngo-a", "health", "supports", ANSONGO),
        Cover("csref-ansongo", "food", "pays", ANSONGO),
    ]
    here = small(covers=covers)
    assert [body.id for body in most_present(Told("12", area=ANSONGO), here, POLICY)] == [
        "ngo-c",
        "ngo-b",
    ]
    assert [body.id for body in most_present(Told("12", area=TESSIT), here, POLICY)] == ["ngo-c"]


def test_who_is_concerned_is_read_from_the_answer_and_the_place():
    assert subjects(told("16", "chief"), small(), POLICY) == (("function", f"chief@{TESSIT}"),)
    assert subjects(Told("51", "chief"), small(), POLICY) == (("function", "chief"),)
    aid = subjects(told("12", "state"), small(), POLICY)
    assert ("organisation", "sldses-ansongo") in aid
    asaco = subjects(told("28", "asaco"), small(), POLICY)
    assert {("organisation", "asaco-tessit"), ("facility", "MLF0219")} <= set(asaco)
    worker = subjects(told("51", "health_worker"), small(), POLICY)
    assert {ref for kind, ref in worker if kind == "organisation"} == {
        "cscom-tessit",
        "csref-ansongo",
    }
    assert subjects(told("7", "nothing anybody ever said"), small(), POLICY) == subjects(
        told("7", "unknown"), small(), POLICY
    )
    assert subjects(told("12", "ngo", organisation="nobody-known"), small(), POLICY) == (
        ("organisation", "ngo-a"),
    )


def test_who_only_leads_the_cluster_is_not_concerned_and_has_it_when_the_cell_was_late():
    covers = [
        Cover("ngo-a", "food", "distributes", ANSONGO),
        Cover("ngo-c", "food", "leads", ANSONGO),
    ]
    lead = seat("P0171", "cluster_lead", "ngo-c")
    here = small(lead, covers=covers)
    assert ("organisation", "ngo-c") not in subjects(told("12"), here, POLICY)
    assert chosen(told("12"), here, level=1).number == "P0171"


def test_state_food_by_a_local_ngo_bars_that_ngo():
    covers = [Cover("ngo-c", "state_food", "distributes", "ML0602")]
    about = subjects(Told("12", "state", "ML060208"), small(covers=covers), POLICY)
    assert ("organisation", "ngo-c") in about

"""Where nobody is left, who is told beside the desk, and the reasons to the letter."""

from dataclasses import replace

import pytest

from flows.directory import Body, Cover
from flows.policy import Desk, default_policy
from flows.routing import choose, informed, row_for, seats_of
from tests.flows.directories import ANSONGO, GAO, TESSIT, facts, seat, small

POLICY = default_policy()
BESIDE = Body("beside", "Organisme voisin", "outside")
UNKNOWN_PLACE = {"area_pcode": None}


def numbers(seats):
    return [one.person for one in seats]


def with_body(directory, *bodies):
    return replace(
        directory, organisations={**directory.organisations, **{one.id: one for one in bodies}}
    )


def test_while_nobody_works_outside_the_outside_body_itself_has_it():
    choice = choose(facts("51", "C5"), small(without={"P0153", "P0159"}), POLICY)
    assert (choice.organisation, choice.function) == ("outside", "outside_body")
    assert (choice.person, choice.number) == (None, None)
    assert (choice.level, choice.case_class) == (3, "C5")
    assert choice.why == (
        "Regle 4: argent, abus d'un poste, organisme exterieur Organisme exterieur:"
        " personne n'y travaille",
        "responsable integrite: personne de service pour ce lieu",
        "responsable integrite: personne de service pour ce lieu",
        "inspection independante: personne de service pour ce lieu",
    )


def test_what_follows_from_the_row_holds_though_nobody_has_it():
    about = (("organisation", "cell"), ("organisation", "ngo-b"))
    choice = choose(facts("12", subjects=about), small(without={"P0159"}), POLICY)
    assert (choice.organisation, choice.number, choice.repair) == ("outside", None, "ask")


def test_an_outside_body_that_is_accused_has_nothing_and_the_next_one_has_it():
    here = small(without={"P0153", "P0159"})
    accused = facts("51", "C5", subjects=(("organisation", "outside"),))
    alone = choose(accused, here, POLICY)
    assert (alone.organisation, alone.function, alone.level) == (None, None, 3)
    assert alone.why[0] == (
        "Regle 4: argent, abus d'un poste: personne n'est eligible, meme au dehors"
    )
    assert len(alone.why) == 4  # and why each desk before was passed over
    assert alone.barred == ("outside: en cause",)
    second = choose(accused, with_body(here, BESIDE), POLICY)
    assert (second.organisation, second.function) == ("beside", "outside_body")
    both = choose(facts("51", "C5"), with_body(here, BESIDE), POLICY)
    assert both.organisation == "beside"  # by name, the same each time


def test_of_two_outside_bodies_who_did_not_have_it_yet_and_is_on_duty_comes_first():
    def chosen(*seats, tried=()):
        here = with_body(small(*seats, without={"P0153"}), BESIDE)
        return choose(facts("51", "C5", tried=frozenset(tried)), here, POLICY).number

    awake = seat("P0158", "outside_body", "beside")
    asleep = seat("P0158", "outside_body", "beside", receives=False)
    assert chosen(awake) == "P0158"
    assert chosen(awake, tried={158}) == "P0159"
    assert chosen(asleep) == "P0159"
    assert chosen(asleep, tried={159}) == "P0158"
    assert chosen(seat("P0157", "outside_body", "ngo-c")) == "P0159"  # no outside organisation


def test_the_outside_body_is_said_in_words():
    choice = choose(facts("51", "C5"), small(without={"P0153"}), POLICY)
    assert choice.why[0] == (
        "Regle 4: argent, abus d'un poste, organisme exterieur Organisme exterieur"
    )
    assert choice.level == 3


def test_each_step_up_is_said_and_counted():
    second = seat("P0165", "sldses", "sldses-ansongo", ANSONGO, receives=False)
    case = facts("28", "C3", about="asaco")
    here = small(second, without={"P0131"})
    choice = choose(case, here, POLICY)
    assert choice.why[0] == "Regle 9: gestion du centre (ASACO), a sa place DRDSES, DRDSES Gao"
    assert choice.why[1].endswith(": personne de service pour ce lieu")
    assert (choice.level, choice.number) == (0, "P0134")
    later = choose(replace(case, level=1), small(), POLICY)
    assert later.why == ("Regle 9: gestion du centre (ASACO), niveau 2: DRDSES, DRDSES Gao",)
    assert later.level == 1


def test_both_first_desks_of_an_epidemic_are_first():
    known = small(without={"P0101"})
    choice = choose(facts("65", "C9"), known, POLICY)
    assert choice.why[0].startswith("Regle 22: beaucoup de malades, premier bureau MCD")
    without = choose(facts("65", "C9"), small(without={"P0101", "P0111"}), POLICY)
    assert ", a sa place " in without.why[0]


def test_who_is_told_beside_is_the_administration_or_the_others_and_never_both():
    secretary = seat("P0180", "rrm_secretary", "drs-gao")
    others = (seat("P0181", "sap", "drs-gao"), seat("P0182", "civil_protection", "drs-gao"))
    here = small(secretary, *others)
    flood, fire = facts("61", "C9"), facts("62", "C9")
    assert numbers(informed(flood, here, POLICY, administration=True)) == ["P0180"]
    assert informed(flood, here, POLICY, administration=False) == []
    assert numbers(informed(fire, here, POLICY, administration=True)) == ["P0182"]
    assert numbers(informed(fire, here, POLICY, administration=False)) == ["P0181"]
    elsewhere = replace(fire, area_pcode="ML050708")  # where its cercle does not say so
    assert informed(elsewhere, here, POLICY, administration=True) == []
    assert numbers(informed(elsewhere, here, POLICY, administration=False)) == ["P0181"]


def test_whom_it_is_about_is_not_told_beside():
    here = small(seat("P0181", "sap", "drs-gao"))
    about = facts("62", "C9", subjects=(("organisation", "drs-gao"),))
    assert informed(about, here, POLICY, administration=False) == []


def test_those_of_a_desk_are_the_nearest_first_and_none_that_is_barred_off_duty_or_had_it():
    asleep = seat("P0126", "meal", "ngo-c", TESSIT, receives=False)
    far = seat("P0127", "meal", "ngo-c", "ML0602")
    near = seat("P0128", "meal", "ngo-c", TESSIT)
    here = small(asleep, far, near)
    meal = Desk("meal")
    assert numbers(seats_of(meal, facts(), here, POLICY)) == ["P0128", "P0121", "P0122"]
    tried = facts(tried=frozenset({128}))
    assert numbers(seats_of(meal, tried, here, POLICY)) == ["P0121", "P0122"]
    about = facts(subjects=(("organisation", "ngo-a"),))
    assert numbers(seats_of(meal, about, here, POLICY)) == ["P0128", "P0122"]
    nowhere = facts(**UNKNOWN_PLACE)  # then whoever serves the widest comes first
    assert numbers(seats_of(meal, nowhere, here, POLICY)) == ["P0122", "P0121", "P0127", "P0128"]


def test_those_of_every_desk_are_all_who_may_ever_receive_here():
    found = numbers(seats_of(None, facts(), small(), POLICY))
    assert {"P0101", "P0111", "P0121", "P0151", "P0155", "P0161"} <= set(found)
    assert "P0159" not in found  # the outside body is nobody's desk
    barred = numbers(seats_of(None, facts(subjects=(("facility", "MLF0219"),)), small(), POLICY))
    assert "P0101" not in barred


@pytest.mark.parametrize(
    ("desk", "covers", "found"),
    [
        (Desk("meal", covers="pays", sector="health"), ("pays", "health"), ["P0121"]),
        (Desk("meal", covers="pays", sector="health"), ("supports", "health"), []),
        (Desk("meal", covers="pays", sector="health"), ("pays", "food"), []),
        (Desk("meal", covers="pays"), ("pays", "food"), ["P0121"]),
        (Desk("meal", covers="pays"), ("pays", "protection"), []),
    ],
)
def test_a_desk_of_those_who_cover_is_theirs_who_do_this_there(desk, covers, found):
    role, sector = covers
    here = small(covers=[Cover("ngo-a", sector, role, ANSONGO)])
    assert numbers(seats_of(desk, facts("12"), here, POLICY)) == found
    away = small(covers=[Cover("ngo-a", sector, role, "ML0602")])
    assert seats_of(desk, facts("12"), away, POLICY) == []


def test_a_pair_is_of_whom_it_is_about_or_else_of_whoever_covers():
    pair = Desk("meal", of="pair")
    covered = small(covers=[Cover("ngo-a", "food", "distributes", ANSONGO)])
    assert numbers(seats_of(pair, facts("12"), covered, POLICY)) == ["P0122"]
    elsewhere = small(covers=[Cover("ngo-a", "food", "distributes", "ML0602")])
    assert seats_of(pair, facts("12"), elsewhere, POLICY) == []
    other_sector = small(covers=[Cover("ngo-a", "health", "supports", ANSONGO)])
    assert seats_of(pair, facts("12"), other_sector, POLICY) == []
    named = facts("12", subjects=(("organisation", "ngo-a"),))
    assert numbers(seats_of(pair, named, other_sector, POLICY)) == ["P0122"]
    person = facts("12", subjects=(("person", "ngo-a"),))  # no organisation of that name is meant
    assert seats_of(pair, person, other_sector, POLICY) == []
    stranger = facts("12", subjects=(("organisation", "nobody-known"),))
    assert seats_of(pair, stranger, covered, POLICY) == []


def test_another_desk_is_of_an_organisation_that_did_not_have_it():
    other = Desk("meal", of="other")
    colleague = small(seat("P0129", "meal", "ngo-a", ANSONGO))
    assert numbers(seats_of(other, facts(tried=frozenset({121})), colleague, POLICY)) == ["P0122"]
    assert numbers(seats_of(other, facts(tried=frozenset({121})), small(), POLICY)) == ["P0122"]
    assert numbers(seats_of(other, facts(), small(), POLICY)) == ["P0121", "P0122"]


def test_kinds_are_wanted_or_left_out():
    assert numbers(seats_of(Desk("gbv", kinds=frozenset({"cell"})), facts(), small(), POLICY)) == [
        "P0155"
    ]
    left = Desk("gbv", not_kinds=frozenset({"cell"}))
    assert numbers(seats_of(left, facts(), small(), POLICY)) == ["P0156"]


def test_voice_comes_before_language_and_language_before_place():
    here = small(
        seat("P0302", "call_back", "cell", voice="man", language="ff"),
        seat("P0303", "call_back", "cell", voice="woman", language="fr"),
        seat("P0304", "call_back", "cell", TESSIT, voice="man", language="fr"),
        without={"P0151"},
    )
    desk = Desk("call_back")

    def order(**said):
        return numbers(seats_of(desk, facts("8", kind="call_back", **said), here, POLICY))

    assert order() == ["P0304", "P0302", "P0303"]
    assert order(voice="woman") == ["P0303", "P0304", "P0302"]
    assert order(language="ff") == ["P0302", "P0304", "P0303"]
    assert order(voice="woman", language="ff") == ["P0303", "P0302", "P0304"]


def test_a_reason_for_passing_over_says_which():
    tried = choose(facts("21", tried=frozenset({111})), small(), POLICY)
    assert tried.why[1] == "MCD: l'a deja eu"
    about = facts("21", subjects=(("organisation", "csref-ansongo"),))
    assert choose(about, small(), POLICY).why[1] == "MCD: en cause, ecarte"
    nobody = choose(facts("21"), small(without={"P0111"}), POLICY)
    assert nobody.why[1] == "MCD: personne de service pour ce lieu"
    asleep = seat("P0112", "mcd", "csref-ansongo", GAO, receives=False)
    barred_asleep = choose(about, small(asleep, without={"P0111"}), POLICY)
    assert barred_asleep.why[1] == "MCD: personne de service pour ce lieu"


def test_who_is_barred_is_told_once_under_their_hat_and_a_person_by_number_alone():
    role = seat("P0101", "focal_point", "cscom-tessit", TESSIT)
    about = (("facility", "MLF0219"), ("person", "P0151"))
    choice = choose(facts("21", subjects=about), small(role), POLICY)
    assert choice.barred[0] == "MLF0219: en cause"
    told = [words for words in choice.barred if words.startswith("P0101")]
    assert told == ["P0101 (chef du CSCOM, CSCOM Tessit): son centre est en cause"]
    assert not any(words.startswith("P0151: ") for words in choice.barred)
    assert list(choice.barred[1:]) == sorted(choice.barred[1:])


def test_who_wears_two_hats_is_told_under_the_one_that_is_concerned():
    here = small(seat("P0101", "cell_triager", "cell"))
    choice = choose(facts("21", subjects=(("facility", "MLF0219"),)), here, POLICY)
    [told] = [words for words in choice.barred if words.startswith("P0101")]
    assert told == "P0101 (chef du CSCOM, CSCOM Tessit): son centre est en cause"
    before = small(without={"P0101"}).seats
    other_order = replace(here, seats=(here.seats[-1], *before, here.seats[0]))
    assert (
        told in choose(facts("21", subjects=(("facility", "MLF0219"),)), other_order, POLICY).barred
    )


def test_the_person_chosen_is_named_by_row_and_by_number():
    choice = choose(facts("12"), small(), POLICY)
    assert (choice.person, choice.number) == (151, "P0151")
    assert (choice.organisation, choice.function) == ("cell", "cell_triager")


def test_even_a_policy_that_says_so_tells_nobody_of_a_compartment_and_asks_for_no_repair():
    row = replace(
        next(one for one in POLICY.rows if one.when == {"class": frozenset({"C5"})}),
        informed=(Desk("mcd"),),
        repair="ask",
        levels=((Desk("cell_triager"), Desk("integrity")),),
    )
    policy = replace(POLICY, rows=(row, *POLICY.rows))
    choice = choose(facts("51", "C5"), small(), policy)
    assert (choice.informed, choice.repair) == ((), "")
    assert choice.number == "P0153"  # past the desk that is no officer's, which is not even named
    assert len(choice.why) == 1


def test_a_row_fits_by_who_raised_it_by_what_was_said_of_the_place_and_by_what_came_back():
    assert row_for(facts("64", "C9", registered=True), POLICY).number == 19
    assert row_for(facts("64", "C9"), POLICY).number == 5
    assert row_for(facts("12", **UNKNOWN_PLACE), POLICY).number == 26
    assert row_for(facts("12", returned=True), POLICY).number == 29
    named = replace(POLICY.rows[-1], number=99, when={"place": "known"})
    policy = replace(POLICY, rows=(named, *POLICY.rows))
    assert row_for(facts("12"), policy).number == 99
    assert row_for(facts("12", **UNKNOWN_PLACE), policy).number == 26

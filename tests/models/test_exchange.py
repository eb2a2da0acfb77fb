"""Areas and facilities as files: all of a file or nothing, and every mistake by its line."""

import pytest
from sqlalchemy import select

from models.area import Area, Facility, PlaceCode, Settlement
from models.db import Operator
from models.services.directory import DirectoryRefused
from models.services.exchange import READERS, WRITERS
from models.services.gazetteer import Places
from tests.models.place_world import AREAS, FACILITIES, settle_world

OPERATOR = Operator()


@pytest.fixture
def world(store):
    with store.work(OPERATOR) as work:
        settle_world(work)
    return store


def take(store, what, text):
    with store.work(OPERATOR) as work:
        return READERS[what](work, text)


def give(store, what):
    with store.work(OPERATOR) as work:
        return WRITERS[what](work)


def mistakes(store, what, text):
    with pytest.raises(DirectoryRefused) as refused:
        take(store, what, text)
    return refused.value.mistakes


@pytest.mark.parametrize("what", ["areas", "facilities"])
def test_what_was_written_out_can_be_taken_in_and_changes_nothing(world, what):
    before = give(world, what)
    assert take(world, what, before) == before.count("\n") - 2
    assert give(world, what) == before


def test_what_was_taken_in_is_there(world):
    with world.work(OPERATOR) as work:
        tessit = work.session.get_one(Area, "ML070106")
        assert (tessit.aliases, tessit.edition, tessit.source) == (["Tessite"], "2021", "programme")
        assert work.session.get_one(Settlement, "V1").commune_pcode == "ML070106"
        centre = work.session.get_one(Facility, "F1")
        assert (centre.telephone, centre.cercle_pcode) == ("+22370000101", "ML0701")
        codes = {
            code: ref for code, ref in work.session.execute(select(PlaceCode.code, PlaceCode.ref))
        }
        assert codes == {"6143": "c:ML070106", "6150": "s:V1", "6151": "f:F1"}


def test_a_file_changes_only_the_columns_it_has(world):
    assert take(world, "facilities", "id,hours\nF1,24 h sur 24\n") == 1
    with world.work(OPERATOR) as work:
        centre = work.session.get_one(Facility, "F1")
        assert (centre.hours, centre.fee, centre.name) == ("24 h sur 24", "Gratuit", "CSCOM Tessit")
        assert work.session.get_one(PlaceCode, "6151").ref == "f:F1"


def test_an_empty_cell_takes_back_what_was_known(world):
    take(world, "facilities", "id,telephone,place_codes\nF1,,\n")
    with world.work(OPERATOR) as work:
        assert work.session.get_one(Facility, "F1").telephone is None
        assert work.session.get(PlaceCode, "6151") is None


def test_codes_may_change_hands_within_a_file(world):
    take(world, "areas", "id,level,place_codes\nML070106,3,6150\nV1,4,6143|6144\n")
    with world.work(OPERATOR) as work:
        places = Places()(work)
        assert places.by_code("6150").name == "Tessit"
        assert places.by_code("6144").name == "Fafa"


def test_a_row_of_hxl_tags_is_read_and_can_name_the_columns(world):
    tagged = "Code du centre;Tarif\n#loc+facility+code;#value+fee\nF1;Payant\n"
    assert take(world, "facilities", tagged) == 1
    assert take(world, "facilities", "#loc+facility+code,#date+hours\nF1,matin\n") == 1
    with world.work(OPERATOR) as work:
        centre = work.session.get_one(Facility, "F1")
        assert (centre.fee, centre.hours) == ("Payant", "matin")


def test_a_byte_order_mark_and_empty_lines_do_no_harm(world):
    assert take(world, "facilities", "\ufeffid,fee\n\n,,\nF1,Payant\n") == 1


def test_every_mistake_of_an_areas_file_is_told_with_its_line(world):
    text = (
        "id,name,level,parent,edition,lat,lon,rank,code_status,place_codes\n"
        "ML0709,Sans parent,2,,2021,,,,,\n"
        "ML070199,Ailleurs,3,ML07,2021,16.0,,,,\n"
        "ML0701,Ansongo,3,ML0701,2021,,,,,\n"
        "ML070106,Tessit,3,ML0701,2015,99,0.3,,nonsense,61\n"
        "V7,,4,ML070106,,15,0,9,,6150\n"
        "V7,Encore,4,ML070106,,15,0,,,6150\n"
        "V8,=1+1,7,ML070106,,15,zero,,,\n"
        "ML,Mali,0,,2021,,,,,1234\n"
        "V9,court\n"
    )
    told = mistakes(world, "areas", text)
    for line, words in (
        (2, "parent is missing"),
        (3, "lat and lon go together"),
        (3, "parent ML07 is no place of level 2"),
        (4, "ML0701 is of level 2 in the directory"),
        (5, "edition 2015 of the p-codes cannot be mixed with 2021"),
        (5, "lat must be degrees between 10.0 and 25.1"),
        (5, "code_status must be one of"),
        (5, "place_codes: '61' is not four digits"),
        (6, "name is missing"),
        (6, "rank must be one of 1, 2, 3, 4, 5"),
        (7, "id V7 comes twice"),
        (8, "name: a spreadsheet would run it"),
        (8, "level must be one of 0, 1, 2, 3, 4"),
        (8, "lon must be degrees"),
        (9, "only a cercle or something in it can have one"),
        (10, "2 cells for 10 columns"),
    ):
        assert any(one.startswith(f"line {line}: ") and words in one for one in told), (line, words)
    assert told == sorted(told, key=lambda one: int(one.split()[1].rstrip(":")))


def test_every_mistake_of_a_facilities_file_is_told_with_its_line(world):
    text = (
        "id,name,kind,commune,cercle,fee,hours,telephone,quality,place_codes\n"
        "F7,,shop,ML070106,ML0703,x,,12,,6143\n"
        "F8,Un,cscom,,,,,,good,\n"
        "F9,Deux,cscom,ML99,ML07,plus que vingt-quatre signes,日本,,,\n"
        "F9,Trois,cscom,ML070106,,,,,,\n" + "F" * 30 + ",Quatre,cscom,ML070106,,,,,,\n"
    )
    told = mistakes(world, "facilities", text)
    for line, words in (
        (2, "name is missing"),
        (2, "kind must be one of"),
        (2, "commune ML070106 lies in ML0701, not in ML0703"),
        (2, "telephone is no number"),
        (2, "6143 already names another place"),
        (3, "commune or cercle is missing"),
        (3, "quality must be one of"),
        (4, "commune ML99 is not in the directory"),
        (4, "cercle ML07 is not in the directory"),
        (4, "fee is longer than 24 characters"),
        (4, "hours needs letters that no basic phone shows"),
        (5, "id F9 comes twice"),
        (6, "id is longer than 24 characters"),
    ):
        assert any(one.startswith(f"line {line}: ") and words in one for one in told), (line, words)


def test_one_code_cannot_name_two_places(world):
    told = mistakes(world, "facilities", "id,place_codes\nF1,7000\nF2,7000\n")
    assert told == ["line 3: place_codes: 7000 already names another place"]


def test_of_a_file_with_a_mistake_nothing_is_kept(world):
    before = give(world, "facilities")
    mistakes(world, "facilities", "id,fee,kind\nF1,Payant,cscom\nF2,Payant,shop\n")
    assert give(world, "facilities") == before


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "line 1: the file is empty"),
        ("\n\n", "line 1: the file is empty"),
        ("id,fees\nF1,x\n", "line 1: column 'fees' is not known"),
        ("id,fee,fee\nF1,x,y\n", "line 1: column 'fee' comes twice"),
        ('id,fee\nF1,"x\n', "not a CSV file"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(world, text, told):
    assert told in mistakes(world, "facilities", text)[0]


def test_a_file_without_a_row_takes_nothing(world):
    assert take(world, "facilities", "id,fee\n") == 0


def test_the_world_of_these_tests_is_in_the_form_of_the_files(store):
    with store.work(OPERATOR) as work:
        assert READERS["areas"](work, AREAS) == AREAS.count("\n") - 1
        assert READERS["facilities"](work, FACILITIES) == FACILITIES.count("\n") - 1

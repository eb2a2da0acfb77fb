"""The directory of Mali: whole, in its own format, loaded once, and never over the programme's."""

import pytest
from sqlalchemy import func, select

from models.area import Area, Facility, PlaceCode, Settlement
from models.db import Operator
from models.reference import build, tables
from models.services.gazetteer import Places, directory_changed, load_reference, name_code

OPERATOR = Operator()

ADMIN = """\
pcode,name,level,parent_pcode,lat,lon,code_status,pcode_2015,alt_names
ML,Mali,0,,17.57,-3.98,official,ML,
ML07,Gao,1,ML,16.26849,-0.05022,official,ML07,
ML0701,Ansongo,2,ML07,15.66160,0.50014,official,ML0702,
ML070106,Tessit,3,ML0701,15.22117,0.30682,derived,ML070206,Tessite|Tesit
ML070108,Alata,3,ML0701,,,derived-uncertain,,
"""
SETTLEMENTS = """\
id,name,admin3,lat,lon,rank
ML070206017,Tessit,ML070106,15.22244,-0.29263,5
ML070206000,Tessit,ML070106,15.22117,0.30682,4
ML999999001,Ailleurs,ML070106,15.00000,0.00000,5
"""
FACILITIES = """\
id,name,label_fr,type,admin2,admin3,lat,lon,geo_quality
MLF0219,Tessit Community Health Centre,CSCOM Tessit,CSCOM,ML0701,ML070106,15.32412,-0.07188,ok
MLF0999,Nowhere,CSCOM Nulle Part,CSCOM,,,,,no_coordinates
"""


@pytest.fixture
def sources(tmp_path):
    for name, text in (
        ("admin.csv", ADMIN),
        ("settlements.csv", SETTLEMENTS),
        ("facilities.csv", FACILITIES),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def count(work, table):
    return work.session.scalar(select(func.count()).select_from(table))


def test_the_directory_of_mali_is_whole_and_loading_it_twice_changes_nothing(store):
    with store.work(OPERATOR) as work:
        load_reference(work)
    with store.work(OPERATOR) as work:
        levels = work.session.execute(select(Area.level, func.count()).group_by(Area.level))
        assert {level: number for level, number in levels} == {0: 1, 1: 10, 2: 53, 3: 703}
        assert count(work, Settlement) == 18_769
        assert count(work, Facility) == 1_478
        assert set(work.session.scalars(select(Area.edition))) == {"2021"}
        work.session.get_one(Facility, "MLF0219").telephone = "+22370000101"
        work.session.get_one(Area, "ML070106").name = "Tessit Centre"
    with store.work(OPERATOR) as work:
        load_reference(work)
    with store.work(OPERATOR) as work:
        assert count(work, Settlement) == 18_769
        assert work.session.get_one(Facility, "MLF0219").telephone == "+22370000101"
        assert work.session.get_one(Area, "ML070106").name == "Tessit Centre"


def test_what_is_loaded_can_be_found_and_a_new_code_at_once(store):
    places = Places()
    with store.work(OPERATOR) as work:
        load_reference(work)
        assert places(work).by_code("6143") is None
        name_code(work, "6143", "c:ML070106")
        assert places(work).by_code("6143").name == "Tessit"
        name_code(work, "6143", "f:MLF0219")
        assert places(work).by_code("6143").name == "CSCOM Tessit"
        assert count(work, PlaceCode) == 1


def test_the_gazetteer_is_built_once_until_the_directory_changes(sqlite_store):
    places = Places()
    with sqlite_store.work(OPERATOR) as work:
        first = places(work)
        assert places(work) is first
        directory_changed(work)
        assert places(work) is not first


def test_a_code_of_a_place_that_is_gone_names_nothing(sqlite_store):
    with sqlite_store.work(OPERATOR) as work:
        name_code(work, "6143", "c:ML070106")
        assert Places()(work).by_code("6143") is None


def test_the_tables_are_rebuilt_byte_for_byte(sources, tmp_path):
    first, again = tmp_path / "first", tmp_path / "again"
    for folder in (first, again):
        folder.mkdir()
        build.main([str(sources), "--out", str(folder)])
    for name in (tables.AREAS, tables.SETTLEMENTS, tables.FACILITIES):
        assert (first / name).read_bytes() == (again / name).read_bytes()


def test_a_rebuilt_table_says_what_its_source_said(sources):
    build.main([str(sources), "--out", str(sources)])
    areas = list(tables.read_areas(tables.read(tables.AREAS, sources)))
    villages = list(tables.read_settlements(tables.read(tables.SETTLEMENTS, sources)))
    centres = list(tables.read_facilities(tables.read(tables.FACILITIES, sources)))
    assert areas[3] == tables.AreaFact(
        *("ML070106", "2021", "derived", "ML070206", 3, "ML0701", "Tessit"),
        *(("Tessite", "Tesit"), 15.22117, 0.30682, "cod-ab-2015"),
    )
    assert areas[0].source == "ocha-pcodes"
    assert (areas[4].lat, areas[4].source) == (None, "law-01-041")
    assert (
        tables.SettlementFact("ML070206017", "Tessit", "ML070106", 5, 15.22244, -0.29263)
        in villages
    )
    assert [one.id for one in villages] == ["ML070206000", "ML070206017", "ML999999001"]
    assert centres[0].name == "CSCOM Tessit"
    assert (centres[1].commune, centres[1].lat) == ("", None)


def test_the_tables_carried_here_are_in_the_form_the_build_writes():
    areas = list(tables.read_areas(tables.read(tables.AREAS)))
    assert tables.write_areas(areas) == tables.read(tables.AREAS)
    prefixes = {area.pcode: area.pcode_2015 for area in areas}
    villages = tables.read_settlements(tables.read(tables.SETTLEMENTS))
    assert tables.write_settlements(villages, prefixes) == tables.read(tables.SETTLEMENTS)
    centres = tables.read_facilities(tables.read(tables.FACILITIES))
    assert tables.write_facilities(centres) == tables.read(tables.FACILITIES)


def test_every_source_of_a_row_is_named_in_the_notice(sqlite_store):
    notice = (tables.FOLDER.parent.parent / "NOTICE").read_text(encoding="utf-8").splitlines()
    with sqlite_store.work(OPERATOR) as work:
        load_reference(work)
        for table in (Area, Settlement, Facility):
            for source in work.session.scalars(select(table.source).distinct()):
                assert source in notice

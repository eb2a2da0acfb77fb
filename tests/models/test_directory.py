"""People, organisations and coverage: who is registered, and what keeps a programme shut."""

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from models.area import Area, Facility
from models.db import Operator
from models.errors import NotFound
from models.organisation import Coverage, Organisation
from models.person import Tie
from models.services import directory, directory_files
from models.services.directory import DirectoryRefused, NewPerson, Numbers
from models.services.programme import GREEN_LINE, WOMAN_TO_TALK, put_setting
from tests.conftest import NOON

NUMBERS = Numbers(
    lambda number: f"name of {number[-4:]}", lambda number: b"sealed " + number[-4:].encode()
)
ANSONGO, TESSIT = "ML0701", "ML070106"


def area(pcode, level, parent):
    return Area(
        pcode=pcode,
        name=pcode,
        level=level,
        parent_pcode=parent,
        edition="2021",
        code_status="official",
        aliases=[],
        source="test",
    )


@pytest.fixture
def work(store):
    with store.work(Operator()) as work:
        for row in (("ML", 0, None), ("ML07", 1, "ML"), (ANSONGO, 2, "ML07"), (TESSIT, 3, ANSONGO)):
            work.session.add(area(*row))
            work.session.flush()
        for one, kind in (("cell", "cell"), ("outside", "outside"), ("ngo-a", "ngo")):
            work.session.add(Organisation(id=one, name=one, kind=kind))
        work.session.add(
            Facility(id="MLF0219", name="CSCOM Tessit", kind="cscom", quality="ok", source="test")
        )
        work.session.flush()
        yield work


def add(work, role="focal_point", phone="+22370000151", organisation="cell", **more):
    return directory.add_person(work, NewPerson(role, phone, organisation, **more), NUMBERS)


def test_a_phone_is_registered_by_pseudonym_and_sealed_number_only(work):
    person = add(work, phone="70 00 01 51", function="cell_triager", area=ANSONGO)
    assert (person.number, person.role, person.organisation_id) == ("P0001", "focal_point", "cell")
    assert (person.pseudonym, person.phone_sealed) == ("name of 0151", b"sealed 0151")
    assert (person.phone_ends, person.area_pcode) == ("151", ANSONGO)
    assert [(hat.function, hat.organisation_id, hat.area_pcode) for hat in person.hats] == [
        ("cell_triager", "cell", ANSONGO)
    ]


def test_relays_and_others_are_numbered_apart_and_no_number_is_given_twice(work):
    relay = add(work, "relay", "+22370000201", "ngo-a")
    first, second = add(work), add(work, phone="+22370000152")
    assert [relay.number, first.number, second.number] == ["R101", "P0001", "P0002"]
    directory.revoke(work, "P0002", NOON)
    assert add(work, phone="+22370000153").number == "P0003"


def test_the_same_phone_again_is_the_same_person_with_another_hat(work):
    first = add(work, function="cell_triager")
    again = add(work, function="call_back", voice="woman")
    assert again is first
    assert [(hat.function, hat.voice) for hat in first.hats] == [
        ("cell_triager", None),
        ("call_back", "woman"),
    ]
    add(work, function="call_back", voice="man")
    assert [hat.voice for hat in first.hats] == [None, "man"]
    with pytest.raises(DirectoryRefused, match=r"registered as focal_point, P0001"):
        add(work, role="relay")


def test_every_mistake_about_a_person_is_told_at_once_and_none_repeats_the_number(work):
    with pytest.raises(DirectoryRefused) as caught:
        add(
            work,
            role="boss",
            phone="7000",
            organisation="nobody",
            function="king",
            area="ML99",
            voice="low",
        )
    told = caught.value.mistakes
    assert [words.split(":")[0] for words in told] == [
        "no role boss",
        "no function king",
        "no voice low",
        "no organisation nobody",
        "no area ML99",
        "this is not a telephone number",
    ]
    assert "7000" not in str(caught.value)


def test_a_revoked_phone_is_a_strangers_and_may_be_registered_anew(work, now):
    person = add(work, function="integrity")
    directory.new_pin(work, "P0001", lambda n: 42)
    directory.revoke(work, "p0001", now)
    assert person.revoked_at == now
    assert person.pin_hash is None
    assert list(directory.people(work)) == []
    with pytest.raises(NotFound):
        directory.revoke(work, "P0001", now)
    assert add(work).number == "P0002"


def test_a_new_pin_is_four_digits_said_once_and_kept_as_argon2(work):
    person = add(work)
    person.pin_misses, person.pin_free_at = 3, NOON
    assert directory.new_pin(work, "P0001", lambda n: 42) == "0042"
    assert person.pin_hash.startswith("$argon2id$")
    assert PasswordHasher().verify(person.pin_hash, "0042")
    assert (person.pin_misses, person.pin_free_at) == (0, None)


def test_a_tie_is_noted_once_whoever_declares_it(work):
    add(work)
    add(work, phone="+22370000152")
    directory.tie(work, "P0002", "P0001")
    directory.tie(work, "P0001", "P0002")
    assert len(work.session.scalars(select(Tie)).all()) == 1
    with pytest.raises(DirectoryRefused):
        directory.tie(work, "P0001", "P0001")
    with pytest.raises(NotFound):
        directory.tie(work, "P0001", "P0009")


def test_a_programme_opens_only_with_an_outside_body_and_numbers_to_ring(work, now):
    assert [words.split(":")[0] for words in directory.ready(work)] == [
        "Nobody answers for the outside body",
        "No telephone to give to callers",
        "No telephone to give to callers",
    ]
    put_setting(work, GREEN_LINE, "+22370000301")
    put_setting(work, WOMAN_TO_TALK, "+22370000155")
    elsewhere = add(work, function="outside_body")  # a hat at the cell is not outside
    assert len(directory.ready(work)) == 1
    outside = add(work, phone="+22370000159", organisation="outside", function="outside_body")
    assert directory.ready(work) == []
    work.session.add(
        Coverage(
            organisation_id="outside", sector="food", role="pays", area_pcode=ANSONGO, since=now
        )
    )
    assert directory.ready(work) == [
        "The outside body outside works in the field itself (coverage): it cannot judge."
    ]
    directory.revoke(work, outside.number, now)
    assert len(directory.ready(work)) == 2
    assert elsewhere.revoked_at is None


def test_without_any_outside_organisation_the_programme_stays_shut(store):
    with store.work(Operator()) as work:
        assert directory.ready(work)[0].startswith("There is no outside body")


ORGANISATIONS = """\
id,name,kind,area_pcode,facility_id,pair_id
#org+code,#org+name,#org+type,#adm+code,#loc+facility+code,#org+pair+code
ngo-x,ONG X,ngo,ML0701,,ngo-y
ngo-y,"ONG Y, la deuxieme",ngo,,,ngo-a
cscom-tessit,CSCOM Tessit,cscom,ML070106,MLF0219,
"""


def test_organisations_come_in_with_pairs_named_before_they_are_known_and_go_out_the_same(work):
    assert directory_files.read(work, ORGANISATIONS, "organisations") == 3
    pairs = [work.session.get(Organisation, one).pair_id for one in ("ngo-x", "ngo-y")]
    assert pairs == ["ngo-y", "ngo-a"]
    out = directory_files.write(work, "organisations")
    assert out.splitlines()[:2] == ORGANISATIONS.splitlines()[:2]
    assert set(ORGANISATIONS.splitlines()) <= set(out.splitlines())
    assert directory_files.read(work, out, "organisations") == 6
    assert directory_files.write(work, "organisations") == out


def test_a_spreadsheet_with_semicolons_and_a_byte_order_mark_is_read(work):
    text = "\ufeffid;name;kind;area_pcode;facility_id;pair_id\r\nngo-z;ONG Z;ngo;;;\r\n\r\n"
    assert directory_files.read(work, text, "organisations") == 1
    assert work.session.get(Organisation, "ngo-z").name == "ONG Z"


def test_every_mistake_in_a_file_is_told_with_its_line_and_nothing_is_kept(work):
    text = """\
id,name,kind,area_pcode,facility_id,pair_id
ngo-x,ONG X,ngo,,,
NGO X,,club,ML99,MLF9,nobody
ngo-y,=1+1,ngo,,,ngo-y
ngo-x,ONG X,ngo,,,
"""
    with pytest.raises(DirectoryRefused) as caught:
        directory_files.read(work, text, "organisations")
    told = caught.value.mistakes
    assert [words.split(":")[0] for words in told] == ["line 3"] * 6 + ["line 4"] * 2 + ["line 5"]
    assert "said on line 2 already: ngo-x" in told[-1]
    assert work.session.get(Organisation, "ngo-x") is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "line 1: the file is empty"),
        ("id,nom,kind,area_pcode,facility_id,pair_id\n", "line 1: column 'nom' is not known"),
        ("id,kind,area_pcode,facility_id,pair_id\n", "line 1: column name is missing"),
        ("id,name,kind,area_pcode,facility_id,pair_id\nngo-x,ONG X\n", "line 2: 2 cells for 6"),
    ],
)
def test_a_file_of_another_shape_is_refused(work, text, told):
    with pytest.raises(DirectoryRefused) as caught:
        directory_files.read(work, text, "organisations")
    assert any(words.startswith(told) for words in caught.value.mistakes)


COVERAGE = """\
organisation,sector,role,area_pcode,since,until
#org+code,#sector+name,#activity+type,#adm+code,#date+start,#date+end
ngo-a,cash,sells,ML070106,2026-10-01,
ngo-a,food,distributes,ML0701,2026-09-01,2027-03-31
"""


def test_coverage_comes_in_is_changed_by_the_next_file_and_goes_out_the_same(work):
    assert directory_files.read(work, COVERAGE, "coverage") == 2
    assert directory_files.write(work, "coverage") == COVERAGE
    longer = COVERAGE.replace("2027-03-31", "2027-06-30")
    directory_files.read(work, longer, "coverage")
    assert directory_files.write(work, "coverage") == longer


def test_every_mistake_in_coverage_is_told(work):
    text = """\
organisation,sector,role,area_pcode,since,until
nobody,beauty,dances,ML99,soon,never
ngo-a,food,distributes,ML0701,2026-09-01,2026-09-01
"""
    with pytest.raises(DirectoryRefused) as caught:
        directory_files.read(work, text, "coverage")
    assert len(caught.value.mistakes) == 7
    assert caught.value.mistakes[-1] == "line 3: until is not after since"
    assert work.session.scalars(select(Coverage)).all() == []

"""`jaabi people`, `directory` and `route` as an operator types them."""

import json
import re

import pytest
from click.testing import CliRunner

from gateway import demo
from gateway.cli import commands
from models.db import Operator, Store
from models.schema import metadata
from models.services import directory
from models.vault import create_keys
from tests.models.test_routing import NUMBERS, TESSIT, found_country


@pytest.fixture
def jaabi(tmp_path, now):
    """The command, on a programme like the demo's."""
    environment = {"JAABI_HOME": str(tmp_path), "JAABI_DEMO": "off"}
    create_keys(tmp_path / "keys")
    store = Store(f"sqlite:///{tmp_path / 'jaabi.db'}")
    metadata.create_all(store.durable)
    with store.work(Operator()) as work:
        found_country(work)
        demo.populate(work, NUMBERS, now)
    store.close()

    def run(line, given=None):
        return CliRunner(env=environment).invoke(commands, line.split(), input=given)

    run.home = tmp_path
    return run


def said(result):
    assert result.exit_code == 0, result.output
    return result.output


def route(jaabi, line):
    return json.loads(said(jaabi(f"route --json {line}")))


def test_a_person_is_added_listed_given_a_pin_and_revoked(jaabi):
    line = "--role focal_point --phone 70000177 --organisation csref-ansongo --function mcd"
    number = said(jaabi(f"people add {line} --area ML0701")).strip()
    assert number == "P0302"
    assert re.fullmatch(r"\d{4}\n", said(jaabi(f"people pin {number}")))
    rows = [json.loads(row) for row in said(jaabi("people list --json")).splitlines()]
    [row] = [row for row in rows if row["person"] == number]
    assert row == {
        "person": "P0302",
        "role": "focal_point",
        "organisation": "csref-ansongo",
        "functions": ["mcd"],
        "area": "ML0701",
        "phone": "...177",
        "has_pin": True,
        "blocked": False,
    }
    assert f"{number}\tfocal_point\tcsref-ansongo\tmcd\tML0701\t...177" in said(
        jaabi("people list")
    )
    assert "is revoked" in said(jaabi(f"people revoke {number}"))
    assert number not in said(jaabi("people list"))


def test_a_lost_phone_is_blocked_and_its_person_given_another(jaabi):
    line = "--role relay --phone 70000178 --organisation ngo-a"
    number = said(jaabi(f"people add {line}")).strip()
    assert said(jaabi(f"people block {number.lower()}")) == f"{number} is blocked\n"
    assert f"{number}\trelay\tngo-a\t-\t-\t...178 blocked\n" in said(jaabi("people list"))
    assert "was reported lost" in jaabi(f"people add {line}").output
    said(jaabi("people add --role relay --phone 70000180 --organisation ngo-a"))
    taken = jaabi(f"people phone {number} --phone 70000180")
    assert (taken.exit_code, "is registered as" in taken.output) == (2, True)
    changed = said(jaabi(f"people phone {number} --phone +22370000179"))
    assert changed == f"{number} has the phone ...179\n"
    rows = [json.loads(row) for row in said(jaabi("people list --json")).splitlines()]
    assert [row["blocked"] for row in rows if row["person"] == number] == [False]
    assert jaabi("people block R9998").exit_code == 2


def test_the_whole_number_is_never_shown_nor_kept(jaabi):
    jaabi("people add --role relay --phone +22370000277 --organisation ngo-a")
    listed = said(jaabi("people list --json"))
    assert "0000277" not in listed
    for file in jaabi.home.glob("jaabi.db*"):
        assert b"70000277" not in file.read_bytes()


def test_what_is_wrong_is_said_in_words_with_exit_code_2(jaabi):
    result = jaabi("people add --role relay --phone 12 --organisation nobody --function king")
    assert result.exit_code == 2
    for words in ("no organisation nobody", "no function king", "not a telephone number"):
        assert words in result.output
    assert jaabi("people pin P9998").exit_code == 2
    assert jaabi("people add --role boss --phone 1 --organisation cell").exit_code == 2
    assert jaabi("route --kind complaint --category 12 --area ML99").exit_code == 2
    assert "no area ML99" in jaabi("route --kind complaint --category 12 --area ML99").output


def test_a_tie_bars_from_the_next_case_on(jaabi):
    said(jaabi("people tie P0151 P0121"))
    said(jaabi("people tie P0152 P0121"))
    asked = route(jaabi, f"--kind complaint --category 12 --area {TESSIT} --about ngo-a")
    assert asked["person"] == "P0122"


def test_the_directory_goes_out_and_comes_in(jaabi, tmp_path):
    for what in ("organisations", "coverage"):
        file = tmp_path / f"{what}.csv"
        said(jaabi(f"directory export {what} {file}"))
        rows = len(file.read_text().splitlines()) - 2
        assert said(jaabi(f"directory import {what} {file}")) == f"{rows} rows\n"
        assert said(jaabi(f"directory export {what} -")) == file.read_text()


def test_a_file_with_mistakes_changes_nothing_and_tells_each_line(jaabi, tmp_path):
    file = tmp_path / "coverage.csv"
    before = said(jaabi("directory export coverage -"))
    file.write_text(before + "ngo-a,beauty,distributes,ML0701,2026-01-01,\nnobody,food\n")
    result = jaabi(f"directory import coverage {file}")
    assert result.exit_code == 2
    file.write_text(before + "ngo-a,beauty,dances,ML0701,2026-01-01,\n")
    result = jaabi(f"directory import coverage {file}")
    assert result.exit_code == 2
    line = len(before.splitlines()) + 1
    assert f"line {line}: sector 'beauty'" in result.output
    assert f"line {line}: role 'dances'" in result.output
    assert said(jaabi("directory export coverage -")) == before


def test_routing_is_answered_in_the_words_of_the_contract(jaabi):
    asked = route(jaabi, f"--kind complaint --category 12 --area {TESSIT} --about ngo-a")
    assert (asked["organisation"], asked["function"], asked["person"], asked["class"]) == (
        "cell",
        "cell_triager",
        "P0151",
        "C4",
    )
    assert asked["why"][0].startswith("Regle 1:")
    assert any(words.startswith("P0121 ") for words in asked["barred"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", asked["due_at"])


@pytest.mark.parametrize(
    ("line", "person", "rule"),
    [
        ("--kind complaint --category 12 --area 6143", "P0151", "Regle 1"),
        ("--kind complaint --category 21 --area 6143 --about cscom-tessit", "P0111", "Regle 7"),
        ("--kind complaint --category 21 --area 6143 --about MLF0219", "P0111", "Regle 7"),
        ("--kind complaint --category 21 --area 6143 --about cscom_head", "P0111", "Regle 7"),
        ("--kind complaint --category 21 --area 6143 --about csref-ansongo", "P0161", "Regle 10"),
        ("--kind complaint --category 21 --area 6143 --about P0111", "P0161", "Regle 7"),
        ("--kind complaint --category 21 --area 6143 --about mcd@ML0701", "P0161", "Regle 7"),
        ("--kind complaint --category 12 --area 6143 --about sldses-ansongo", "P0151", "Regle 3"),
        ("--kind complaint --category 16 --area 6143 --about chief", "P0153", "Regle 4"),
        ("--kind complaint --category 91 --area 6143 --about P0153", "P0159", "Regle 4"),
        ("--kind alert --category 61 --area ML0701", "P0141", "Regle 19"),
        ("--kind complaint --category 64 --area ML0701", "P0143", "Regle 5"),
        ("--kind call_back --category 8", "P0151", "Regle 28"),
        ("--kind complaint --category 12", "P0151", "Regle 26"),
    ],
)
def test_one_may_ask_about_an_organisation_a_centre_a_function_or_a_person(
    jaabi, line, person, rule
):
    asked = route(jaabi, line)
    assert asked["person"] == person
    assert asked["why"][0].startswith(f"{rule}:")


def test_without_json_the_reasons_are_read_as_sentences(jaabi):
    told = said(jaabi("route --kind complaint --category 21 --area 6143 --about cscom-tessit"))
    assert told.startswith("Regle 7: centre de sante, premier bureau MCD, CSRef Ansongo\n")
    assert "-> P0111 (mcd, csref-ansongo)" in told
    assert "ecarte: P0101 (chef du CSCOM, CSCOM Tessit): son organisation est en cause" in told


def test_a_category_or_an_accused_that_does_not_exist_is_refused(jaabi):
    assert "no category 99" in jaabi("route --kind complaint --category 99").output
    unknown = jaabi("route --kind complaint --category 12 --about martians")
    assert unknown.exit_code == 2
    assert "martians is no organisation, facility, function or person" in unknown.output


def test_everybody_of_the_demo_is_called_by_a_function_of_the_policy(jaabi):
    store = Store(f"sqlite:///{jaabi.home / 'jaabi.db'}")
    with store.work(Operator()) as work:
        functions = {hat.function for one in directory.people(work) for hat in one.hats}
    store.close()
    assert {"mcd", "meal", "integrity", "outside_body", "relay"} <= functions


def test_the_last_one_who_judges_from_outside_stays(jaabi):
    refused = jaabi("people revoke P0159")
    assert refused.exit_code == 2
    assert "the programme would not be open any more" in refused.output
    assert "Nobody answers for the outside body" in refused.output
    line = "--role focal_point --phone 70000179 --organisation outside --function outside_body"
    said(jaabi(f"people add {line}"))
    assert "is revoked" in said(jaabi("people revoke P0159"))


def test_a_lost_phone_of_the_outside_body_is_blocked_all_the_same_and_told(jaabi):
    told = said(jaabi("people block P0159"))
    assert told.startswith("P0159 is blocked\nNobody answers for the outside body")


def test_an_outside_body_that_would_work_in_the_field_is_not_taken_in(jaabi):
    rows = said(jaabi("directory export coverage -"))
    head = rows.splitlines()[0].split(",")
    own = {"organisation": "outside", "sector": "food", "role": "distributes"}
    own |= {"area_pcode": TESSIT, "area": TESSIT, "since": "2026-01-01"}
    line = ",".join(own.get(name, "") for name in head)
    refused = jaabi("directory import coverage -", f"{rows}{line}\n")
    assert refused.exit_code == 2
    assert "works in the field itself" in refused.output
    assert "outside" not in said(jaabi("directory export coverage -"))


def test_names_of_people_are_noted_told_and_forgotten(jaabi):
    assert said(jaabi("people known-as P0111 Moussa")) == "Moussa\n"
    assert said(jaabi("people known-as p0111 Vieux")) == "Moussa\nVieux\n"
    assert said(jaabi("people known-as P0111 --forget")) == ""
    refused = jaabi("people known-as P0111 Al")
    assert refused.exit_code == 2
    assert "three letters at least" in refused.output

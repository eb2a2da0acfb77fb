"""Answers given often: offered where they fit, kept honest, added and retired by the cell."""

import re

from flows.promises import promised
from models.db import Job
from models.services import answer_templates
from tests.conftest import NOON


def names(console, category, language):
    with console.store.reading(Job("test")) as work:
        return [one.name for one in answer_templates.offered(work, category, language)]


def seeded(console):
    with console.store.work(Job("test")) as work:
        return answer_templates.seed(work, NOON)


def test_what_a_programme_begins_with_promises_nothing_and_fits_two_screens(console):
    assert seeded(console) == len(answer_templates.first())
    assert seeded(console) == 0
    for one in answer_templates.first():
        assert promised(one["text"], one["language"]) == []
        assert len(one["name"]) <= answer_templates.LONGEST_NAME
        assert one["language"] in {"fr", "en"}
    languages = {one["language"] for one in answer_templates.first()}
    assert languages == {"fr", "en"}


def test_the_nearest_stand_first_in_the_speakers_language_before_french(console):
    seeded(console)
    offered = names(console, "12", "fr")
    assert offered[0] == "Pas assez: on pèse"
    assert "Forage en panne" not in offered
    english = names(console, "12", "en")
    assert english[0] == "The quantities are checked"
    assert "Pas assez: on pèse" in english


def test_the_cell_adds_and_retires_and_others_only_look(console):
    triager = console.as_role("triager")
    new = {"name": "Essai", "category": "41", "language": "fr", "text": "La pompe est vue."}
    assert triager.post("/modeles", data=new).status_code == 303
    assert names(console, "41", "fr") == ["Essai"]
    page = console.as_role("focal_point", function="meal").get("/modeles").text
    assert "La pompe est vue." in page
    assert "/retirer" not in page
    retire = re.search(r'action="(/modeles/\d+/retirer)"', triager.get("/modeles").text).group(1)
    assert console.as_role("gbv").post(retire).status_code == 404
    assert triager.post(retire).status_code == 303
    assert names(console, "41", "fr") == []
    assert triager.post(retire).status_code == 404


def test_a_promise_nobody_can_keep_is_refused_beside_its_field(console):
    new = {"name": "Essai", "category": "", "language": "fr", "text": "Vous recevrez un sac."}
    page = console.as_role("triager").post("/modeles", data=new)
    assert page.status_code == 422
    assert "Personne ne peut tenir cette promesse : « vous recevrez »" in page.text
    assert "Vous recevrez un sac.</textarea>" in page.text
    number = console.as_role("supervisor").post(
        "/modeles", data={**new, "text": "Appelez le 70 00 01 01."}
    )
    assert "Aucun numéro" in number.text

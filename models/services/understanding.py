"""The effect behind a free SMS: what it is about, whom it concerns, where."""

from collections.abc import Mapping
from typing import Any

from flows import sensitivity, understanding
from flows.places import Place, choices
from models.db import Work
from models.services.filing import accuses_nobody
from models.services.programme import programme_areas
from models.services.routing import where
from models.services.scene import EffectFunction, Outcome, Scene
from models.services.sensing import listen, sense

SHOWN = 2  # places offered in one SMS (T15)


def understand(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """Guess category, who and place from free words. A guess never loses the words.

    Outcomes: sensitive, nonsense (neither topic nor place), place_one, place_many, place_none.
    """
    words = str(answers["words"])
    found = scene.house.places(work).in_text(words, programme_areas(work))
    guess = understanding.suggested(listen(work, scene.house, words).said)
    category, about = guess.category or "8", guess.about or "unknown"
    place = found[0].ref if len(found) == 1 else ""
    sensed = sense(work, scene.house, words, where(work, place)[0])
    danger = sensed.compartment(accusing=not accuses_nobody("complaint", category, about))
    if danger is not None:
        if sensitivity.class_of(category, about) != danger:
            category = sensitivity.CATEGORY_OF[danger]
        return Outcome("sensitive", {"category": category, "about": about, "place": place})
    if guess.category is None and not found:
        return Outcome("nonsense")
    return _placed({"category": category, "about": about}, found)


def _placed(values: dict[str, Any], found: list[Place]) -> Outcome:
    if not found:
        return Outcome("place_none", values)
    lines = choices(found[:SHOWN])
    if len(lines) == 1:
        [one] = lines
        values |= {"place": one["value"], "place_name": one["name"], "cercle_name": one["cercle"]}
        return Outcome("place_one", values)
    return Outcome("place_many", {**values, "places": lines})


UNDERSTANDING_EFFECTS: Mapping[str, EffectFunction] = {"understand": understand}

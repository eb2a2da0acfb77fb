"""The picture of the conversations: well formed, every state on it, each way on drawn."""

import re
from xml.etree import ElementTree

import pytest

from flows.drawing import draw, names
from flows.drawing_cards import LETTER_W
from flows.loader import load, load_from
from flows.words import Flows
from tests.flows.definition_files import changed_files

FLOWS = load()
SVG = "{http://www.w3.org/2000/svg}"


def parsed(flows: Flows, flow: str = "") -> ElementTree.Element:
    return ElementTree.fromstring(draw(flows, flow))  # noqa: S314 our own picture


def test_every_state_stands_on_the_picture():
    picture = parsed(FLOWS)
    told = " ".join(one.text or "" for one in picture.iter(f"{SVG}text"))
    assert all(at in told for at in FLOWS.nodes)
    assert len(list(picture.iter(f"{SVG}rect"))) == len(FLOWS.nodes)


def test_no_two_boxes_stand_on_one_another():
    picture = parsed(FLOWS)
    corners = [(one.get("x"), one.get("y")) for one in picture.iter(f"{SVG}rect")]
    assert len(set(corners)) == len(corners)


def inside(inner, outer):
    return (
        outer[0] <= inner[0]
        and outer[1] <= inner[1]
        and inner[0] + inner[2] <= outer[0] + outer[2]
        and inner[1] + inner[3] <= outer[1] + outer[3]
    )


def boxes(picture):
    return [
        tuple(int(one.get(side)) for side in ("x", "y", "width", "height"))
        for one in picture.iter(f"{SVG}rect")
    ]


def letters(one):
    """Return the room that a text takes: ten pixels high, six wide a letter."""
    width = len(one.text) * LETTER_W
    left = int(one.get("x")) - (width if one.get("class") == "to" else 0)
    return left, int(one.get("y")) - 9, width, 11


@pytest.mark.parametrize("flow", names(FLOWS))
def test_each_flow_has_a_page_on_which_no_words_run_over(flow):
    picture = parsed(FLOWS, flow)
    whole = (0, 0, int(picture.get("width")), int(picture.get("height")))
    assert 0.5 < whole[2] / whole[3] < 4
    cards = boxes(picture)
    assert all(inside(card, whole) for card in cards)
    for one in cards:
        assert sum(touch(one, other) for other in cards) == 1
    texts = [one for one in picture.iter(f"{SVG}text") if one.get("class") != "flow"]
    for one in texts:
        assert sum(inside(letters(one), card) for card in cards) == 1, one.text
    rows = [letters(one) for one in texts]
    for one in rows:
        assert sum(touch(one, other) for other in rows) == 1


def touch(one, other):
    return (
        one[0] < other[0] + other[2]
        and other[0] < one[0] + one[2]
        and one[1] < other[1] + other[3]
        and other[1] < one[1] + one[3]
    )


def test_no_line_crosses_a_card():
    """Lines stay in the gap between two columns."""
    for flow in names(FLOWS):
        picture = parsed(FLOWS, flow)
        edges = {card[0] + card[2] for card in boxes(picture)}
        for line in picture.iter(f"{SVG}path"):
            numbers = [float(one) for one in re.findall(r"-?\d+", line.get("d"))]
            assert numbers[0] in edges
            assert max(numbers[0::2]) <= numbers[0] + 70 or "h" in line.get("d")


def test_a_way_more_is_a_line_more():
    def lines(flows):
        return len(list(parsed(flows).iter(f"{SVG}path")))

    files = changed_files("follow_up.yaml", "      - {text: Oui, to: satisfied}\n", "")
    assert lines(load_from(files)) == lines(FLOWS) - 1


def test_signs_of_a_text_do_not_break_the_picture():
    files = changed_files("complaint.yaml", "text: Quel probleme?", 'text: "<Quel & probleme>"')
    assert "&lt;Quel &amp; probleme&gt;" in draw(load_from(files))


def test_states_that_nothing_leads_to_are_drawn_too():
    files = changed_files("menu.yaml", "  bye:\n", "  alone: {end: Seul}\n  bye:\n")
    assert "menu.alone" in draw(load_from(files))

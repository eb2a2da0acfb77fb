"""The picture of the conversations: well formed, every state on it, each way on drawn."""

from xml.etree import ElementTree

from flows.drawing import draw
from flows.loader import load, load_from
from flows.words import Flows
from tests.flows.definition_files import changed_files

FLOWS = load()
SVG = "{http://www.w3.org/2000/svg}"


def parsed(flows: Flows) -> ElementTree.Element:
    return ElementTree.fromstring(draw(flows))  # noqa: S314 our own picture


def test_every_state_stands_on_the_picture():
    picture = parsed(FLOWS)
    told = " ".join(one.text or "" for one in picture.iter(f"{SVG}text"))
    assert all(at in told for at in FLOWS.nodes)
    assert len(list(picture.iter(f"{SVG}rect"))) == len(FLOWS.nodes)


def test_no_two_boxes_stand_on_one_another():
    picture = parsed(FLOWS)
    corners = [(one.get("x"), one.get("y")) for one in picture.iter(f"{SVG}rect")]
    assert len(set(corners)) == len(corners)


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

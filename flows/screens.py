"""What a state shows: its text, its options numbered for these answers, its way on and out."""

from collections.abc import Mapping
from typing import Any

from flows.texts import fill
from flows.words import Each, Json, Menu, Option, Pages, Screen, State

Answers = Mapping[str, Json]


def compose(screen: Screen) -> str:
    """Return the whole text of a screen, its values put in, one option a line."""
    lines = [f"{key} {text}" if key else text for key, text in screen.lines]
    return fill("\n".join([screen.text, *lines] if screen.text else lines), screen.values)


def page_screen(node: Pages, state: State) -> Screen:
    """Return the page of a text where ``state`` stands."""
    lines = []
    if node.next is not None or state.page + 1 < pages(node, state.answers):
        lines.append(("9", node.more))
    if node.zero is not None:
        lines.append(("0", node.zero.text))
    return Screen(node.at, f"{{{node.of}.{state.page}}}", tuple(lines), state.answers)


def menu_screen(node: Menu, state: State) -> Screen:
    """Return the question with the options that these answers leave, numbered."""
    lines = [(number, option.text) for number, option in listed(node, state) if option.text]
    if node.hint:
        lines.append(("", node.hint))
    if node.next is not None:
        lines.append(("9", node.next.text))
    elif state.page + 1 < pages(node, state.answers):
        lines.append(("9", node.more))
    if node.zero is not None:
        lines.append(("0", node.zero.text))
    return Screen(node.at, node.text, tuple(lines), state.answers)


def listed(node: Menu, state: State) -> list[tuple[str, Option]]:
    """Return each option of this screen with the key that chooses it."""
    found = _items_listed(node.each, state) if node.each is not None else []
    number = len(found)
    for option in node.options:
        if _hidden(option, state.answers):
            continue
        if not option.key:
            number += 1
        found.append((option.key or str(number), option))
    return found


def pages(node: Menu | Pages, answers: Answers) -> int:
    """Return how many pages the list of this state has."""
    if isinstance(node, Pages):
        return len(_items(answers, node.of))
    if node.each is None:
        return 1
    return -(-len(_items(answers, node.each.of)) // node.each.size)


def _items_listed(each: Each, state: State) -> list[tuple[str, Option]]:
    first = state.page * each.size
    found = []
    for index, item in enumerate(_items(state.answers, each.of)[first : first + each.size]):
        text = each.text.replace("#", f"{each.of}.{first + index}")
        found.append((str(index + 1), Option(each.to, text, sets={each.keep: item["value"]})))
    return found


def _hidden(option: Option, answers: Answers) -> bool:
    if option.when and not answers.get(option.when):
        return True
    return bool(option.unless and answers.get(option.unless))


def _items(answers: Answers, name: str) -> list[Any]:
    found = answers.get(name)
    return found if isinstance(found, list) else []

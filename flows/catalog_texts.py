"""Which texts a state has, each under a name of its own, and how others take their place.

A text is named by its state and which of its texts it is: ``menu.main`` asks, ``menu.main/1`` is
its first choice, ``/9`` and ``/0`` the lines on and out, ``/more`` the line to the next page,
``/each`` a line made of a list, ``/hint`` the remark. ``call_back.hour/1:when`` is words that a
choice puts into a later screen. ``messages.receipt`` is the SMS text of that name; a state that
says it has no text of its own. What is made of values alone is the same in every language.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from flows.texts import names
from flows.words import Act, Each, End, Flows, Fork, Json, Menu, Node, Option, Pages

Say = Callable[[str, str], str]
_ITEM, _PLAIN = "{#.", "{"
_VALUE = re.compile(r"\{[^{}]*\}")


def texts_of(node: Node, shown: frozenset[str]) -> dict[str, str]:
    """Return the texts of a state by their names."""
    found: dict[str, str] = {}

    def note(name: str, text: str) -> str:
        found[name] = text
        return text

    respelt(node, shown, note)
    return found


def respelt(node: Node, shown: frozenset[str], say: Say) -> Node:
    """Return a state with each of its texts as ``say(name, text)`` gives it.

    ``shown`` are the values that some text shows: what a state sets them to is a text too.
    """

    def words(name: str, text: str) -> str:
        return say(name, text) if has_words(text) else text

    return _respelt(node, shown, words)


def _respelt(node: Node, shown: frozenset[str], say: Say) -> Node:
    if isinstance(node, Act | Fork):
        return replace(node, sets=_sets(node.at, node.sets, shown, say))
    own = f"messages.{node.traits.message}" if node.traits.message else node.at
    if isinstance(node, End):
        return replace(node, text=say(own, node.text))
    if isinstance(node, Pages):
        return replace(
            node,
            next=_line(node.at, "9", node.next, say),
            more=say(f"{node.at}/more", node.more),
            zero=_line(node.at, "0", node.zero, say),
        )
    return _menu(node, own, shown, say)


def shown_values(flows: Flows) -> frozenset[str]:
    """Return the names of all values that a screen shows."""
    return frozenset().union(*(values_of(node) for node in flows.nodes.values()))


def values_of(node: Node) -> frozenset[str]:
    """Return the names of the values that this state shows."""
    texts: list[str] = []

    def note(_name: str, text: str) -> str:
        texts.append(text)
        return text

    _respelt(node, frozenset(), note)
    return frozenset(name.partition(".")[0] for text in texts for name in names(text))


def _menu(node: Menu, own: str, shown: frozenset[str], say: Say) -> Menu:
    return replace(
        node,
        text=say(own, node.text),
        each=_each(node.at, node.each, say),
        options=tuple(_options(node.at, node.options, shown, say)),
        hint=say(f"{node.at}/hint", node.hint),
        next=_line(node.at, "9", node.next, say),
        more=say(f"{node.at}/more", node.more) if node.each is not None else node.more,
        zero=_line(node.at, "0", node.zero, say),
    )


def _each(at: str, each: Each | None, say: Say) -> Each | None:
    if each is None:
        return None
    text = say(f"{at}/each", each.text.replace(_ITEM, _PLAIN))
    return replace(each, text=text.replace(_PLAIN, _ITEM))


def _options(
    at: str, options: Iterable[Option], shown: frozenset[str], say: Say
) -> Iterable[Option]:
    for number, option in enumerate(options, 1):
        name = f"{at}/{number}"
        yield replace(
            option, text=say(name, option.text), sets=_sets(name, option.sets, shown, say)
        )


def _line(at: str, key: str, line: Option | None, say: Say) -> Option | None:
    return None if line is None else replace(line, text=say(f"{at}/{key}", line.text))


def _sets(
    name: str, sets: Mapping[str, Json], shown: frozenset[str], say: Say
) -> Mapping[str, Json]:
    return {
        value: say(f"{name}:{value}", text) if value in shown and _is_words(text) else text
        for value, text in sets.items()
    }


def _is_words(text: Json) -> bool:
    return isinstance(text, str) and "{" not in text


def has_words(text: str) -> bool:
    """Tell whether a text says anything beside its values."""
    return any(sign.isalpha() for sign in _VALUE.sub("", text))

"""Texts sent outside a dialogue, and how values are put into a text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_VALUE = re.compile(r"\{([a-z0-9_.]+)\}")


@dataclass(frozen=True, slots=True)
class Message:
    """One SMS text: its words, its name in the field guide, file and line, for whom, segments."""

    text: str
    label: str = ""
    where: str = ""
    staff: bool = False
    parts: int = 1


@dataclass(frozen=True, slots=True)
class Texts:
    """The SMS texts that are no screens, by name, and the words that no text may hold."""

    messages: Mapping[str, Message]
    forbidden: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def say(self, name: str, **values: Any) -> str:
        """Return the text ``name`` with its values put in. Raises KeyError for an unknown name."""
        return fill(self.messages[name].text, values)


def fill(template: str, values: Mapping[str, Any]) -> str:
    """Return ``template`` with each ``{name}`` or ``{list.2.name}`` replaced, once.

    Braces inside a value stay what they are; a missing value leaves nothing.
    """
    if "{" not in template:
        return template
    return _VALUE.sub(lambda found: _value(found.group(1), values), template)


def names(template: str) -> list[str]:
    """Return the names of the values a text wants, in order."""
    return _VALUE.findall(template)


def _value(path: str, values: Any) -> str:
    found: Any = values
    for part in path.split("."):
        if isinstance(found, Mapping):
            found = found.get(part)
        elif isinstance(found, list) and part.isdigit() and int(part) < len(found):
            found = found[int(part)]
        else:
            return ""
    return "" if found is None else str(found)

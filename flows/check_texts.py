"""Proves that every text can be sent, fits with its longest values, and promises nothing false."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flows import gsm7
from flows.finding import Finding
from flows.promises import promised
from flows.rendering import ANSWER_LIMIT, SCREEN_LIMIT, fits
from flows.texts import fill, names
from flows.words import End, Flows, Json, Menu, Pages

# Longest values in characters (field guide, 4: place 23, organisation 20, code, date, phone).
LONGEST: Mapping[str, int] = {
    "usd": len("*12345#*1"),
    "place": 23,
    "place_name": 23,
    "last_name": 23,
    "found_name": 23,
    "facility_name": 23,
    "cercle_name": 14,
    "org": 20,
    "place2": 23,
    "n2": 7,
    "band": len("moins de 15 ans"),
    "wish": len("conseil"),
    "relay": len("R1280"),
    "product": 4,
    "reason": 1,
    "month": len("de septembre"),
    "state": len("passee au centre"),
    "age": 2,
    "ages": len("15-19"),
    "quantity": 5,
    **dict.fromkeys(("arrived", "served", "waiting"), 3),
    "codes": len("4732212 30 j, ") * 4 - 2,
    "c6": len("48 21 73"),
    "c6b": len("06 15 49"),
    "date": len("28/11"),
    "n": 7,
    "number": 7,
    "k": 3,
    "agent": 5,
    "phone_ends": 3,
    "pin_given": 4,
    "k_codes": 3,
    "when": len("apres-midi, une femme"),
    "sentence": len("Recu, pas encore lu."),
    "facts": len("evacuation pas remboursee"),
    "sources": len("12 sources"),
    "sent_away": len("123 personnes renvoyees"),
    "who": len("ne sait pas"),
    "fee": 22,
    "hours": len("heures pas connues"),
    "words": 200,
    "word": 20,
    "slip": 2,
    "slips": len("08, 09, 10"),
    "what": len("evacuation pas remboursee, F 34"),
    "list": 80,
    "alert_facts": len("Beaucoup de malades, plus de 200 menages, cette semaine"),
    "event": len("beaucoup de malades"),
    "size": len("99999 personnes env."),
    "since": len("cette semaine"),
    "sick": len("enfant malade"),
    "decision": 60,
    **dict.fromkeys(("tel", "tel2"), len("70000101")),
    "verb": len("ORIENTE"),
    "verbs": len("VENUE, DONNE, PAS, ORIENTE, STOCK, LISTE, VOIR, PRIS, DIRE, FINI, RENVOI, PERDU"),
    "example": len("LV 07 6143 12 F34"),
    "kind": len("une demande"),
    **dict.fromkeys(("tel_green", "tel_centre", "tel_cercle", "tel_woman"), len("+22370000101")),
}
_ITEM: Mapping[str, int] = {"name": 23, "cercle": 14, "value": 16}
_ITEMS: Mapping[str, Mapping[str, int]] = {
    **dict.fromkeys(("communes", "places", "facilities"), _ITEM),
    "cercles": {**_ITEM, "name": 14},
    "orgs": {**_ITEM, "name": 20},
    "takers": {**_ITEM, "name": 20},
    "referrals": {"name": len("4732212: pas encore passee"), "value": 7},
    "languages": {"name": len("Bamanankan"), "value": 3},
    "phones": {**_ITEM, "name": len("R1281")},
    "items": {**_ITEM, "name": len("1573612 avant 28/11")},
}
_VALUES: Mapping[str, Json] = {
    **{name: "x" * size for name, size in LONGEST.items()},
    **{
        name: [{field: "x" * size for field, size in sizes.items()}] * 8
        for name, sizes in _ITEMS.items()
    },
}
# Lists that never have a second page.
AT_MOST: Mapping[str, int] = {"places": 3, "orgs": 3, "facilities": 3, "languages": 7}
CHOICES = 8


@dataclass(frozen=True, slots=True)
class Measured:
    """One text as it is at its longest, with its septets (None when GSM-7 cannot carry it)."""

    name: str
    label: str
    text: str
    septets: int | None


def check(flows: Flows, limit: int = SCREEN_LIMIT) -> list[Finding]:
    """Return every text that cannot be sent, does not fit, or says what may not be said.

    ``limit``: the septets of a screen. A language that needs other letters is counted in theirs.
    """
    found: list[Finding] = []
    for node in flows.nodes.values():
        if isinstance(node, Menu | Pages | End):
            found += _state(flows, node, limit)
    for name, message in flows.texts.messages.items():
        sendable = _sendable(message.text, message.parts, wide=flows.wide)
        says = [*sendable, *_unknown(message.text)]
        says += _forbidden(flows, message.text, staff=message.staff)
        found += [Finding(message.where, f"message {name}: {one}") for one in says]
    return found


def measure(flows: Flows) -> list[Measured]:
    """Return every screen and message with its longest values, screens first."""
    screens = [node for node in flows.nodes.values() if isinstance(node, Menu | Pages | End)]
    found = [_measured(node.at, node.traits.label, longest(node)) for node in screens]
    for name, message in flows.texts.messages.items():
        text = fill(message.text, _VALUES)
        found.append(_measured(name, message.label, text))
    return found


def longest(node: Menu | Pages | End) -> str:
    """Return a screen as it is at its longest, every option shown."""
    if isinstance(node, Pages):
        return "\n".join(["x" * ANSWER_LIMIT, *_ways(node)])
    if isinstance(node, End):
        return fill(node.text, _VALUES)
    texts = [*_item_texts(node), *(one.text for one in node.options if one.text)]
    choices = [f"{number} {text}" for number, text in enumerate(texts, 1)]
    hint = [node.hint] if node.hint else []
    title = [node.text] if node.text else []
    return fill("\n".join([*title, *choices, *hint, *_ways(node)]), _VALUES)


def _ways(node: Menu | Pages) -> list[str]:
    each = node.each if isinstance(node, Menu) else None
    more = isinstance(node, Pages) or (each is not None and each.size < AT_MOST.get(each.of, 99))
    following = node.next.text if node.next is not None else node.more
    lines = [f"9 {following}"] if more or node.next is not None else []
    return [*lines, f"0 {node.zero.text}"] if node.zero is not None else lines


def _item_texts(node: Menu) -> list[str]:
    each = node.each
    if each is None:
        return []
    return [each.text.replace("#", f"{each.of}.{index}") for index in range(each.size)]


def _measured(name: str, label: str, text: str) -> Measured:
    return Measured(name, label, text, gsm7.septets(text))


def _state(flows: Flows, node: Menu | Pages | End, limit: int) -> list[Finding]:
    says = list(_sendable_screen(node, limit, wide=flows.wide))
    if not isinstance(node, Pages):
        plain = "\n".join(_templates(node))
        says += [*_unknown(plain), *_forbidden(flows, plain, staff=node.traits.staff)]
    if isinstance(node, Menu):
        says += _numbers(node)
    return [Finding(node.traits.where, f"{node.at}: {one}") for one in says]


def _sendable_screen(node: Menu | Pages | End, limit: int, *, wide: bool) -> Iterator[str]:
    text = longest(node)
    size = gsm7.septets(text)
    if size is None and not wide:
        yield "a sign that GSM-7 does not have"
    elif not fits(text, limit):
        longest_size = (
            f"{gsm7.units(text)} letters of 16 bits" if size is None else f"{size} septets"
        )
        yield f"{longest_size} at its longest, {limit} fit"
    listed = isinstance(node, Menu) and node.each is not None
    if isinstance(node, Menu | End) and not node.text.strip() and not listed:
        yield "no text"


def _sendable(text: str, parts: int, *, wide: bool) -> Iterator[str]:
    whole = fill(text, _VALUES)
    if gsm7.septets(whole) is None and not wide:
        yield "a sign that GSM-7 does not have"
    elif gsm7.segments(whole) > parts:
        yield f"{gsm7.segments(whole)} segments at its longest, {parts} allowed"
    if not text.strip():
        yield "no text"


def _templates(node: Menu | End) -> list[str]:
    if isinstance(node, End):
        return [node.text]
    lines = (node.next, node.zero)
    ways = [one.text for one in lines if one is not None]
    options = [one.text for one in node.options]
    return [node.text, node.hint, *_item_texts(node), *options, *ways]


def _unknown(text: str) -> Iterator[str]:
    for name in names(text):
        if not fill(f"{{{name}}}", _VALUES):
            yield f"nobody knows how long {{{name}}} may be"
    if set("{}") & set(fill(text, _VALUES)):
        yield "a brace that is no value"


def _forbidden(flows: Flows, text: str, *, staff: bool) -> Iterator[str]:
    lists = flows.texts.forbidden
    words = [*lists.get("everywhere", ()), *(() if staff else lists.get("speakers", ()))]
    for word in words:
        if word in text.casefold():
            yield f"'{word}' is not said"
    for promise in [] if staff else promised(text, flows.language):
        yield f"nobody can keep '{promise}'"


def _numbers(node: Menu) -> Iterator[str]:
    size = node.each.size if node.each is not None else 0
    numbered = size + sum(1 for option in node.options if not option.key)
    if numbered > CHOICES:
        yield f"{numbered} choices, {CHOICES} at most"
    keys = [option.key for option in node.options if option.key]
    taken = [*(str(number) for number in range(1, numbered + 1)), *keys]
    if len(set(taken)) != len(taken):
        yield "two options have the same key"
    for option in node.options:
        if option.key and option.text:
            yield f"the key {option.key} is written by hand, so a gap could come"
        if not option.key and not option.text:
            yield "an option without text needs a key"
        told = re.search(rf"\b{re.escape(option.key)}\b", node.text) if option.key else None
        if option.key and node.traits.sms and not told:
            yield f"the text does not tell the key {option.key}"

"""USSD by aggregators over HTTP: one adapter for all, each of them a Shape (ussd_shapes.py).

None of them signs its requests, so the secret path part is checked by the router.
"""

import json
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from flows.msisdn import normalise
from gateway.channels.base import (
    Answer,
    Carries,
    MalformedWebhook,
    Method,
    Outbound,
    Phase,
    Posted,
    Press,
    SendFailed,
    WebhookRequest,
)
from gateway.channels.forms import read_form, short
from gateway.channels.ussd_shapes import Shape

USSD_SEPTETS = 160  # operators cut somewhere between 160 and 182
LONGEST_ID = 80
SHORTEST_ABROAD = 10  # digits of a number with its country: fewer is a short code
DEEPEST = 3  # fields in fields that an answer gives back
DONE = Answer(200, "text/plain; charset=utf-8", "")


class UssdHttp:
    """One code at a USSD aggregator. Keeps no state between calls and takes no texts.

    ``service_code`` is what people dial; a channel that is ``strict`` refuses other codes.
    """

    septets = USSD_SEPTETS
    carries: Carries | None = None

    def __init__(self, name: str, shape: Shape, *, service_code: str, strict: bool = False) -> None:
        self.name = name
        self._shape = shape
        self._code = _bare(service_code)
        self._strict = strict
        method: Method = "GET" if shape.spoken == "query" else "POST"
        self.hooks: Mapping[str, Method] = {"ussd": method}

    def __repr__(self) -> str:
        return f"UssdHttp({self.name!r})"

    def read(self, request: WebhookRequest) -> Posted:
        """See Channel.read."""
        shape, fields = self._shape, _fields(self._shape, request)
        said, code = _text(fields, shape.said), _text(fields, shape.code)
        typed = _text(fields, shape.typed) if shape.typed else None
        phase = _phase(shape, fields, said if typed is None else typed)
        if phase == "begin" and typed is None:
            said = self._beyond(said, code)
        self._refuse_others(code)
        return Press(
            sender=_number(_text(fields, shape.number)),
            session=_session(shape, fields),
            phase=phase,
            typed=typed,
            said=said if typed is None else None,
            mark=short(_text(fields, shape.mark), LONGEST_ID) or None,
            echo={to: _copied(fields, name) for to, name in shape.echo.items()},
        )

    def screen(self, text: str, *, over: bool, press: Press) -> Answer:
        """See Channel.screen."""
        shape = self._shape
        if shape.replies == "con":
            return Answer(200, "text/plain; charset=utf-8", ("END " if over else "CON ") + text)
        answer = {**press.echo, **(shape.over if over else shape.goes_on), shape.screen: text}
        if shape.replies == "xml":
            return Answer(200, "text/xml; charset=utf-8", _xml(_nested(answer)))
        return Answer(200, "application/json", json.dumps(_nested(answer)))

    def thanks(self, posted: Posted) -> Answer:
        """See Channel.thanks."""
        del posted  # only the end of a session is thanked for, and nobody reads it
        return DONE

    def send(self, out: Outbound) -> str:
        """See Channel.send: nothing leaves by here, and nobody asks it to."""
        del out
        raise SendFailed("takes no texts", again=False, elsewhere=True)

    def _beyond(self, dialled: str, code: str) -> str:
        """Return what was dialled beyond the service code: answers given in advance."""
        bare = _bare(dialled)
        for base in (self._code, _bare(code)):
            if base and bare.startswith(f"{base}*"):
                return bare[len(base) + 1 :]
        return ""

    def _refuse_others(self, code: str) -> None:
        bare = _bare(code)
        ours = not bare or bare == self._code or bare.startswith(f"{self._code}*")
        if self._strict and not ours:
            raise MalformedWebhook("not our service code")


def _fields(shape: Shape, request: WebhookRequest) -> Mapping[str, Any]:
    if shape.spoken == "query":
        # Documented as a GET with fields in the address; some put them into a body all the same.
        return read_form(request.query or request.body)
    if shape.spoken == "form":
        return read_form(request.body)
    return _from_json(request.body) if shape.spoken == "json" else _from_xml(request.body)


def _from_json(body: bytes) -> Mapping[str, Any]:
    try:
        fields = json.loads(_decoded(body))
    except (ValueError, RecursionError):
        raise MalformedWebhook("not JSON") from None
    if not isinstance(fields, dict):
        raise MalformedWebhook("not a JSON object")
    return fields


def _from_xml(body: bytes) -> Mapping[str, Any]:
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise MalformedWebhook("not XML") from None
    return {one.tag: one.text or "" for one in root}


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", errors="replace")


def _value(fields: Mapping[str, Any], path: str) -> Any:
    """Return what stands at a dotted path, or None."""
    found: Any = fields
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _text(fields: Mapping[str, Any], path: str) -> str:
    """Return one field as text: JSON has numbers and booleans where others have words."""
    value = _value(fields, path) if path else ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, str):
        return ""
    # JSON can hold half of a character, which no database takes.
    return value if value.isascii() else value.encode("utf-8", "replace").decode()


def _copied(fields: Mapping[str, Any], path: str) -> Any:
    value = _value(fields, path)
    if not _is_flat(value, DEEPEST):
        raise MalformedWebhook("too deep")
    return value


def _is_flat(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return True
    inside = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_is_flat(one, levels - 1) for one in inside)


def _phase(shape: Shape, fields: Mapping[str, Any], words: str) -> Phase:
    if not shape.phase:
        return "begin" if words in {"", _text(fields, shape.code)} else "answer"
    word = _text(fields, shape.phase).casefold()
    if word in shape.ends:
        return "end"
    return "begin" if word in shape.begins else "answer"


def _session(shape: Shape, fields: Mapping[str, Any]) -> str | None:
    session = short(_text(fields, shape.session), LONGEST_ID + 1)
    if not session and not shape.session_required:
        return None
    if not 0 < len(session) <= LONGEST_ID:
        raise MalformedWebhook("the session is no identifier")
    return session


def _number(raw: str) -> str:
    """Return E.164: most of them leave out the plus of an international number."""
    number = normalise(raw)
    if number is None and raw.isdecimal() and len(raw) >= SHORTEST_ABROAD:
        number = normalise(f"+{raw}")
    if number is None:
        raise MalformedWebhook("the caller is no telephone number")
    return number


def _bare(code: str) -> str:
    return code.strip().strip("*#")


def _nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    """Return dotted fields as fields inside fields."""
    whole: dict[str, Any] = {}
    for path, value in flat.items():
        *outer, name = path.split(".")
        inside = whole
        for one in outer:
            inside = inside.setdefault(one, {})
        inside[name] = value
    return whole


def _xml(fields: Mapping[str, Any]) -> str:
    root = Element("ussd")
    _put(root, fields)
    return tostring(root, encoding="unicode")


def _put(parent: Element, fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        child = SubElement(parent, name)
        if isinstance(value, dict):
            _put(child, value)
        else:
            child.text = str(value)

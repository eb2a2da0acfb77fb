"""What USSD aggregators post and want back, field by field, for one invented caller.

``post`` writes a request: ``kind`` is begin, answer or one of the ways a session ends, ``said``
what was typed last (at the beginning: what was dialled), ``typed`` all that was typed, ``turn``
which request of the session it is.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode
from xml.sax.saxutils import escape

from defusedxml.ElementTree import fromstring

NUMBER = "22370000001"
CALLER = f"+{NUMBER}"
SESSION = "3c796dac28174f739de4262d08409c51"
CODE = "*123#"


@dataclass(frozen=True)
class Said:
    kind: str = "begin"
    said: str = CODE
    typed: str = ""
    turn: int = 0
    number: str = NUMBER
    session: str | None = SESSION

    @property
    def last(self):
        return self.said if self.kind in {"begin", "answer"} else ""


def _json(**fields):
    return json.dumps({name: value for name, value in fields.items() if value is not None}).encode()


def _form(**fields):
    return urlencode({name: value for name, value in fields.items() if value is not None}).encode()


def hubtel(one, code="ServiceCode"):
    word = {"begin": "initiation", "answer": "response"}.get(one.kind, one.kind)
    return _json(
        Mobile=one.number,
        SessionId=one.session,
        **{code: "123"},
        Type=word,
        Message=one.last,
        Operator="orange",
        Sequence=one.turn + 1,
    )


def emergent(one):
    return hubtel(one, "USERID")


def arkesel(one):
    return _json(
        sessionID=one.session,
        userID="USSDCODE1",
        newSession=one.kind == "begin",
        msisdn=one.number,
        userData=one.last,
        network="ORANGE",
    )


def nalo(one):
    # An account that gets no session id; what it dials comes without its hash.
    return _json(
        USERID="NALOTest",
        MSISDN=one.number,
        USERDATA=one.last.removesuffix("#"),
        MSGTYPE=one.kind == "begin",
        NETWORK="ORANGE",
    )


def beem(one):
    command = {"begin": "initiate", "answer": "continue"}.get(one.kind, one.kind)
    said = 0 if one.kind == "begin" else one.last
    return _json(
        command=command,
        msisdn=one.number,
        session_id=one.session,
        operator="orange",
        payload={"request_id": one.turn, "response": said},
    )


def southpaw(one):
    return _json(
        sessionId=one.session,
        menuId="m1",
        msisdn=one.number,
        ussdString=CODE,
        inputOption=one.last,
        network="ORANGE",
        ussdParameters={"lang": "fr"},
    )


def hollatags(one):
    operation = {"begin": "begin", "answer": "continue"}.get(one.kind, one.kind)
    return _form(
        session_msisdn=one.number,
        session_operation=operation,
        session_msg=one.last,
        session_id=one.session,
        session_from=CODE,
        session_type=1,
        session_mno="ORANGE",
    )


def truroute(one):
    kind = {"begin": 1, "answer": 2, "cancel": 3, "timeout": 4}[one.kind]
    session = "" if one.session is None else f"<sessionid>{one.session}</sessionid>"
    return (
        f"<ussd><msisdn>{one.number}</msisdn>{session}<type>{kind}</type>"
        f"<msg>{escape(one.last)}</msg></ussd>"
    ).encode()


def crossgate(one):
    return _form(
        session_id=one.session,
        msisdn=one.number,
        network_code="61002",
        service_code=CODE,
        ussd_string=one.typed,
    )


def clone(one):
    return _form(
        sessionId=one.session,
        serviceCode=CODE,
        phoneNumber=one.number,
        networkCode="61002",
        text=one.typed,
    )


def con(text, *, over, turn=0):
    return f"{'END' if over else 'CON'} {text}"


def _hubtel_wants(text, *, over, turn=0):
    return {"Message": text, "Type": "Release" if over else "Response"}


def _emergent_wants(text, *, over, turn=0):
    going = {"Message": text, "Type": "Response", "MaskNextRoute": True}
    return {"Message": text, "Type": "Release"} if over else going


def _arkesel_wants(text, *, over, turn=0):
    ids = {"sessionID": SESSION, "userID": "USSDCODE1", "msisdn": NUMBER}
    return {**ids, "message": text, "continueSession": not over}


def _nalo_wants(text, *, over, turn=0):
    return {"USERID": "NALOTest", "MSISDN": NUMBER, "MSG": text, "MSGTYPE": not over}


def _beem_wants(text, *, over, turn=0):
    return {
        "msisdn": NUMBER,
        "operator": "orange",
        "session_id": SESSION,
        "command": "terminate" if over else "continue",
        "payload": {"request_id": turn, "request": text},
    }


def _southpaw_wants(text, *, over, turn=0):
    return {
        "message": text,
        "state": "END" if over else "CONTINUE",
        "menuId": "m1",
        "ussdString": CODE,
        "option": CODE,
        "ussdParameter": {"lang": "fr"},
    }


def _hollatags_wants(text, *, over, turn=0):
    return {
        "session_operation": "end" if over else "continue",
        "session_type": 4 if over else 1,
        "session_id": SESSION,
        "session_msg": text,
    }


def _truroute_wants(text, *, over, turn=0):
    kind = 3 if over else 2
    premium = "<premium><cost>0</cost><ref>NULL</ref></premium>"
    return f"<ussd><type>{kind}</type><msg>{escape(text)}</msg>{premium}</ussd>"


@dataclass(frozen=True)
class Network:
    """One aggregator. ``ends`` are the words it has for a session that is over."""

    post: Callable
    wants: Callable
    shown: Callable
    method: str = "POST"
    ends: tuple[str, ...] = ()
    whole: bool = False
    counts: bool = False
    named: bool = True
    dials_through: bool = True


NETWORKS = {
    "hubtel": Network(
        hubtel, _hubtel_wants, lambda a: a["Message"], ends=("release", "Timeout"), counts=True
    ),
    "emergent": Network(
        emergent, _emergent_wants, lambda a: a["Message"], ends=("Release",), counts=True
    ),
    "cross-switch": Network(
        emergent, _emergent_wants, lambda a: a["Message"], ends=("timeout",), counts=True
    ),
    "arkesel": Network(arkesel, _arkesel_wants, lambda a: a["message"]),
    "nalo": Network(nalo, _nalo_wants, lambda a: a["MSG"], named=False),
    "beem": Network(
        beem,
        _beem_wants,
        lambda a: a["payload"]["request"],
        ends=("terminate",),
        counts=True,
        dials_through=False,
    ),
    "southpaw": Network(southpaw, _southpaw_wants, lambda a: a["message"], dials_through=False),
    "hollatags": Network(
        hollatags, _hollatags_wants, lambda a: a["session_msg"], method="GET", ends=("end",)
    ),
    "truroute": Network(
        truroute,
        _truroute_wants,
        lambda a: fromstring(a).findtext("msg"),
        ends=("cancel", "timeout"),
    ),
    "crossgate": Network(crossgate, con, lambda a: a[4:], method="GET", whole=True),
    "hellio": Network(clone, con, lambda a: a[4:], whole=True),
    "mobilesasa": Network(clone, con, lambda a: a[4:], whole=True),
}
# What is no request at all, by how an aggregator speaks.
GARBAGE = {
    "json": [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"Mobile"',
        b"Mobile=22370000001&SessionId=1",
        b"[" * 60_000,
        b'{"Mobile": ' * 6_000,
        b'{"Mobile": ' + b"9" * 5_000 + b"}",
        b"\xff\xfe{",
        b'{"Mobile": {"Mobile": "22370000001"}, "SessionId": ["1"]}',
    ],
    "xml": [
        b"",
        b"<ussd>",
        b"<ussd></ussd>",
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]><ussd><msg>&a;</msg></ussd>',
        b'<?xml version="1.0" encoding="nowhere"?><ussd/>',
        b"<a>" * 20_000,
        b"\x00\x01",
        b"{}",
    ],
    "form": [b"", b"&&==&", b"\xff\x00", b"&".join(b"a=1" for _ in range(70))],
    "query": [b"", b"&&==&", b"\xff\x00", b"&".join(b"a=1" for _ in range(70))],
}


def answer_of(name, reply):
    """Return what came back, as its network reads it: fields, or text."""
    return json.loads(reply) if reply.startswith("{") else reply


def read_form(raw):
    """Return the fields of a form, for tests that change one."""
    return {name: values[0] for name, values in parse_qs(raw.decode()).items()}

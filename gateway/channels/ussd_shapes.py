"""How the USSD aggregators of the region speak: one Shape each, read by gateway/channels/ussd_http.

Field names as in the aggregators' pages and in npm ussd-builder 1.3.2 (lib/ussd-menu.js), of
Hollatags from docs.hollatags.com/ussd, of TruRoute from its open clients; none was seen on a live
line. To add one: an entry here, its rows in tests/gateway/ussd_posts.py, its name in
docs/channels.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Shape:
    """Where one aggregator puts what. A field inside a field is spelt with a dot.

    ``spoken`` is how it posts, ``query`` being a GET; ``replies`` how it wants the answer.
    ``session`` is empty where there is none; a session that is not required may be missing in a
    request, and then the number is in one session at a time. Either ``typed`` holds all that was
    typed, joined by stars, or ``said`` the last answer alone. ``code`` holds the code dialled.
    ``phase`` is the field whose words ``begins`` and ``ends`` tell a first and a last request; with
    no such field a session begins where nothing was said, or the code itself. ``mark`` counts the
    requests. ``echo`` names, for each field of the answer, the field it is copied from; ``goes_on``
    and ``over`` are what the answer says beside the screen, which stands in ``screen``.
    """

    number: str
    spoken: Literal["json", "form", "query", "xml"] = "json"
    replies: Literal["json", "con", "xml"] = "json"
    session: str = ""
    session_required: bool = True
    typed: str = ""
    said: str = ""
    code: str = ""
    phase: str = ""
    begins: frozenset[str] = frozenset()
    ends: frozenset[str] = frozenset()
    mark: str = ""
    echo: Mapping[str, str] = field(default_factory=dict)
    goes_on: Mapping[str, Any] = field(default_factory=dict)
    over: Mapping[str, Any] = field(default_factory=dict)
    screen: str = ""


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


HUBTEL = Shape(
    number="Mobile",
    session="SessionId",
    said="Message",
    code="ServiceCode",
    phase="Type",
    begins=frozenset({"initiation"}),
    ends=frozenset({"release", "timeout"}),
    mark="Sequence",
    goes_on={"Type": "Response"},
    over={"Type": "Release"},
    screen="Message",
)
# MaskNextRoute keeps the next answer out of the aggregator's own records.
EMERGENT = replace(HUBTEL, code="USERID", goes_on={"Type": "Response", "MaskNextRoute": True})
ARKESEL = Shape(
    number="msisdn",
    session="sessionID",
    said="userData",
    phase="newSession",
    begins=frozenset({"true", "1"}),
    echo=_same("sessionID", "userID", "msisdn"),
    goes_on={"continueSession": True},
    over={"continueSession": False},
    screen="message",
)
# Older accounts of Nalo get no session id, newer ones do.
NALO = Shape(
    number="MSISDN",
    session="SESSIONID",
    session_required=False,
    said="USERDATA",
    phase="MSGTYPE",
    begins=frozenset({"true", "1"}),
    echo=_same("USERID", "MSISDN"),
    goes_on={"MSGTYPE": True},
    over={"MSGTYPE": False},
    screen="MSG",
)
BEEM = Shape(
    number="msisdn",
    session="session_id",
    said="payload.response",
    phase="command",
    begins=frozenset({"initiate"}),
    ends=frozenset({"terminate"}),
    mark="payload.request_id",
    echo=_same("msisdn", "operator", "session_id", "payload.request_id"),
    goes_on={"command": "continue"},
    over={"command": "terminate"},
    screen="payload.request",
)
SOUTHPAW = Shape(
    number="msisdn",
    session="sessionId",
    said="inputOption",
    code="ussdString",
    echo={
        "menuId": "menuId",
        "ussdString": "ussdString",
        "option": "inputOption",
        "ussdParameter": "ussdParameters",
    },
    goes_on={"state": "CONTINUE"},
    over={"state": "END"},
    screen="message",
)
HOLLATAGS = Shape(
    spoken="query",
    number="session_msisdn",
    session="session_id",
    said="session_msg",
    code="session_from",
    phase="session_operation",
    begins=frozenset({"begin"}),
    ends=frozenset({"end"}),
    echo=_same("session_id"),
    goes_on={"session_operation": "continue", "session_type": 1},
    over={"session_operation": "end", "session_type": 4},
    screen="session_msg",
)
TRUROUTE = Shape(
    spoken="xml",
    replies="xml",
    number="msisdn",
    session="sessionid",
    said="msg",
    phase="type",
    begins=frozenset({"1"}),
    ends=frozenset({"3", "4"}),  # the user cancelled, the network gave up
    # The screen has its place between the two, as in what its clients show.
    goes_on={"type": 2, "msg": "", "premium.cost": 0, "premium.ref": "NULL"},
    over={"type": 3, "msg": "", "premium.cost": 0, "premium.ref": "NULL"},
    screen="msg",
)
CROSSGATE = Shape(
    spoken="query",
    replies="con",
    number="msisdn",
    session="session_id",
    typed="ussd_string",
    code="service_code",
)
CLONE = Shape(
    spoken="form",
    replies="con",
    number="phoneNumber",
    session="sessionId",
    typed="text",
    code="serviceCode",
)

SHAPES: Mapping[str, Shape] = {
    "arkesel": ARKESEL,
    "beem": BEEM,
    "cross-switch": EMERGENT,
    "crossgate": CROSSGATE,
    "emergent": EMERGENT,
    "hellio": CLONE,
    "hollatags": HOLLATAGS,
    "hubtel": HUBTEL,
    "mobilesasa": CLONE,
    "nalo": NALO,
    "southpaw": SOUTHPAW,
    "truroute": TRUROUTE,
}

"""Statuses of a case and of a call-back, and what may follow what: tables.

A transition's name is also the name of the event written down for it.
"""

from collections.abc import Mapping

from flows.errors import TransitionRefused

Table = Mapping[str, Mapping[str, str]]

_WAITING = {
    "taken": "taken",
    "returned": "routed",
    "escalated": "routed",
    "rehomed": "routed",
    "assigned": "routed",  # given to a colleague of the same desk
    "reclassed": "routed",
    "withdrawn": "withdrawn",
}

COMPLAINT: Table = {
    "incomplete": {},
    "routed": _WAITING,
    "taken": {
        "answered": "answered",
        "undone": "routed",
        "returned": "routed",
        "escalated": "routed",
        "rehomed": "routed",
        "assigned": "routed",
        "reclassed": "routed",
        "withdrawn": "withdrawn",
    },
    "answered": {
        "answered": "answered",  # a correction
        "reopened": "reopened",
        "closed": "closed",
        "reclassed": "routed",
        "withdrawn": "withdrawn",
    },
    "reopened": _WAITING,
    "closed": {},
    "withdrawn": {},
}

ALERT: Table = {
    **COMPLAINT,
    # A speaker's own case of an event that somebody already has: it waits for the same answer.
    "joined": {
        "answered": "answered",
        "reclassed": "routed",
        "withdrawn": "withdrawn",
    },
}

CALL_BACK: Table = {
    "asked": {
        "taken": "taken",
        "returned": "asked",
        "escalated": "asked",
        "rehomed": "asked",
        "assigned": "asked",
        "reclassed": "asked",
        "withdrawn": "closed",
    },
    "taken": {
        "reached": "reached",
        "not_reached": "not_reached",
        "undone": "asked",
        "returned": "asked",
        "escalated": "asked",
        "rehomed": "asked",
        "assigned": "asked",
        "reclassed": "asked",
        "withdrawn": "closed",
    },
    "reached": {"closed": "closed"},
    "not_reached": {"closed": "closed"},
    "closed": {},
}

LIFECYCLES: Mapping[str, Table] = {
    "complaint": COMPLAINT,
    "alert": ALERT,
    "evacuation": COMPLAINT,
    "stock_out": COMPLAINT,
    "referral": COMPLAINT,  # one that nobody acted on: a task
    "call_back": CALL_BACK,
}
FIRST: Mapping[str, str] = {
    kind: "asked" if table is CALL_BACK else "routed" for kind, table in LIFECYCLES.items()
}

JOINED = "joined"  # answered by what is said to another item
WAITING = frozenset({"routed", "reopened", "asked"})  # announced, taken by nobody yet
OPEN = WAITING | {"taken"}  # somebody owes something
HELD = OPEN | {"answered"}  # its holder may still act
ANSWERED = frozenset({"answered", "reached", "not_reached"})


def after(kind: str, status: str, transition: str) -> str:
    """Return the status that ``transition`` leads to; raise TransitionRefused if it may not be."""
    try:
        return LIFECYCLES[kind][status][transition]
    except KeyError:
        raise TransitionRefused(f"a {status} {kind} cannot be {transition}") from None


def allows(kind: str, status: str, transition: str) -> bool:
    """Return whether the table has this transition."""
    return transition in LIFECYCLES.get(kind, {}).get(status, {})

"""What speakers agree to and what they are told first, each with the words that said it.

A yes is worth what was asked: it is kept with the version of those words, a digest of them.
"""

import hashlib
from collections.abc import Mapping

from flows.words import End, Flows, Menu

# What is agreed to, and the state or the SMS text that asks for it (field guide, 4 and 5).
ASKED: Mapping[str, str] = {
    "referral": "health.consent",  # H6
    "call": "call_back.agree",  # K1
    "written_call": "sms.called",  # T11
    "private_call": "private.voice",  # P9
    "sms": "answer.wanted",  # R1, line 2
    "repair": "answer.repair_question",  # R6
}
# What is told before anything is asked (threat model, 1), by the road it is told on.
NOTICES: Mapping[str, str] = {
    "ussd": "menu.notice",  # M3
    "sms": "messages.notice_by_sms",
    "chat": "messages.notice_by_chat",
}


def words_of(flows: Flows, at: str) -> str:
    """Return what somebody reads at a state, choices included, or the SMS text ``messages.x``.

    Raises KeyError when nothing is said there.
    """
    kind, _, name = at.partition(".")
    if kind == "messages":
        return flows.texts.messages[name].text
    node = flows.nodes[at]
    if not isinstance(node, Menu | End):
        raise KeyError(at)
    options = node.options if isinstance(node, Menu) else ()
    return "\n".join([node.text, *(one.text for one in options if one.text)])


def version_of(words: str) -> str:
    """Return what tells one wording from another: 16 hex digits."""
    return hashlib.sha256(words.encode()).hexdigest()[:16]

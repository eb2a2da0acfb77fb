"""The provider's side: takes texts from the service exactly as Africa's Talking does.

Sources: docs.africastalking.com (sms/sending), the official SDK 2.0.3 and recorded answers of the
sandbox; a wrong sender is HTTP 201 without recipients, a wrong key is 401 as text.
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flows.gsm7 import segments
from gateway.simulator import hooks
from gateway.simulator.errors import MissingField, UnknownPhone, WrongKey
from gateway.simulator.phones import full_number
from gateway.simulator.subscriber import Subscriber

PRICE = 12.0  # XOF a segment, as in the recorded answers


@dataclass(frozen=True, slots=True, repr=False)
class Account:
    """Who may send, under which name, and how soon a report follows (seconds)."""

    username: str
    api_key: str
    sender: str
    report_seconds: float


def take(
    account: Account,
    api_key: str,
    form: Mapping[str, str],
    phone: Callable[[str], Subscriber],
) -> dict[str, object]:
    """Take one text for all its recipients and give the answer. Raises WrongKey, MissingField."""
    known = hmac.compare_digest(api_key.encode(), account.api_key.encode())
    if not known or form.get("username") != account.username:
        raise WrongKey
    for name in ("to", "message"):
        if not form.get(name):
            raise MissingField(name)
    if form.get("from", account.sender) != account.sender:
        return {"SMSMessageData": {"Message": "InvalidSenderId", "Recipients": []}}
    recipients = [_deliver(account, form, to, phone) for to in form["to"].split(",")]
    sent = sum(1 for recipient in recipients if recipient["status"] == "Success")
    parts = segments(form["message"])
    sentence = (
        f"Sent to {sent}/{len(recipients)} Total Cost: XOF {PRICE * parts * sent:.4f} "
        f"Message parts: {parts}"
    )
    return {"SMSMessageData": {"Message": sentence, "Recipients": recipients}}


def _deliver(
    account: Account, form: Mapping[str, str], to: str, phone: Callable[[str], Subscriber]
) -> dict[str, object]:
    if not to.startswith("+") or not to[1:].isdigit():
        return _refused(to, 403, "InvalidPhoneNumber")
    try:
        subscriber = phone(full_number(to))
    except UnknownPhone:
        return _refused(to, 407, "CouldNotRoute")
    if subscriber.opted_out:
        return _refused(to, 406, "UserInBlacklist")
    message = hooks.message_id()
    subscriber.receive(form["message"], account.sender)
    subscriber.report(hooks.delivery(message, to, "Success"), account.report_seconds)
    return {
        "statusCode": 102 if form.get("enqueue") else 101,
        "number": to,
        "status": "Success",
        "cost": f"XOF {PRICE * segments(form['message']):.4f}",
        "messageId": message,
    }


def _refused(to: str, code: int, status: str) -> dict[str, object]:
    return {"statusCode": code, "number": to, "status": status, "cost": "0", "messageId": "None"}

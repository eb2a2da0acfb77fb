"""How long each kind of data may stay, written from the documents and from nothing else.

Sources: threat model, 5; product, 3.6 and 4; domain 4.2 rule 9; decision 0030 for what these leave
open. Each line: what, since when it is counted, how long. None: for ever, or until somebody acts.
"""

from datetime import timedelta

DAY, YEAR = timedelta(days=1), timedelta(days=365)
PROTECTED = 30 * DAY  # "retention shortest"; the programme's own rule may say up to two years
LONGEST_PROTECTED = 730 * DAY

KEPT = {
    # conversation state: 24 h after the last step
    "dialogue": DAY,
    # raw webhook body (sealed): 7 days; nothing accepted twice: the id for ever
    "words and sender of a message received": 7 * DAY,
    "second at which a message came": 7 * DAY,
    "id of a message received": None,
    "address of a sound at the provider": 7 * DAY,
    # words in motion: seven days, as the transit key
    "number and words of a text sent": 7 * DAY,
    "row of a text sent": YEAR,
    "report of a text sent": YEAR,
    # wrong-code counters: 48 h after the day they are of
    "wrong codes": 2 * DAY,
    # return address: 30 days after closing at most
    "address": 30 * DAY,
    # story, answers: 90 days after closing; with them all that is of the case, and its number
    "complaint": 90 * DAY,
    "complaint withdrawn": 90 * DAY,
    "incomplete": 90 * DAY,
    "call back": 90 * DAY,
    "stock out": 90 * DAY,
    "task of a referral": 90 * DAY,
    "alert": 90 * DAY,
    "alert joined": 90 * DAY,
    "evacuation": 90 * DAY,
    "refund": 90 * DAY,
    "repair request": 90 * DAY,
    "sound of no case": 90 * DAY,
    # S3 as the programme's protection rule says
    "complaint C5": PROTECTED,
    "complaint C6": PROTECTED,
    "complaint C7": PROTECTED,
    # family-planning referral: 30 days after visit or expiry
    "referral served": 30 * DAY,
    "referral not served": 30 * DAY,
    "referral expired": 30 * DAY,
    "referral cancelled": 30 * DAY,
    # contact
    "last place": 30 * DAY,
    "language and notice": YEAR,
    "phone that said nothing": YEAR,
    "STOP": None,
    # registered people and accounts: 12 months after they were revoked
    "phone, PIN and functions of a person": YEAR,
    "name and password of an account": YEAR,
    # and their numbers as long as the audit log, which is longer than these tests travel
    "number of a person": None,
    "audit entry": None,
    "slips": YEAR,
    # the console: a session a day after the eight hours it may last, tries to sign in 48 h, a way
    # back in a month after it ended, files that came or were asked for seven days
    "session of the console": DAY + timedelta(hours=8),
    "tries to sign in": 2 * DAY,
    "way back in": 31 * DAY,
    "file brought": 7 * DAY,
    "file asked for": 7 * DAY,
}

# What an answer brings by itself: closed thirty days later (field, 4.6), gone ninety after that.
ANSWERED_STAYS_OPEN = 30 * DAY


def stays(what: str, age: timedelta, *, protected: timedelta = PROTECTED) -> bool:
    """Tell whether something of this age is still to be there."""
    limit = KEPT[what]
    if what in {"complaint C5", "complaint C6", "complaint C7"}:
        limit = min(protected, LONGEST_PROTECTED)
    return limit is None or age < limit


def boundaries() -> list[timedelta]:
    """Return every age at which something goes."""
    return sorted({limit for limit in KEPT.values() if limit is not None})

"""How clocks are said: what was promised until when, in words, with a sign and a tone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext, ngettext

from flows.case_lifecycle import WAITING
from flows.deadlines import told
from gateway.console.viewing import now
from models.services.filtering import end_of_day

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATE, TODAY, SOON, CALM = ("late", "▲"), ("wait", "●"), ("soon", "◐"), ("quiet", "○")


@dataclass(frozen=True, slots=True)
class Promise:
    """One clock: the tone and the sign say the same, for whoever sees no colours."""

    tone: str
    sign: str
    words: str
    date: str


def promise(due_at: datetime) -> Promise:
    """Return what is left of a clock; its date is the one that was told to the speaker."""
    (tone, sign), words = _said(due_at, now())
    return Promise(tone, sign, words, told(due_at))


def to_take(status: str, act_by: datetime | None) -> str:
    """Return until when somebody has to take it, or since when nobody did; else nothing."""
    if status not in WAITING or act_by is None:
        return ""
    left = act_by - now()
    if left < timedelta(0):
        return str(gettext("attend depuis %(time)s de trop", time=_lasting(-left)))
    return str(gettext("sous %(time)s", time=_lasting(left)))


def age(since: datetime) -> str:
    """Return how long ago something was."""
    return _lasting(now() - since)


def _said(due_at: datetime, moment: datetime) -> tuple[tuple[str, str], str]:
    if due_at <= moment:
        return LATE, gettext("retard %(time)s", time=_lasting(moment - due_at))
    today = end_of_day(moment)
    if due_at <= today:
        return TODAY, gettext("aujourd'hui")
    if due_at <= today + DAY:
        return SOON, gettext("demain")
    days = -((today - due_at) // DAY)
    said = ngettext("dans %(num)d j", "dans %(num)d j", days)
    return (SOON if due_at <= today + 2 * DAY else CALM), said


def _lasting(time: timedelta) -> str:
    if time < HOUR:
        return str(gettext("%(n)d min", n=max(time // timedelta(minutes=1), 1)))
    if time < 2 * DAY:
        return str(gettext("%(n)d h", n=time // HOUR))
    return str(gettext("%(n)d j", n=time // DAY))

"""Whether texts may leave: the switch that a person holds, and the money a day may cost."""

from models.db import Work
from models.services.programme import put_setting, setting

PAUSED, CAP = "sending_paused", "spending_cap"
BY_HAND, RESTORED = "paused by hand", "restored from a backup"


def pause(work: Work, reason: str) -> None:
    """Let nothing leave, until a person lets it: what is due waits."""
    put_setting(work, PAUSED, reason)


def resume(work: Work) -> None:
    """Let texts leave again. Saying it twice is harmless."""
    put_setting(work, PAUSED, "")
    work.wake("outbox")


def why_paused(work: Work) -> str | None:
    """Return why nothing leaves; None when texts may."""
    return setting(work, PAUSED) or None


def set_cap(work: Work, amount: float | None) -> None:
    """Set what all channels together may cost a day, in the programme's currency; None: no end."""
    put_setting(work, CAP, "" if amount is None else f"{amount:g}")


def cap(work: Work) -> float | None:
    """Return what a day may cost; None when nobody set it."""
    said = setting(work, CAP)
    return float(said) if said else None

"""Taking texts out of the outbox as its sender does, where a test needs no sender."""

from models.services import outbox, overdue, turns

CHANNEL = "phone"


def claim_due(work, now, limit=100, channel=CHANNEL):
    """Claim up to ``limit`` due messages and return them; settle what may not leave."""
    overdue.sweep(work, now)
    found = turns.look(work, now, limit)
    ours = outbox.claim(work, [(one, channel) for one in found], now)
    return sorted((one.claimed() for one in found if one.id in ours), key=lambda one: one.id)


def handed_over(work, ours, channel, provider_id, now):
    """Record that a provider took one text; say whether that came in time."""
    return bool(outbox.handed_over(work, [outbox.Taken(ours, channel, provider_id, 1)], now))

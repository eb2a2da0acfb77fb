"""The guards that the conservation law rests on, each taken away once in a copy of the code.

A storm that passes without one of them would prove nothing: `make chaos` with ``--guards`` shows
that each is needed. Nothing of this is known to the service itself.
"""

import tempfile
from dataclasses import dataclass

from tests.chaos.stage import copied_code, staged
from tests.chaos.storm import SECOND_VERSION, Plan, Storm

INBOX, ENTERING = "models/services/inbox.py", "models/services/entering.py"
OUTBOX, CLOCKS = "models/services/outbox.py", "models/services/clock_jumps.py"


@dataclass(frozen=True)
class Guard:
    """What is changed in the code and in the database, and which faults then find it out."""

    changes: tuple[tuple[str, str, str], ...]
    kinds: tuple[str, ...]
    sql: str = ""


GUARDS = {
    "claim": Guard(
        # A text is handed over without being marked before: whoever comes next takes it again.
        ((OUTBOX, 'status="sending",', 'status="waiting",'),),
        ("kill keeper", "kill at a point"),
    ),
    "unique key": Guard(
        ((ENTERING, '" ON CONFLICT (channel, provider_id) DO NOTHING"', '""'),),
        ("webhooks duplicated", "kill public"),
        "ALTER TABLE inbound_message DROP CONSTRAINT uq_inbound_message_channel_provider_id",
    ),
    "sweep": Guard(
        # Nobody takes up what a killed worker had in hand: neither the next worker, nor whoever
        # looks for what a wrong clock put off.
        (
            (INBOX, "LEASE = timedelta(seconds=4)", "LEASE = timedelta(minutes=10)"),
            (CLOCKS, 'InboundMessage.status == "processing",', ""),
        ),
        ("kill worker", "kill at a point"),
    ),
    "lock of a conversation": Guard(
        (
            (INBOX, "if row.place == taken[row.contact] + 1:", "if row.place:"),
            (INBOX, 'row.first_due_at <= bindparam("now"), row.first_tries < TRIES, ', ""),
        ),
        ("kill worker", "process stopped"),
    ),
}


def broken_without(name, seed, asked):
    """Let a storm blow over a copy of the code without that guard; return what broke."""
    guard = GUARDS[name]
    with tempfile.TemporaryDirectory() as without, tempfile.TemporaryDirectory() as second:
        root = copied_code(without, guard.changes)
        with staged("postgresql", root=root, seed=seed) as stage:
            if guard.sql:
                stage.postgres.do(guard.sql)
            stage.add("another", "worker")
            plan = Plan(seed, asked.messages, asked.rate, asked.faults, guard.kinds)
            outcome = Storm(stage, plan, copied_code(second, SECOND_VERSION)).blow()
            late = {} if outcome.settled_s is not None else {"settled": "never"}
            return {**outcome.verdict.summary, **late}

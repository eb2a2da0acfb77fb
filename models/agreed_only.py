"""What the database itself refuses, whoever asks: a text of a referral that nobody agreed to.

A row of the outbox whose cause is a step of a referral needs her consent in the same or an earlier
transaction, not taken back since (threat model, T16).
"""

from collections.abc import Iterator

NAME = "outbound_needs_consent"
SAYS = "a text of a referral without consent"
_PREFIX = "referral-step:"
_CONCERNED = f"substr(NEW.cause, 1, {len(_PREFIX)}) = '{_PREFIX}'"
_AGREED = (
    "SELECT 1 FROM referral_step"  # noqa: S608 nothing but constants of ours
    " JOIN consent ON consent.referral_id = referral_step.referral_id"
    f" WHERE referral_step.id = CAST(substr(NEW.cause, {len(_PREFIX) + 1}) AS INTEGER)"
    " AND consent.what = 'referral' AND consent.withdrawn_at IS NULL"
)


def made(engine: str) -> Iterator[str]:
    """Return the statements that make the trigger, for ``sqlite`` or ``postgresql``."""
    if engine == "sqlite":
        yield (
            f"CREATE TRIGGER {NAME} BEFORE INSERT ON outbound_message"
            f" WHEN {_CONCERNED} AND NOT EXISTS ({_AGREED})"
            f" BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
        )
        return
    # As its owner: it must see every consent, whatever rows the writer may see.
    yield (
        f"CREATE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql"
        " SECURITY DEFINER SET search_path FROM CURRENT AS $$ BEGIN"
        f" IF NOT EXISTS ({_AGREED}) THEN"
        f" RAISE check_violation USING MESSAGE = '{SAYS}'; END IF;"
        " RETURN NEW; END $$"
    )
    yield (
        f"CREATE TRIGGER {NAME} BEFORE INSERT ON outbound_message"
        f" FOR EACH ROW WHEN ({_CONCERNED}) EXECUTE FUNCTION {NAME}()"
    )


def unmade(engine: str) -> Iterator[str]:
    """Return the statements that take it away."""
    if engine == "sqlite":
        yield f"DROP TRIGGER {NAME}"
    else:
        yield f"DROP TRIGGER {NAME} ON outbound_message"
        yield f"DROP FUNCTION {NAME}()"

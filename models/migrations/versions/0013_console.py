"""The console: signing in, filters and answers kept, counters, files in and out, policies."""

import secrets
from typing import Any

import sqlalchemy as sa
from alembic import op

from models import objets

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

LATER = sa.DateTime(timezone=True)
ACCOUNT: dict[str, sa.types.TypeEngine[Any]] = {
    "uniquifier": sa.String(length=64),
    "second_factor": sa.String(length=20),
    "totp_secret": sa.String(length=400),
    "totp_counter": sa.BigInteger(),
    "passkey_handle": sa.String(length=64),
    "language": sa.String(length=8),
    "left_at": LATER,
}
REPLIES = "'answered', 'reached', 'not_reached'"
COUNTED: dict[str, sa.types.TypeEngine[Any]] = {
    "promised_at": LATER,
    "acted_at": LATER,
    "replied_at": LATER,
    "content": sa.Boolean(),
}
TABLES = (
    "policy_version",
    "export_request",
    "import_draft",
    "counter",
    "answer_template",
    "saved_filter",
    "recovery",
    "sign_in_failure",
    "passkey",
    "console_session",
)


def upgrade() -> None:
    _accounts()
    _cases()
    _lists()
    objets.lay(op.get_bind())
    _sessions()
    _passkeys()
    _ways_back()
    _triage()
    _counters()
    _files()
    _policies()
    _slips()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    objets.lift(op.get_bind())
    op.drop_index("ix_case_event_returned", "case_event")
    op.drop_index("ix_subject_ref", "subject")
    for index in ("silent", "kind", "desk_promise", "promise", "desk"):
        op.drop_index(f"ix_case_{index}", "case_")
    with op.batch_alter_table("booklet") as batch:
        batch.drop_column("on_screen")
    with op.batch_alter_table("case_") as batch:
        for column in ("subject_line", *COUNTED):
            batch.drop_column(column)
    for column in ("uniquifier", "passkey_handle"):
        op.drop_index(f"uq_account_{column}", "account")
    with op.batch_alter_table("account") as batch:
        for column in ACCOUNT:
            batch.drop_column(column)


def _accounts() -> None:
    for column, kind in ACCOUNT.items():
        op.add_column("account", sa.Column(column, kind, nullable=True))
    link = op.get_bind()
    for row in link.scalars(sa.text("SELECT id FROM account")).all():
        named = sa.text("UPDATE account SET uniquifier = :u, passkey_handle = :p WHERE id = :id")
        link.execute(named, {"u": secrets.token_hex(32), "p": secrets.token_hex(32), "id": row})
    for name in ("uniquifier", "passkey_handle"):
        op.create_index(f"uq_account_{name}", "account", [name], unique=True)


def _cases() -> None:
    op.add_column("case_", sa.Column("subject_line", sa.String(length=120), nullable=True))
    for name, kind in COUNTED.items():
        op.add_column("case_", sa.Column(name, kind, nullable=True))
    for name, transitions in (("acted_at", f"'taken', {REPLIES}"), ("replied_at", REPLIES)):
        first = (
            "SELECT min(at) FROM case_event"  # noqa: S608 words of ours
            f" WHERE case_id = case_.id AND transition IN ({transitions})"
        )
        op.execute(f"UPDATE case_ SET {name} = ({first})")  # noqa: S608 words of ours
    op.create_index(
        "ix_case_desk",
        "case_",
        ["holder_function", "holder_organisation", "status", "due_at", "id"],
    )


def _lists() -> None:
    """Index what lists ask for: what is open by its promise, whom it is about, what came back."""
    still_open = sa.text("status IN ('asked', 'reopened', 'routed', 'taken')")
    for name, columns in (
        ("promise", ["due_at", "number"]),
        ("desk_promise", ["holder_function", "holder_organisation", "due_at", "number"]),
        ("kind", ["kind", "due_at"]),
    ):
        op.create_index(
            f"ix_case_{name}",
            "case_",
            columns,
            sqlite_where=still_open,
            postgresql_where=still_open,
        )
    op.create_index("ix_case_silent", "case_", ["area_pcode", "opened_at"])
    op.create_index("ix_subject_ref", "subject", ["kind", "ref", "case_id"])
    back = sa.text("transition = 'returned'")
    op.create_index(
        "ix_case_event_returned", "case_event", ["at"], sqlite_where=back, postgresql_where=back
    )


def _sessions() -> None:
    op.create_table(
        "console_session",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("browser", sa.String(length=60), nullable=False),
        sa.Column("created_at", LATER, nullable=False),
        sa.Column("seen_at", LATER, nullable=False),
        sa.Column("checked_at", LATER, nullable=True),
        sa.Column("ended_at", LATER, nullable=True),
        _owner("console_session"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_console_session")),
    )
    for column in ("account_id", "created_at"):
        _indexed("console_session", column)


def _passkeys() -> None:
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("transports", sa.JSON(), nullable=False),
        sa.Column("extensions", sa.String(length=255), nullable=True),
        sa.Column("device_type", sa.String(length=64), nullable=False),
        sa.Column("backup_state", sa.Boolean(), nullable=False),
        sa.Column("usage", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("used_at", LATER, nullable=False),
        _owner("passkey"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    _indexed("passkey", "account_id")


def _ways_back() -> None:
    op.create_table(
        "sign_in_failure",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", LATER, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sign_in_failure")),
    )
    _indexed("sign_in_failure", "last_at")
    op.create_table(
        "recovery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=True),
        sa.Column("code_hash", sa.String(length=160), nullable=True),
        sa.Column("asked_at", LATER, nullable=False),
        sa.Column("agreed_at", LATER, nullable=True),
        sa.Column("ends_at", LATER, nullable=False),
        sa.Column("used_at", LATER, nullable=True),
        _owner("recovery"),
        _owner("recovery", "first_id"),
        _owner("recovery", "second_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery")),
    )
    for column in ("account_id", "ends_at"):
        _indexed("recovery", column)


def _triage() -> None:
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("page", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.String(length=600), nullable=False),
        _owner("saved_filter"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
        sa.UniqueConstraint(
            "account_id", "page", "name", name=op.f("uq_saved_filter_account_id_page_name")
        ),
    )
    op.create_table(
        "answer_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=3), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("text", sa.String(length=480), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("written_at", LATER, nullable=False),
        sa.Column("retired_at", LATER, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_template")),
    )
    op.create_index("ix_answer_template_category", "answer_template", ["category", "language"])


def _counters() -> None:
    op.create_table(
        "counter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("measure", sa.String(length=20), nullable=False),
        sa.Column("split", sa.String(length=16), nullable=False),
        sa.Column("value", sa.String(length=40), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter")),
        sa.UniqueConstraint(
            "day", "measure", "split", "value", name=op.f("uq_counter_day_measure_split_value")
        ),
    )


def _files() -> None:
    op.create_table(
        "import_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("asked_at", LATER, nullable=False),
        sa.Column("applied_at", LATER, nullable=True),
        _owner("import_draft"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_draft")),
    )
    op.create_table(
        "export_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("form", sa.String(length=8), nullable=False),
        sa.Column("query", sa.String(length=600), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", LATER, nullable=False),
        sa.Column("asked_at", LATER, nullable=False),
        sa.Column("made_at", LATER, nullable=True),
        _owner("export_request"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_request")),
    )
    op.create_index("ix_export_request_waiting", "export_request", ["status", "id"])
    _indexed("import_draft", "asked_at")
    for column in ("account_id", "asked_at"):
        _indexed("export_request", column)


def _policies() -> None:
    op.create_table(
        "policy_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=True),
        sa.Column("proposed_at", LATER, nullable=False),
        sa.Column("activated_at", LATER, nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [column], ["account.id"], name=op.f(f"fk_policy_version_{column}_account")
            )
            for column in ("first_id", "second_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_version")),
    )
    _indexed("policy_version", "activated_at")


def _owner(table: str, column: str = "account_id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], ["account.id"], name=op.f(f"fk_{table}_{column}_account"), ondelete="CASCADE"
    )


def _indexed(table: str, column: str) -> None:
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _slips() -> None:
    said: sa.Column[bool] = sa.Column(
        "on_screen", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("booklet", said)

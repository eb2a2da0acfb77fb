"""Walls instead of good manners: audit, accounts, keys apart, rights by row, figures, consent."""

import sqlalchemy as sa
from alembic import op

from models import agreed_only, append_only

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

LATER = sa.DateTime(timezone=True)


def upgrade() -> None:
    _audit()
    _readings()
    _only_added()
    _accounts()
    _consents()
    _compartments()
    _figures()
    _privacy_notes()


def downgrade() -> None:
    for table in ("privacy_note", "figure", "departed"):
        op.drop_table(table)
    _no_consents()
    for table in ("known_as", "lowering"):
        op.drop_table(table)
    for statement in append_only.unmade(op.get_bind().dialect.name):
        op.execute(statement)
    with op.batch_alter_table("person") as batch:
        for column in ("pseudonym", "phone_sealed", "phone_ends"):
            batch.alter_column(column, nullable=False)
    for table in ("account", "audit_link", "audit_entry"):
        op.drop_table(table)


def _audit() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", LATER, nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("act", sa.String(length=24), nullable=False),
        sa.Column("about", sa.String(length=16), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(length=8), nullable=True),
        sa.Column("reason", sa.String(length=24), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_actor", "audit_entry", ["actor", "at"])
    op.create_index("ix_audit_entry_about", "audit_entry", ["about", "row_id"])
    op.create_index("ix_audit_entry_at", "audit_entry", ["at"])
    op.create_table(
        "audit_link",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["audit_entry.id"], name=op.f("fk_audit_link_entry_id_audit_entry")
        ),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_link")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_audit_link_entry_id")),
    )


def _readings() -> None:
    """Move who read what to the audit: the history of a case goes with it, this stays."""
    op.execute(
        "INSERT INTO audit_entry (at, actor, act, about, row_id, number, details)"
        " SELECT case_event.at, case_event.\"by\", 'read', 'case', case_.id, case_.number, '{}'"
        " FROM case_event JOIN case_ ON case_.id = case_event.case_id"
        " WHERE case_event.transition = 'read' ORDER BY case_event.id"
    )
    op.execute("DELETE FROM case_event WHERE transition = 'read'")


def _only_added() -> None:
    for statement in append_only.made(op.get_bind().dialect.name):
        op.execute(statement)


def _accounts() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=160), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.String(length=40), nullable=True),
        sa.Column("created_at", LATER, nullable=False),
        sa.Column("revoked_at", LATER, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_account_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_account_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
    )
    live = sa.text("revoked_at IS NULL")
    op.create_index(
        "uq_account_email",
        "account",
        ["email"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )
    # Who handles cases in the console only has no telephone that we know.
    with op.batch_alter_table("person") as batch:
        batch.alter_column("pseudonym", existing_type=sa.String(length=64), nullable=True)
        batch.alter_column("phone_sealed", existing_type=sa.LargeBinary(), nullable=True)
        batch.alter_column("phone_ends", existing_type=sa.String(length=3), nullable=True)


def _compartments() -> None:
    waits = sa.text("decided_at IS NULL")
    op.create_table(
        "lowering",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("from_class", sa.String(length=2), nullable=False),
        sa.Column("reason", sa.String(length=12), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", LATER, nullable=False),
        sa.Column("decided_at", LATER, nullable=True),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_lowering_case_id_case_")),
        sa.ForeignKeyConstraint(
            ["first_id"], ["person.id"], name=op.f("fk_lowering_first_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["person.id"], name=op.f("fk_lowering_second_id_person")
        ),
        # The rule itself: nobody takes a case out of its compartment alone.
        sa.CheckConstraint("second_id <> first_id", name=op.f("ck_lowering_two_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lowering")),
    )
    op.create_index(op.f("ix_lowering_case_id"), "lowering", ["case_id"])
    op.create_index(
        "uq_lowering_open",
        "lowering",
        ["case_id"],
        unique=True,
        sqlite_where=waits,
        postgresql_where=waits,
    )
    op.create_index(
        "ix_lowering_second", "lowering", ["second_id"], sqlite_where=waits, postgresql_where=waits
    )
    op.create_table(
        "known_as",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_known_as_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_as")),
        sa.UniqueConstraint("person_id", "name", name=op.f("uq_known_as_person_id_name")),
    )
    op.create_index(op.f("ix_known_as_person_id"), "known_as", ["person_id"])


def _consents() -> None:
    op.create_table(
        "wording",
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("words", sa.String(length=600), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_wording")),
    )
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("referral_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("road", sa.String(length=8), nullable=False),
        sa.Column("at", LATER, nullable=False),
        sa.Column("withdrawn_at", LATER, nullable=True),
        sa.CheckConstraint(
            "(case_id IS NULL) <> (referral_id IS NULL)", name=op.f("ck_consent_of_one_item")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_.id"], name=op.f("fk_consent_case_id_case_"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referral.id"],
            name=op.f("fk_consent_referral_id_referral"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["version"], ["wording.version"], name=op.f("fk_consent_version_wording")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index("ix_consent_case", "consent", ["case_id"])
    op.create_index("ix_consent_referral", "consent", ["referral_id"])
    with op.batch_alter_table("contact") as batch:
        batch.add_column(sa.Column("notice", sa.String(length=16), nullable=True))
        batch.add_column(sa.Column("notice_at", LATER, nullable=True))
    # What was agreed to before its words were kept.
    op.execute(
        "INSERT INTO consent (referral_id, what, road, at) SELECT id, 'referral',"
        " CASE WHEN source = 'relay' THEN 'relay' ELSE 'ussd' END, consent_at"
        " FROM referral WHERE consent_at IS NOT NULL"
    )
    op.execute(
        "INSERT INTO consent (case_id, what, road, at)"
        " SELECT case_id, 'call', 'ussd', consent_at FROM call_back"
    )
    for statement in agreed_only.made(op.get_bind().dialect.name):
        op.execute(statement)


def _no_consents() -> None:
    for statement in agreed_only.unmade(op.get_bind().dialect.name):
        op.execute(statement)
    with op.batch_alter_table("contact") as batch:
        batch.drop_column("notice_at")
        batch.drop_column("notice")
    op.drop_table("consent")
    op.drop_table("wording")


def _figures() -> None:
    """Sums of what was purged, until they are published, and what was published."""
    cell = ("publication", "period", "area", "split", "value")
    lengths = (16, 7, 16, 20, 16)

    def columns() -> list[sa.Column[str]]:
        named = zip(cell, lengths, strict=True)
        return [sa.Column(name, sa.String(length=long), nullable=False) for name, long in named]

    op.create_table(
        "departed",
        sa.Column("id", sa.Integer(), nullable=False),
        *columns(),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departed")),
        sa.UniqueConstraint(*cell, name=op.f(f"uq_departed_{'_'.join(cell)}")),
    )
    op.create_table(
        "figure",
        sa.Column("id", sa.Integer(), nullable=False),
        *columns(),
        sa.Column("shown", sa.Integer(), nullable=True),
        sa.Column("below", sa.Integer(), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("published_at", LATER, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure")),
        sa.UniqueConstraint(*cell, name=op.f(f"uq_figure_{'_'.join(cell)}")),
    )


def _privacy_notes() -> None:
    op.create_table(
        "privacy_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", LATER, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("words", sa.String(length=400), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_note")),
    )

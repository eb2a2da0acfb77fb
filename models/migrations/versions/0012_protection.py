"""Walls instead of good manners: audit, accounts, keys apart, rights by row, figures, consent."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

LATER = sa.DateTime(timezone=True)


def upgrade() -> None:
    _audit()
    _accounts()


def downgrade() -> None:
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


def _accounts() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=160), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("created_at", LATER, nullable=False),
        sa.Column("revoked_at", LATER, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_account_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
    )
    # Who handles cases in the console only has no telephone that we know.
    with op.batch_alter_table("person") as batch:
        batch.alter_column("pseudonym", existing_type=sa.String(length=64), nullable=True)
        batch.alter_column("phone_sealed", existing_type=sa.LargeBinary(), nullable=True)
        batch.alter_column("phone_ends", existing_type=sa.String(length=3), nullable=True)

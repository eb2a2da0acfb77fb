"""The outbox: every message to send, written with its cause."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outbound_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=80), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=True),
        sa.Column("contact", sa.String(length=64), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.Column("repeated", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("provider_id", sa.String(length=80), nullable=True),
        sa.Column("segments", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=80), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_.id"], name=op.f("fk_outbound_message_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_outbound_message_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbound_message")),
        sa.UniqueConstraint("cause", "purpose", name=op.f("uq_outbound_message_cause_purpose")),
    )
    op.create_index("ix_outbound_due", "outbound_message", ["status", "due_at"], unique=False)
    op.create_index(
        op.f("ix_outbound_message_case_id"), "outbound_message", ["case_id"], unique=False
    )
    op.create_index(
        op.f("ix_outbound_message_contact"), "outbound_message", ["contact"], unique=False
    )
    op.create_index(
        "ix_outbound_provider", "outbound_message", ["channel", "provider_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_outbound_provider", table_name="outbound_message")
    op.drop_index(op.f("ix_outbound_message_contact"), table_name="outbound_message")
    op.drop_index(op.f("ix_outbound_message_case_id"), table_name="outbound_message")
    op.drop_index("ix_outbound_due", table_name="outbound_message")
    op.drop_table("outbound_message")

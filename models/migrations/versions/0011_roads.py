"""Several roads to the network: chat, voice notes, health and cost of channels, who goes first."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channel_health",
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=80), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_channel_health")),
    )
    op.create_table(
        "spending",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("day", "channel", name=op.f("pk_spending")),
    )
    op.create_table(
        "voice_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inbound_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("url_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("story_id", sa.Integer(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=80), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_.id"], name=op.f("fk_voice_note_case_id_case_")
        ),
        sa.ForeignKeyConstraint(
            ["inbound_id"],
            ["inbound_message.id"],
            name=op.f("fk_voice_note_inbound_id_inbound_message"),
        ),
        sa.ForeignKeyConstraint(
            ["story_id"], ["story.id"], name=op.f("fk_voice_note_story_id_story")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voice_note")),
        sa.UniqueConstraint("inbound_id", "place", name=op.f("uq_voice_note_inbound_id_place")),
    )
    op.create_index("ix_voice_note_due", "voice_note", ["status", "due_at"])
    op.create_index(op.f("ix_voice_note_case_id"), "voice_note", ["case_id"])
    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("ref", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.add_column(sa.Column("chat_channel", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("chat_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("inbound_message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rank", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("likeness", sa.String(length=32), nullable=True))
        batch_op.drop_index("ix_inbound_message_contact")
        batch_op.create_index("ix_inbound_contact", ["contact", "received_at"])
        batch_op.create_index(
            "ix_inbound_open",
            ["contact", "id"],
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )
    with op.batch_alter_table("outbound_message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("via", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("priority", sa.Integer(), nullable=False, server_default="2"))
    with op.batch_alter_table("delivery_report", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reference", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("remedy", sa.String(length=10), nullable=True))
        batch_op.create_index("ix_delivery_report_reference", ["reference"])


def downgrade() -> None:
    with op.batch_alter_table("delivery_report", schema=None) as batch_op:
        batch_op.drop_index("ix_delivery_report_reference")
        batch_op.drop_column("remedy")
        batch_op.drop_column("reference")
    with op.batch_alter_table("outbound_message", schema=None) as batch_op:
        batch_op.drop_column("priority")
        batch_op.drop_column("via")
    with op.batch_alter_table("inbound_message", schema=None) as batch_op:
        batch_op.drop_index("ix_inbound_open")
        batch_op.drop_index("ix_inbound_contact")
        batch_op.create_index("ix_inbound_message_contact", ["contact"])
        batch_op.drop_column("likeness")
        batch_op.drop_column("rank")
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.drop_column("chat_at")
        batch_op.drop_column("chat_channel")
    op.drop_table("erasure")
    op.drop_table("voice_note")
    op.drop_table("spending")
    op.drop_table("channel_health")

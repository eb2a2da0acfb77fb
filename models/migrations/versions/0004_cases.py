"""Cases, who they are about, their history and their words."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "item_number",
        sa.Column("number", sa.String(length=7), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_item_number")),
    )
    op.create_table(
        "tally",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("what", sa.String(length=24), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tally")),
        sa.UniqueConstraint("day", "what", name=op.f("uq_tally_day_what")),
    )
    op.create_table(
        "case_",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=7), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("category", sa.String(length=3), nullable=False),
        sa.Column("class", sa.String(length=2), nullable=False),
        sa.Column("area_pcode", sa.String(length=16), nullable=True),
        sa.Column("place_ref", sa.String(length=40), nullable=True),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("about", sa.String(length=24), nullable=False),
        sa.Column("answer_wanted", sa.String(length=8), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contact", sa.String(length=64), nullable=True),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("receipt_short", sa.String(length=64), nullable=True),
        sa.Column("receipt_long", sa.String(length=64), nullable=True),
        sa.Column("receipt_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sender_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("repair_allowed", sa.Boolean(), nullable=True),
        sa.Column("holder_organisation", sa.String(length=40), nullable=True),
        sa.Column("holder_function", sa.String(length=24), nullable=True),
        sa.Column("holder_person", sa.Integer(), nullable=True),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["holder_organisation"], ["organisation.id"], name=op.f("fk_case__holder_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["holder_person"], ["person.id"], name=op.f("fk_case__holder_person")
        ),
        sa.ForeignKeyConstraint(["number"], ["item_number.number"], name=op.f("fk_case__number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_")),
        sa.UniqueConstraint("number", name=op.f("uq_case__number")),
        sa.UniqueConstraint("receipt_long", name=op.f("uq_case__receipt_long")),
        sa.UniqueConstraint("receipt_short", name=op.f("uq_case__receipt_short")),
    )
    op.create_index(op.f("ix_case__class"), "case_", ["class"], unique=False)
    op.create_index(op.f("ix_case__contact"), "case_", ["contact"], unique=False)
    op.create_index("ix_case_holder", "case_", ["holder_person", "status"], unique=False)
    op.create_index("ix_case_open", "case_", ["status", "due_at"], unique=False)
    op.create_index("ix_case_place", "case_", ["area_pcode", "category", "opened_at"], unique=False)
    op.create_index(
        "ix_case_unnamed",
        "case_",
        ["id"],
        unique=False,
        sqlite_where=sa.text("sender_sealed IS NOT NULL OR receipt_sealed IS NOT NULL"),
        postgresql_where=sa.text("sender_sealed IS NOT NULL OR receipt_sealed IS NOT NULL"),
    )
    op.create_table(
        "call_back",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("hour", sa.String(length=16), nullable=False),
        sa.Column("voice", sa.String(length=8), nullable=False),
        sa.Column("consent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["about_id"], ["case_.id"], name=op.f("fk_call_back_about_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_call_back_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_call_back")),
    )
    op.create_index(op.f("ix_call_back_about_id"), "call_back", ["about_id"], unique=False)
    op.create_table(
        "case_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("transition", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_case_event_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_event")),
    )
    op.create_index(op.f("ix_case_event_case_id"), "case_event", ["case_id"], unique=False)
    op.create_table(
        "story",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=8), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("leaves_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_story_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story")),
    )
    op.create_index(op.f("ix_story_case_id"), "story", ["case_id"], unique=False)
    op.create_index("ix_story_leaving", "story", ["status", "leaves_at"], unique=False)
    op.create_table(
        "subject",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_subject_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject")),
    )
    op.create_index(op.f("ix_subject_case_id"), "subject", ["case_id"], unique=False)
    op.create_table(
        "case_key",
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name=op.f("fk_case_key_story_id")),
        sa.PrimaryKeyConstraint("story_id", name=op.f("pk_case_key")),
    )
    op.create_index(op.f("ix_case_key_case_id"), "case_key", ["case_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_case_key_case_id"), table_name="case_key")
    op.drop_table("case_key")
    op.drop_index(op.f("ix_subject_case_id"), table_name="subject")
    op.drop_table("subject")
    op.drop_index("ix_story_leaving", table_name="story")
    op.drop_index(op.f("ix_story_case_id"), table_name="story")
    op.drop_table("story")
    op.drop_index(op.f("ix_case_event_case_id"), table_name="case_event")
    op.drop_table("case_event")
    op.drop_index(op.f("ix_call_back_about_id"), table_name="call_back")
    op.drop_table("call_back")
    op.drop_index(
        "ix_case_unnamed",
        table_name="case_",
        sqlite_where=sa.text("sender_sealed IS NOT NULL OR receipt_sealed IS NOT NULL"),
        postgresql_where=sa.text("sender_sealed IS NOT NULL OR receipt_sealed IS NOT NULL"),
    )
    op.drop_index("ix_case_place", table_name="case_")
    op.drop_index("ix_case_open", table_name="case_")
    op.drop_index("ix_case_holder", table_name="case_")
    op.drop_index(op.f("ix_case__contact"), table_name="case_")
    op.drop_index(op.f("ix_case__class"), table_name="case_")
    op.drop_table("case_")
    op.drop_table("tally")
    op.drop_table("item_number")

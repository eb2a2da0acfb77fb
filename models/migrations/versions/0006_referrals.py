"""Referrals with their steps, and what centres have in stock."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "referral",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=7), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("relay_id", sa.Integer(), nullable=True),
        sa.Column("facility_id", sa.String(length=24), nullable=True),
        sa.Column("area_pcode", sa.String(length=16), nullable=True),
        sa.Column("age_band", sa.String(length=8), nullable=False),
        sa.Column("wish", sa.String(length=1), nullable=True),
        sa.Column("given", sa.String(length=4), nullable=True),
        sa.Column("reason", sa.String(length=16), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("consent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remind", sa.Boolean(), nullable=False),
        sa.Column("reminded", sa.Integer(), nullable=False),
        sa.Column("client_said", sa.String(length=8), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facility.id"], name=op.f("fk_referral_facility_id")
        ),
        sa.ForeignKeyConstraint(
            ["number"], ["item_number.number"], name=op.f("fk_referral_number")
        ),
        sa.ForeignKeyConstraint(["relay_id"], ["person.id"], name=op.f("fk_referral_relay_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint("number", name=op.f("uq_referral_number")),
    )
    op.create_index("ix_referral_centre", "referral", ["facility_id", "status"], unique=False)
    op.create_index("ix_referral_open", "referral", ["status", "due_at"], unique=False)
    op.create_index("ix_referral_relay", "referral", ["relay_id", "status"], unique=False)
    op.create_table(
        "stock",
        sa.Column("facility_id", sa.String(length=24), nullable=False),
        sa.Column("product", sa.String(length=1), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("out_since", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facility.id"], name=op.f("fk_stock_facility_id")
        ),
        sa.PrimaryKeyConstraint("facility_id", "product", name=op.f("pk_stock")),
    )
    op.create_table(
        "stock_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("facility_id", sa.String(length=24), nullable=False),
        sa.Column("product", sa.String(length=1), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facility.id"], name=op.f("fk_stock_report_facility_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_report")),
    )
    op.create_index(
        "ix_stock_report_centre", "stock_report", ["facility_id", "product", "at"], unique=False
    )
    op.create_table(
        "referral_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column("transition", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("road", sa.String(length=8), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_referral_step_referral_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_step")),
    )
    op.create_index(
        op.f("ix_referral_step_referral_id"), "referral_step", ["referral_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_referral_step_referral_id"), table_name="referral_step")
    op.drop_table("referral_step")
    op.drop_index("ix_stock_report_centre", table_name="stock_report")
    op.drop_table("stock_report")
    op.drop_table("stock")
    op.drop_index("ix_referral_relay", table_name="referral")
    op.drop_index("ix_referral_open", table_name="referral")
    op.drop_index("ix_referral_centre", table_name="referral")
    op.drop_table("referral")

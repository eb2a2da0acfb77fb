"""Alerts with their sources, evacuations and who is rung, what the keeper puts into a text."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evacuation_means",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("facility_id", sa.String(length=24), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facility.id"], name=op.f("fk_evacuation_means_facility_id")
        ),
        sa.ForeignKeyConstraint(
            ["payer_id"], ["organisation.id"], name=op.f("fk_evacuation_means_payer_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_evacuation_means_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evacuation_means")),
        sa.UniqueConstraint(
            "facility_id", "rank", name=op.f("uq_evacuation_means_facility_id_rank")
        ),
    )
    op.create_table(
        "alert",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("households", sa.Integer(), nullable=True),
        sa.Column("persons", sa.Integer(), nullable=True),
        sa.Column("size", sa.String(length=8), nullable=True),
        sa.Column("happened_on", sa.DateTime(timezone=True), nullable=True),
        sa.Column("committee_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("passed_to", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_alert_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_alert")),
    )
    op.create_table(
        "evacuation",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("facility_id", sa.String(length=24), nullable=True),
        sa.Column("relay_id", sa.Integer(), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refund", sa.String(length=12), nullable=True),
        sa.Column("refund_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_evacuation_case_id")),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facility.id"], name=op.f("fk_evacuation_facility_id")
        ),
        sa.ForeignKeyConstraint(["relay_id"], ["person.id"], name=op.f("fk_evacuation_relay_id")),
        sa.ForeignKeyConstraint(["refund_id"], ["case_.id"], name=op.f("fk_evacuation_refund_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_evacuation")),
    )
    op.create_index("ix_evacuation_next", "evacuation", ["next_at"], unique=False)
    op.create_table(
        "evacuation_ring",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("function", sa.String(length=24), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["evacuation.case_id"], name=op.f("fk_evacuation_ring_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_evacuation_ring_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evacuation_ring")),
        sa.UniqueConstraint(
            "case_id", "person_id", name=op.f("uq_evacuation_ring_case_id_person_id")
        ),
    )
    op.create_index(
        op.f("ix_evacuation_ring_person_id"), "evacuation_ring", ["person_id"], unique=False
    )
    op.create_table(
        "alert_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("contact", sa.String(length=64), nullable=True),
        sa.Column("own_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["alert.case_id"], name=op.f("fk_alert_source_case_id")
        ),
        sa.ForeignKeyConstraint(["own_id"], ["case_.id"], name=op.f("fk_alert_source_own_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_alert_source_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_source")),
        sa.UniqueConstraint("own_id", name=op.f("uq_alert_source_own_id")),
    )
    op.create_index(op.f("ix_alert_source_case_id"), "alert_source", ["case_id"], unique=False)
    op.add_column("outbound_message", sa.Column("fills", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("outbound_message", "fills")
    op.drop_index(op.f("ix_alert_source_case_id"), table_name="alert_source")
    op.drop_table("alert_source")
    op.drop_index(op.f("ix_evacuation_ring_person_id"), table_name="evacuation_ring")
    op.drop_table("evacuation_ring")
    op.drop_index("ix_evacuation_next", table_name="evacuation")
    op.drop_table("evacuation")
    op.drop_table("alert")
    op.drop_table("evacuation_means")

"""Organisations, what they cover, and registered people with their functions."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("area_pcode", sa.String(length=16), nullable=True),
        sa.Column("facility_id", sa.String(length=24), nullable=True),
        sa.Column("pair_id", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
    op.create_table(
        "coverage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("sector", sa.String(length=24), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("area_pcode", sa.String(length=16), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_coverage_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage")),
        sa.UniqueConstraint(
            "organisation_id",
            "sector",
            "role",
            "area_pcode",
            "since",
            name=op.f("uq_coverage_organisation_id_sector_role_area_pcode_since"),
        ),
    )
    op.create_index("ix_coverage_place", "coverage", ["area_pcode", "sector"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=8), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("area_pcode", sa.String(length=16), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("pseudonym", sa.String(length=64), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("phone_ends", sa.String(length=3), nullable=False),
        sa.Column("pin_hash", sa.String(length=160), nullable=True),
        sa.Column("pin_misses", sa.Integer(), nullable=False),
        sa.Column("pin_free_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stop_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_person_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("number", name=op.f("uq_person_number")),
    )
    op.create_index(op.f("ix_person_pseudonym"), "person", ["pseudonym"], unique=False)
    op.create_table(
        "hat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("function", sa.String(length=24), nullable=False),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("area_pcode", sa.String(length=16), nullable=True),
        sa.Column("on_duty", sa.Boolean(), nullable=False),
        sa.Column("voice", sa.String(length=8), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_hat_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_hat_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hat")),
        sa.UniqueConstraint(
            "person_id",
            "function",
            "organisation_id",
            "area_pcode",
            name=op.f("uq_hat_person_id_function_organisation_id_area_pcode"),
        ),
    )
    op.create_index("ix_hat_function", "hat", ["function", "area_pcode"], unique=False)
    op.create_table(
        "tie",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["other_id"], ["person.id"], name=op.f("fk_tie_other_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_tie_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tie")),
        sa.UniqueConstraint("person_id", "other_id", name=op.f("uq_tie_person_id_other_id")),
    )


def downgrade() -> None:
    op.drop_table("tie")
    op.drop_index("ix_hat_function", table_name="hat")
    op.drop_table("hat")
    op.drop_index(op.f("ix_person_pseudonym"), table_name="person")
    op.drop_table("person")
    op.drop_index("ix_coverage_place", table_name="coverage")
    op.drop_table("coverage")
    op.drop_table("organisation")

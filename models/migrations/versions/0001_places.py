"""The directory of Mali: areas, settlements, facilities, place codes; settings of the programme."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "area",
        sa.Column("pcode", sa.String(length=16), nullable=False),
        sa.Column("edition", sa.String(length=4), nullable=False),
        sa.Column("code_status", sa.String(length=20), nullable=False),
        sa.Column("pcode_2015", sa.String(length=16), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("aliases", sa.JSON(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("parent_pcode", sa.String(length=16), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_pcode"], ["area.pcode"], name=op.f("fk_area_parent_pcode")
        ),
        sa.PrimaryKeyConstraint("pcode", name=op.f("pk_area")),
    )
    op.create_index(op.f("ix_area_parent_pcode"), "area", ["parent_pcode"], unique=False)
    op.create_table(
        "place_code",
        sa.Column("code", sa.String(length=4), nullable=False),
        sa.Column("ref", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_place_code")),
    )
    op.create_table(
        "programme_setting",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_programme_setting")),
    )
    op.create_table(
        "facility",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("commune_pcode", sa.String(length=16), nullable=True),
        sa.Column("cercle_pcode", sa.String(length=16), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("quality", sa.String(length=20), nullable=False),
        sa.Column("fee", sa.String(length=24), nullable=True),
        sa.Column("hours", sa.String(length=24), nullable=True),
        sa.Column("telephone", sa.String(length=16), nullable=True),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["cercle_pcode"], ["area.pcode"], name=op.f("fk_facility_cercle_pcode")
        ),
        sa.ForeignKeyConstraint(
            ["commune_pcode"], ["area.pcode"], name=op.f("fk_facility_commune_pcode")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facility")),
    )
    op.create_index(op.f("ix_facility_cercle_pcode"), "facility", ["cercle_pcode"], unique=False)
    op.create_index(op.f("ix_facility_commune_pcode"), "facility", ["commune_pcode"], unique=False)
    op.create_table(
        "settlement",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("commune_pcode", sa.String(length=16), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_pcode"], ["area.pcode"], name=op.f("fk_settlement_commune_pcode")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement")),
    )
    op.create_index(
        op.f("ix_settlement_commune_pcode"), "settlement", ["commune_pcode"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_settlement_commune_pcode"), table_name="settlement")
    op.drop_table("settlement")
    op.drop_index(op.f("ix_facility_commune_pcode"), table_name="facility")
    op.drop_index(op.f("ix_facility_cercle_pcode"), table_name="facility")
    op.drop_table("facility")
    op.drop_table("programme_setting")
    op.drop_table("place_code")
    op.drop_index(op.f("ix_area_parent_pcode"), table_name="area")
    op.drop_table("area")

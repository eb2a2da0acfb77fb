"""Booklets of slips whose receipts were issued beforehand; who spoke, as far as it is counted."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "booklet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_booklet_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booklet")),
    )
    op.create_index(op.f("ix_booklet_person_id"), "booklet", ["person_id"], unique=False)
    op.create_table(
        "slip",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booklet_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=2), nullable=False),
        sa.Column("receipt_long", sa.String(length=64), nullable=True),
        sa.Column("receipt_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["booklet_id"], ["booklet.id"], name=op.f("fk_slip_booklet_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_slip_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slip")),
        sa.UniqueConstraint("booklet_id", "number", name=op.f("uq_slip_booklet_id_number")),
        sa.UniqueConstraint("receipt_long", name=op.f("uq_slip_receipt_long")),
    )
    op.create_index("ix_slip_case", "slip", ["case_id"], unique=False)
    unnamed = sa.text("receipt_sealed IS NOT NULL")
    op.create_index(
        "ix_slip_unnamed",
        "slip",
        ["id"],
        unique=False,
        sqlite_where=unnamed,
        postgresql_where=unnamed,
    )
    with op.batch_alter_table("case_", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sex", sa.String(length=1), nullable=True))
        batch_op.add_column(sa.Column("age_band", sa.String(length=8), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("case_", schema=None) as batch_op:
        batch_op.drop_column("age_band")
        batch_op.drop_column("sex")
    op.drop_index("ix_slip_unnamed", table_name="slip")
    op.drop_index("ix_slip_case", table_name="slip")
    op.drop_table("slip")
    op.drop_index(op.f("ix_booklet_person_id"), table_name="booklet")
    op.drop_table("booklet")

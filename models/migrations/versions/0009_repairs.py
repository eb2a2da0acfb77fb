"""Repair requests and checks; when a holder's clock reminds and moves on."""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "repair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=7), nullable=False),
        sa.Column("category", sa.String(length=3), nullable=False),
        sa.Column("area_pcode", sa.String(length=16), nullable=True),
        sa.Column("organisation_id", sa.String(length=40), nullable=False),
        sa.Column("function", sa.String(length=24), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("why", sa.String(length=12), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["number"], ["item_number.number"], name=op.f("fk_repair_number")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_repair_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_repair_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repair")),
        sa.UniqueConstraint("number", name=op.f("uq_repair_number")),
    )
    with op.batch_alter_table("repair", schema=None) as batch_op:
        batch_op.create_index(
            "ix_repair_alike", ["organisation_id", "category", "area_pcode"], unique=False
        )
        batch_op.create_index("ix_repair_open", ["status", "due_at"], unique=False)
    op.create_table(
        "check_",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(length=12), nullable=True),
        sa.Column("how", sa.String(length=12), nullable=True),
        sa.Column("result", sa.String(length=12), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_check__case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_")),
    )
    with op.batch_alter_table("check_", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_check__case_id"), ["case_id"], unique=False)
    op.create_table(
        "repair_case",
        sa.Column("repair_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_repair_case_case_id")),
        sa.ForeignKeyConstraint(
            ["repair_id"], ["repair.id"], name=op.f("fk_repair_case_repair_id")
        ),
        sa.PrimaryKeyConstraint("repair_id", "case_id", name=op.f("pk_repair_case")),
    )
    with op.batch_alter_table("repair_case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_repair_case_case_id"), ["case_id"], unique=False)
    with op.batch_alter_table("case_", schema=None) as batch_op:
        batch_op.add_column(sa.Column("act_by", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("remind_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))
    _wind_what_is_open()


def _wind_what_is_open() -> None:
    """Give what was filed before the one reminder of its clock: 48 hours, at most half, before."""
    at = sa.DateTime(timezone=True)
    case = sa.table(
        "case_",
        sa.column("id", sa.Integer()),
        *(sa.column(name, at) for name in ("opened_at", "due_at", "closed_at", "remind_at")),
    )
    link = op.get_bind()
    running = sa.select(case.c.id, case.c.opened_at, case.c.due_at).where(
        case.c.closed_at.is_(None)
    )
    for row in link.execute(running).all():
        before = min(timedelta(hours=48), (row.due_at - row.opened_at) / 2)
        link.execute(
            sa.update(case).where(case.c.id == row.id).values(remind_at=row.due_at - before)
        )


def downgrade() -> None:
    with op.batch_alter_table("case_", schema=None) as batch_op:
        batch_op.drop_column("reminded_at")
        batch_op.drop_column("remind_at")
        batch_op.drop_column("act_by")
    with op.batch_alter_table("repair_case", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_repair_case_case_id"))
    op.drop_table("repair_case")
    with op.batch_alter_table("check_", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_check__case_id"))
    op.drop_table("check_")
    with op.batch_alter_table("repair", schema=None) as batch_op:
        batch_op.drop_index("ix_repair_open")
        batch_op.drop_index("ix_repair_alike")
    op.drop_table("repair")

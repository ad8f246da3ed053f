"""Seals over the whole history"""

import sqlalchemy as sa
from alembic import op

from bot.store.append_only import protect, release
from bot.store.schema import Id, Instant

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "seals",
        sa.Column("id", Id, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("up_to", Id, nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seals")),
    )
    for statement in protect("seals", op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    for statement in release("seals", op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_table("seals")

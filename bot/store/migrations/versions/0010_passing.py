"""Tickets passed on, and departments that help"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tickets", sa.Column("hops", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("seats", sa.Column("kind", sa.Text(), nullable=False, server_default="above"))


def downgrade() -> None:
    op.drop_column("seats", "kind")
    op.drop_column("tickets", "hops")

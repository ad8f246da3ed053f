"""What the clock must know of a ticket: its level, its pauses, when to look at it next; and who else sees it"""

import sqlalchemy as sa
from alembic import op

from bot.store.schema import Id, Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

COLUMNS = (
    "level", "since", "warned", "nudged", "interim_told", "reminded_at", "paused_at", "left_s", "clock_at",
)  # fmt: skip
WATCHED = sa.text("clock_at IS NOT NULL")
OPEN = ("new", "in_progress", "disputed", "answered")
tickets = sa.table(
    "tickets", sa.column("id", Id), sa.column("state", sa.Text()), sa.column("opened_at", Instant()),
    sa.column("since", Instant()), sa.column("clock_at", Instant()),
)  # fmt: skip


def upgrade() -> None:
    new: list[sa.Column[object]] = [
        sa.Column("level", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("since", Instant(), nullable=True),
        sa.Column("warned", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("nudged", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("interim_told", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("reminded_at", Instant(), nullable=True),
        sa.Column("paused_at", Instant(), nullable=True),
        sa.Column("left_s", sa.Float(), nullable=True),
        sa.Column("clock_at", Instant(), nullable=True),
    ]
    for column in new:
        op.add_column("tickets", column)
    op.create_index("ix_tickets_clock_at", "tickets", ["clock_at"], sqlite_where=WATCHED, postgresql_where=WATCHED)
    op.create_table(
        "seats",
        sa.Column("ticket_id", Id, nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_seats_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("ticket_id", "department", name=op.f("pk_seats")),
    )
    op.create_index("ix_seats_department", "seats", ["department", "ticket_id"])
    open_ones = sa.update(tickets).where(tickets.c.state.in_(OPEN))
    op.get_bind().execute(sa.update(tickets).values(since=tickets.c.opened_at))
    op.get_bind().execute(open_ones.values(clock_at=tickets.c.opened_at))


def downgrade() -> None:
    op.drop_index("ix_seats_department", table_name="seats")
    op.drop_table("seats")
    op.drop_index("ix_tickets_clock_at", table_name="tickets", sqlite_where=WATCHED, postgresql_where=WATCHED)
    for name in COLUMNS:
        op.drop_column("tickets", name)

"""Media: files that came with messages, fetched by a worker, and files officials answer with"""

import sqlalchemy as sa
from alembic import op

from bot.store.schema import Id, Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    media = op.create_table(
        "media",
        sa.Column("id", Id, nullable=False),
        sa.Column("inbound_id", Id, nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("ticket_id", Id, nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("told_kind", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("small_key", sa.Text(), nullable=False),
        sa.Column("small_bytes", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound.id"], name=op.f("fk_media_inbound_id_inbound")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_media_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
        sa.UniqueConstraint("inbound_id", "position", name=op.f("uq_media_inbound_id_position")),
    )
    op.create_index("ix_media_waiting", "media", ["due_at"], sqlite_where=WAITING, postgresql_where=WAITING)
    op.create_index("ix_media_ticket_id", "media", ["ticket_id"])
    _expect_what_came_before(media)


def _expect_what_came_before(media: sa.Table) -> None:
    """Files of messages that are here already: the carrier has most of them still."""
    inbound = sa.table(
        "inbound", sa.column("id", Id), sa.column("media", sa.JSON()), sa.column("received_at", Instant())
    )
    fixed = {
        "kind": "", "state": "waiting", "reason": "", "bytes": 0, "sha256": "", "key": "", "small_key": "",
        "small_bytes": 0, "name": "", "width": 0, "height": 0, "attempts": 0,
    }  # fmt: skip
    with_files = sa.select(inbound).where(sa.cast(inbound.c.media, sa.Text()) != "[]")
    rows = [
        fixed
        | {"inbound_id": row.id, "position": position, "url": file["url"], "told_kind": file["kind"]}
        | {"due_at": row.received_at, "created_at": row.received_at}
        for row in op.get_bind().execute(with_files)
        for position, file in enumerate(row.media)
    ]
    if rows:
        op.bulk_insert(media, rows)


def downgrade() -> None:
    op.drop_index("ix_media_ticket_id", table_name="media")
    op.drop_index("ix_media_waiting", table_name="media", sqlite_where=WAITING, postgresql_where=WAITING)
    op.drop_table("media")

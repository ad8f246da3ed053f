"""Carriers by their rules: forms of a message, fall-backs, what a contact is reached by, templates, rates, breakers"""

import sqlalchemy as sa
from alembic import op

from bot.store.schema import Id, Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

FIRST = sa.text("replaces_id IS NULL")
NOTICES = sa.text("template <> ''")
HELD = sa.text("state = 'held'")
UNDELIVERED = sa.text(
    "state = 'accepted' AND channel = 'whatsapp' AND status IN ('', 'accepted', 'queued', 'sending', 'sent')"
)


def upgrade() -> None:
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("body", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("choices", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("media", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("latitude", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("longitude", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("template", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("variables", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("replaces_id", Id, nullable=True))
        batch_op.add_column(sa.Column("accepted_at", Instant(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_outbox_replaces_id_outbox"), "outbox", ["replaces_id"], ["id"])
        batch_op.create_unique_constraint(op.f("uq_outbox_replaces_id"), ["replaces_id"])
        batch_op.drop_constraint(op.f("uq_outbox_campaign_id_contact_id"), type_="unique")
        batch_op.create_index(
            "uq_outbox_person",
            ["campaign_id", "contact_id"],
            unique=True,
            sqlite_where=FIRST,
            postgresql_where=FIRST,
        )
        batch_op.create_index("ix_outbox_notices", ["contact_id"], sqlite_where=NOTICES, postgresql_where=NOTICES)
        batch_op.create_index("ix_outbox_held", ["contact_id"], sqlite_where=HELD, postgresql_where=HELD)
        batch_op.create_index(
            "ix_outbox_undelivered", ["accepted_at"], sqlite_where=UNDELIVERED, postgresql_where=UNDELIVERED
        )
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("whatsapp_at", Instant(), nullable=True))
        batch_op.add_column(sa.Column("prefers", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("unreachable", sa.Text(), nullable=False, server_default=""))
    op.execute("UPDATE contacts SET whatsapp_at = last_inbound_at WHERE channel = 'whatsapp'")
    op.create_table(
        "breakers",
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("open_until", Instant(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("route", name=op.f("pk_breakers")),
    )
    op.create_table(
        "rates",
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("sender", name=op.f("pk_rates")),
    )
    op.create_table(
        "contents",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_contents")),
    )
    op.create_table(
        "templates",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("fetched_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("name", "language", name=op.f("pk_templates")),
    )
    op.create_table(
        "cursors",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_cursors")),
    )


def downgrade() -> None:
    for table in ("cursors", "templates", "contents", "rates", "breakers"):
        op.drop_table(table)
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        for column in ("unreachable", "prefers", "whatsapp_at"):
            batch_op.drop_column(column)
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_undelivered", sqlite_where=UNDELIVERED, postgresql_where=UNDELIVERED)
        batch_op.drop_index("ix_outbox_notices", sqlite_where=NOTICES, postgresql_where=NOTICES)
        batch_op.drop_index("ix_outbox_held", sqlite_where=HELD, postgresql_where=HELD)
        batch_op.drop_index("uq_outbox_person", sqlite_where=FIRST, postgresql_where=FIRST)
        batch_op.create_unique_constraint(op.f("uq_outbox_campaign_id_contact_id"), ["campaign_id", "contact_id"])
        batch_op.drop_constraint(op.f("uq_outbox_replaces_id"), type_="unique")
        batch_op.drop_constraint(op.f("fk_outbox_replaces_id_outbox"), type_="foreignkey")
        for column in (
            "accepted_at", "replaces_id", "variables", "template", "longitude", "latitude", "media", "choices", "body"
        ):  # fmt: skip
            batch_op.drop_column(column)

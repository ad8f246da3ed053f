"""The whole life of a ticket: more states, what citizens said of the answer, and a history nobody can rewrite"""

import secrets
from typing import Any

import sqlalchemy as sa
from alembic import op

from bot import chain
from bot.store.append_only import protect, release
from bot.store.schema import Id, Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATES = {"closed": "confirmed", "reopened": "disputed"}
COLUMNS = ("head", "events", "verdict", "rating", "reason", "answered_at", "ended_at")


def _new() -> list[sa.Column[Any]]:
    return [
        sa.Column("head", sa.Text(), nullable=False, server_default=""),
        sa.Column("events", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("verdict", sa.Text(), nullable=False, server_default=""),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False, server_default=""),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
    ]


tickets = sa.table(
    "tickets", sa.column("id", Id), sa.column("number", sa.Text()), sa.column("state", sa.Text()),
    sa.column("head", sa.Text()), sa.column("events", sa.Integer()), sa.column("verdict", sa.Text()),
    sa.column("answered_at", Instant()), sa.column("ended_at", Instant()),
)  # fmt: skip
events = sa.table(
    "events", sa.column("id", Id), sa.column("ticket_id", Id), sa.column("seq", sa.Integer()),
    sa.column("at", Instant()), sa.column("actor", sa.Text()), sa.column("account_id", Id),
    sa.column("action", sa.Text()), sa.column("data", sa.JSON()), sa.column("digest", sa.Text()),
)  # fmt: skip
words = sa.table(
    "event_words", sa.column("ticket_id", Id), sa.column("seq", sa.Integer()), sa.column("salt", sa.Text()),
    sa.column("text", sa.Text()),
)  # fmt: skip


def upgrade() -> None:
    bind = op.get_bind()
    for column in _new():
        op.add_column("tickets", column)
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seq", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("digest", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "event_words",
        sa.Column("ticket_id", Id, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_event_words_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("ticket_id", "seq", name=op.f("pk_event_words")),
    )
    for old, new in STATES.items():
        bind.execute(sa.update(tickets).where(tickets.c.state == old).values(state=new))
    for ticket in bind.execute(sa.select(tickets.c.id, tickets.c.number)).all():
        _chain(bind, ticket)
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index("ix_events_ticket_id")
        batch_op.create_unique_constraint(op.f("uq_events_ticket_id_seq"), ["ticket_id", "seq"])
        batch_op.alter_column("seq", server_default=None)
        batch_op.alter_column("digest", server_default=None)
    for statement in protect("events", bind.dialect.name):
        op.execute(statement)


def _chain(bind: sa.Connection, ticket: Any) -> None:
    """Chains what happened to a ticket so far, its notes' words beside it, and what its events say of its end."""
    head, seq, known = "", 0, {"verdict": "", "answered_at": None, "ended_at": None}
    mine = sa.select(events).where(events.c.ticket_id == ticket.id).order_by(events.c.id)
    for event in bind.execute(mine).all():
        seq, data = seq + 1, dict(event.data)
        if text := data.pop("text", ""):
            salt = secrets.token_hex(8)
            bind.execute(sa.insert(words).values(ticket_id=ticket.id, seq=seq, salt=salt, text=text))
            data["words"] = chain.digest_of_words(salt, text)
        fields = {name: getattr(event, name) for name in ("at", "actor", "account_id", "action")}
        head = chain.digest(head, ticket.number, fields | {"seq": seq, "data": data})
        bind.execute(sa.update(events).where(events.c.id == event.id).values(seq=seq, data=data, digest=head))
        match event.action:
            case "resolve":
                known["answered_at"] = event.at
            case "confirm":
                known |= {"verdict": "solved", "ended_at": event.at}
            case "dispute":
                known |= {"verdict": "unsolved", "ended_at": None}
            case "withdraw":
                known["ended_at"] = event.at
    bind.execute(sa.update(tickets).where(tickets.c.id == ticket.id).values(head=head, events=seq, **known))


def downgrade() -> None:
    bind = op.get_bind()
    for statement in release("events", bind.dialect.name):
        op.execute(statement)
    for old, new in STATES.items():
        bind.execute(sa.update(tickets).where(tickets.c.state == new).values(state=old))
    bind.execute(sa.update(tickets).where(tickets.c.state.in_(("assigned", "waiting"))).values(state="in_progress"))
    bind.execute(sa.update(tickets).where(tickets.c.state.in_(("lapsed", "rejected", "joined"))).values(state="closed"))
    for said in bind.execute(sa.select(words)).all():
        mine = sa.and_(events.c.ticket_id == said.ticket_id, events.c.seq == said.seq)
        data = dict(bind.execute(sa.select(events.c.data).where(mine)).scalar_one()) | {"text": said.text}
        data.pop("words", None)
        bind.execute(sa.update(events).where(mine).values(data=data))
    op.drop_table("event_words")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("uq_events_ticket_id_seq"), type_="unique")
        batch_op.create_index("ix_events_ticket_id", ["ticket_id"])
        batch_op.drop_column("digest")
        batch_op.drop_column("seq")
    for name in COLUMNS:  # one by one: SQLite would copy the table for a batch, and others refer to its rows
        op.drop_column("tickets", name)

"""Sealed numbers: a contact's phone and name encrypted, an index to find it by, an alias; and requests to see a number"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from bot.sealing import draw_alias
from bot.store.contacts import bound_to
from bot.store.schema import Id, Instant
from bot.vault import Vault, VaultError

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BATCH = 1000
ROWS = sa.table(
    "contacts",
    sa.column("id", sa.BigInteger),
    sa.column("phone", sa.Text),
    sa.column("name", sa.Text),
    sa.column("phone_sealed", sa.LargeBinary),
    sa.column("name_sealed", sa.LargeBinary),
    sa.column("phone_index", sa.LargeBinary),
    sa.column("alias", sa.Text),
)


def upgrade() -> None:
    with op.batch_alter_table("contacts") as batch_op:
        batch_op.add_column(sa.Column("phone_sealed", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("name_sealed", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("phone_index", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("alias", sa.Text(), nullable=True))
    _seal()
    with op.batch_alter_table("contacts") as batch_op:
        batch_op.drop_constraint(op.f("uq_contacts_phone"), type_="unique")
        batch_op.drop_column("phone")
        batch_op.drop_column("name")
    with op.batch_alter_table("contacts") as batch_op:
        batch_op.alter_column("phone_sealed", new_column_name="phone", existing_type=sa.LargeBinary(), nullable=False)
        batch_op.alter_column("name_sealed", new_column_name="name", existing_type=sa.LargeBinary(), nullable=False)
        batch_op.alter_column("phone_index", existing_type=sa.LargeBinary(), nullable=False)
        batch_op.alter_column("alias", existing_type=sa.Text(), nullable=False)
        batch_op.create_unique_constraint(op.f("uq_contacts_phone_index"), ["phone_index"])
        batch_op.create_unique_constraint(op.f("uq_contacts_alias"), ["alias"])
    _add_requests()


def _add_requests() -> None:
    waiting = sa.text("decision = ''")
    op.create_table(
        "unsealings",
        sa.Column("id", Id, nullable=False),
        sa.Column("ticket_id", Id, nullable=False),
        sa.Column("asked_by", Id, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("decided_by", Id, nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.CheckConstraint("decided_by <> asked_by", name=op.f("ck_unsealings_two_people")),
        sa.ForeignKeyConstraint(["asked_by"], ["accounts.id"], name=op.f("fk_unsealings_asked_by_accounts")),
        sa.ForeignKeyConstraint(["decided_by"], ["accounts.id"], name=op.f("fk_unsealings_decided_by_accounts")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_unsealings_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unsealings")),
    )
    op.create_index("ix_unsealings_ticket_id_asked_by", "unsealings", ["ticket_id", "asked_by"])
    op.create_index("ix_unsealings_decided_at", "unsealings", ["decided_at"])
    op.create_index(
        "uq_unsealings_waiting",
        "unsealings",
        ["ticket_id", "asked_by"],
        unique=True,
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def downgrade() -> None:
    op.drop_table("unsealings")
    with op.batch_alter_table("contacts") as batch_op:
        batch_op.drop_constraint(op.f("uq_contacts_phone_index"), type_="unique")
        batch_op.drop_constraint(op.f("uq_contacts_alias"), type_="unique")
        batch_op.drop_column("alias")
        batch_op.drop_column("phone_index")
        batch_op.alter_column("phone", new_column_name="phone_sealed", existing_type=sa.LargeBinary())
        batch_op.alter_column("name", new_column_name="name_sealed", existing_type=sa.LargeBinary())
    with op.batch_alter_table("contacts") as batch_op:
        batch_op.add_column(sa.Column("phone", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("name", sa.Text(), nullable=True))
    _open()
    with op.batch_alter_table("contacts") as batch_op:
        batch_op.drop_column("phone_sealed")
        batch_op.drop_column("name_sealed")
        batch_op.alter_column("phone", existing_type=sa.Text(), nullable=False)
        batch_op.alter_column("name", existing_type=sa.Text(), nullable=False)
        batch_op.create_unique_constraint(op.f("uq_contacts_phone"), ["phone"])


def _seal() -> None:
    taken: set[str] = set()
    for row in _rows(ROWS.c.id, ROWS.c.phone, ROWS.c.name):
        vault = _vault()
        alias = next(a for tries in range(1000) if (a := draw_alias(vault.draw, tries)) not in taken)
        taken.add(alias)
        _change(
            row.id,
            phone_sealed=vault.seal(row.phone, bound_to("phone", row.id)),
            name_sealed=vault.seal(row.name, bound_to("name", row.id)) if row.name else b"",
            phone_index=vault.index(row.phone),
            alias=alias,
        )
    if taken:  # the numbers were there in clear: the database is asked to write the table anew
        context.config.attributes.setdefault("rewrite", []).append("contacts")


def _open() -> None:
    for row in _rows(ROWS.c.id, ROWS.c.phone_sealed, ROWS.c.name_sealed):
        vault = _vault()
        name = vault.unseal(row.name_sealed, bound_to("name", row.id)) if row.name_sealed else ""
        _change(row.id, phone=vault.unseal(row.phone_sealed, bound_to("phone", row.id)), name=name)


def _rows(*columns: Any) -> Iterator[Any]:
    last = -1
    while rows := op.get_bind().execute(
        sa.select(*columns).where(ROWS.c.id > last).order_by(ROWS.c.id).limit(BATCH)
    ).all():  # fmt: skip
        yield from rows
        last = rows[-1].id


def _change(row_id: int, **fields: Any) -> None:
    op.get_bind().execute(sa.update(ROWS).where(ROWS.c.id == row_id).values(**fields))


def _vault() -> Vault:
    vault = context.config.attributes.get("vault")
    if not isinstance(vault, Vault):
        raise VaultError("There are phone numbers to seal or to open: set TAWAR_DATA_KEY and TAWAR_INDEX_KEY first")
    return vault

"""Alembic's entry: runs the migrations on the connection it is handed, with a short lock timeout."""

from alembic import context
from sqlalchemy import Connection, text

import insurenz.models  # noqa: F401 - fills the metadata
from insurenz.core.db import Base


def _run(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET lock_timeout = '5s'"))
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_type=True,
        transactional_ddl=True,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


_run(context.config.attributes["connection"])

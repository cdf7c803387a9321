"""The schema's history: it leads to what the models say, and back."""

import re

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

import insurenz.models  # noqa: F401 - fills the metadata
from insurenz.core.db import Base, Database
from insurenz.migrations import runner, state


def is_in_the_models(name: str | None, kind: str, _parents: dict[str, str | None]) -> bool:
    """The full text of claims differs from database to database, so no model has it."""
    return not re.match("claim_word|ix_claims_words", name or "") and (kind, name) != ("column", "words")


def test_the_migrations_lead_to_what_the_models_say(migrated: Database) -> None:
    with migrated.engine.connect() as connection:
        opts = {"compare_type": True, "include_name": is_in_the_models}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, Base.metadata) == []
    assert state.is_current(migrated)


def test_every_migration_can_be_undone_and_done_again(real_database: Database) -> None:
    tables = set(inspect(real_database.engine).get_table_names())
    runner.downgrade(real_database, "base")
    left = set(inspect(real_database.engine).get_table_names())
    runner.upgrade(real_database)
    assert (left, set(inspect(real_database.engine).get_table_names())) == ({"alembic_version"}, tables)


def test_migrating_twice_changes_nothing(real_database: Database) -> None:
    runner.upgrade(real_database)
    assert state.is_current(real_database)


def test_there_is_one_head_and_every_name_is_dated(real_database: Database) -> None:
    with real_database.engine.connect() as connection:
        script = ScriptDirectory.from_config(runner.config(connection))
    revisions = [revision.revision for revision in script.walk_revisions()]
    assert len(script.get_heads()) == 1
    assert all(revision[:8].isdigit() for revision in revisions)

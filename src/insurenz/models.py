"""Every table, imported for Alembic and for nothing else."""

import insurenz.core.idempotency

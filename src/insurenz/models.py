"""Every table, imported for Alembic and for nothing else."""

import insurenz.core.idempotency
import insurenz.organisations.models
import insurenz.accounts.models
import insurenz.definitions.models
import insurenz.policies.models
import insurenz.events.models

"""Every table, imported for Alembic and for nothing else."""

import insurenz.accounts.models
import insurenz.claims.models
import insurenz.core.idempotency
import insurenz.definitions.models
import insurenz.deliveries.firestore.models
import insurenz.deliveries.models
import insurenz.documents.models
import insurenz.events.models
import insurenz.notifications.models
import insurenz.organisations.models
import insurenz.policies.models

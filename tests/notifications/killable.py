"""A process to be killed: cleans up inboxes in small batches."""

import sys

from insurenz.core.db import Database
from insurenz.notifications import purge

if __name__ == "__main__":
    purge.ROWS.update(postgresql=2, sqlite=2)
    purge.cleanup_expired_notifications(db_override=Database(sys.argv[1]))

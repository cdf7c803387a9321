"""A process to be killed: sends what is due to a receiver, under short leases, and goes on until nothing is due."""

import sys
import time
from datetime import timedelta

from insurenz.core.db import Database
from insurenz.core.settings import Settings
from insurenz.deliveries.channels import Channels
from insurenz.deliveries.sending import Sender
from tests.deliveries.messages import states

LEASE = timedelta(seconds=1)


def main() -> None:
    """Send until everything is delivered, or until a fault point kills the process."""
    url, service = sys.argv[1:]
    database = Database(url)
    settings = Settings(_env_file=None, jwt_secret_key="of the tests", notification_service_url=service)
    sender = Sender(database, Channels.of(settings, database).by_name["external"], lease=LEASE)
    # What a process killed before still holds is due again when its lease has expired.
    while "due" in states(database):
        sender.work()
        time.sleep(0.02)


if __name__ == "__main__":
    main()

"""A process that is killed while it writes objects: half a spool is left, and an object without a row."""

import sys
from pathlib import Path

from insurenz.core import faults
from insurenz.core.settings import Settings
from insurenz.core.storage import new_key, store_for
from tests.stores import put

if __name__ == "__main__":
    store = store_for(Settings(_env_file=None, data_dir=Path(sys.argv[1])))
    store.create(new_key()).write([b"half"])
    faults.plan("store.written=kill")
    put(store, b"whole")

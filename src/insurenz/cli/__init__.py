"""The `insurenz` command. Each command is thin: it calls one service function and shows what came of it."""

import sys


def main() -> None:
    """Run the command that the arguments name; a refusal is one line, and the exit code 1."""
    from insurenz.cli.startup import without_gc

    with without_gc():
        from insurenz.cli.commands import app
        from insurenz.cli.opening import Stopped
    try:
        app()
    except Stopped as stopped:
        print(stopped, file=sys.stderr)
        sys.exit(1)

"""The `insurenz` command. Each command is thin: it calls one service function and shows what came of it."""

import gc
import sys

# Hardly anything that a command loads and makes at first is ever garbage.
GARBAGE = 10_000


def main() -> None:
    """Run the command that the arguments name; a refusal is one line, and the exit code 1."""
    gc.set_threshold(GARBAGE)
    from insurenz.cli.commands import app
    from insurenz.cli.opening import Stopped

    try:
        app()
    except Stopped as stopped:
        print(stopped, file=sys.stderr)
        sys.exit(1)

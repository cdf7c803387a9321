"""The `insurenz` command. Each command is thin: it calls one service function and shows what came of it."""

import gc
import os
import sys

# Hardly anything that a command loads and makes at first is ever garbage.
GARBAGE = 10_000
# What an install keeps is about people's health: of all that is written nothing is for others on the machine.
OTHERS = 0o007


def main() -> None:
    """Run the command that the arguments name; a refusal is one line, and the exit code 1."""
    gc.set_threshold(GARBAGE)
    os.umask(os.umask(OTHERS) | OTHERS)
    from insurenz.cli.commands import app
    from insurenz.cli.opening import Stopped

    try:
        app()
    except Stopped as stopped:
        print(stopped, file=sys.stderr)
        sys.exit(1)

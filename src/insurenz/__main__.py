"""`python -m insurenz` is the `insurenz` command."""

from insurenz.cli import main

if __name__ == "__main__":
    main()

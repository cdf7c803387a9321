# Shorthands; ./run and ./test are the commands that count.
.PHONY: run test fast lint format types locks audit clean

run: ; ./run
test: ; ./test
fast: ; ./test -x -m "not browser and not crash and not load and not full"
lint: ; .venv/bin/ruff check && .venv/bin/lint-imports --no-logo
format: ; .venv/bin/ruff format && .venv/bin/ruff check --fix
types: ; .venv/bin/mypy
locks: ; scripts/update-locks
audit: ; scripts/audit
clean: ; rm -rf .venv .venv.lock .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# Sourced by ./run and ./test: makes .venv from a lock file, and the web app; does nothing when they are up to date.

# prepare LOCK: after it .venv holds the versions of LOCK and this checkout, installed editable.
prepare() {
  local lock=$1 stamp
  stamp=.venv/${lock%.lock}.stamp
  is_current "$stamp" "$lock" && return
  # one at a time: the second of two callers waits here, then finds the work done
  { command -v flock >/dev/null && flock 9; is_current "$stamp" "$lock" || build "$stamp" "$lock"; } 9>.venv.lock
}

# prepare_web_app: builds it into the package, with Node as a package of Python where the machine has none.
prepare_web_app() {
  { command -v flock >/dev/null && flock 9; build_web_app; } 9>.venv.lock
}

build_web_app() {
  local script=scripts/build_web_app.py
  .venv/bin/python "$script" --is-current && return
  .venv/bin/python "$script" --has-node ||
    .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-node.lock
  .venv/bin/python "$script"
}

# The stamp is written last: an interrupted set-up is done again by the next call.
is_current() {
  [ -x .venv/bin/python ] && [ -f "$1" ] && [ "$(<"$1")" = "$(state "$2")" ]
}

# What the environment depends on: the lock, the project file, where the checkout lies, the interpreter.
state() {
  cat "$1" pyproject.toml | sha256sum
  echo "$PWD" "$(readlink -f .venv/bin/python)"
}

build() {
  local stamp=$1 lock=$2 started=$SECONDS python=
  is_sound || python=$(find_python)
  echo "Setting up .venv from $lock (once; about a minute on a slow line) ..." >&2
  if [ -n "$python" ]; then
    rm -rf .venv
    "$python" -m venv .venv
  fi
  touch .venv/unfinished
  # -qq: the warnings of pip concern the machine's own settings; errors are still shown
  .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r "$lock"
  .venv/bin/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
  rm .venv/unfinished
  state "$lock" >"$stamp"
  echo "Ready in $((SECONDS - started)) s." >&2
}

# Can it be updated in place? Not when it was left half made, or the checkout has moved.
is_sound() {
  [ ! -e .venv/unfinished ] && grep -qF "$PWD/.venv" .venv/bin/activate 2>/dev/null &&
    .venv/bin/python -m pip --version >/dev/null 2>&1
}

# The first interpreter that is new enough and can make environments.
find_python() {
  local name found=
  for name in python3 python3.14 python3.13 python3.12 python3.11; do
    command -v "$name" >/dev/null || continue
    "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || continue
    found=$name
    "$name" -c 'import ensurepip, venv' 2>/dev/null && echo "$name" && return
  done
  if [ -n "$found" ]; then echo "$found cannot make virtual environments: python3-venv is missing."
  else echo "Insurenz needs Python 3.11 or newer; found: $(python3 --version 2>/dev/null || echo none)."; fi >&2
  echo "On Debian and Ubuntu:  sudo apt-get install python3 python3-venv" >&2
  return 1
}

"""The web app as it was built in this checkout; tests that need it are skipped by name where it was not."""

from pathlib import Path

import pytest

from insurenz.web.web_app import FOLDER

NOT_BUILT = "needs the built web app: python3 scripts/build_web_app.py"


@pytest.fixture(scope="session")
def built_app() -> Path:
    """The folder of the built app."""
    folder = FOLDER / "app"
    if not (folder / "index.html").is_file():
        pytest.skip(NOT_BUILT)
    return folder

"""Who is told the metrics."""

from pathlib import Path
from typing import Any

import pytest

from insurenz.core.db import Database
from tests.actors import make_api

PRODUCTION = {"env": "production", "jwt_secret_key": "k" * 64, "public_url": "https://claims.example.org"}
TOKEN = {"server": {"metrics_token": "a-token-of-the-operator"}}
RIGHT, WRONG = {"Authorization": "Bearer a-token-of-the-operator"}, {"Authorization": "Bearer another"}


@pytest.mark.parametrize(
    ("settings", "headers", "status"),
    [
        ({}, {}, 200),
        (PRODUCTION, {}, 404),
        (PRODUCTION, {"Authorization": "Bearer "}, 404),
        (PRODUCTION | TOKEN, {}, 404),
        (PRODUCTION | TOKEN, WRONG, 404),
        (PRODUCTION | TOKEN, RIGHT, 200),
        (TOKEN, {}, 404),
        (TOKEN, RIGHT, 200),
    ],
)
def test_metrics_are_open_in_development_and_by_token_else(
    database: Database, tmp_path: Path, settings: dict[str, Any], headers: dict[str, str], status: int
) -> None:
    client = make_api(database, tmp_path, **settings).nobody
    assert client.get("/metrics", headers=headers).status_code == status

"""Timeouts of sessions and of fresh sign-ins, to the second by the one clock; what is long over is deleted."""

from datetime import timedelta
from typing import Any

import pytest

from insurenz.accounts import queries, retention
from insurenz.accounts.presence import Presence
from insurenz.core.db import Database
from tests.actors import PASSWORD, Api, Cast
from tests.conftest import Clock

LOGIN = {"email": "asha@demo.example", "password": PASSWORD}


def refresh(api: Api, token: str) -> Any:
    return api.nobody.post("/auth/refresh", json={"refresh_token": token})


@pytest.mark.parametrize("kind", ["as_", "browser"])
def test_a03_a_session_not_used_for_twelve_hours_ends_to_the_second(
    api: Api, cast: Cast, frozen_clock: Clock, kind: str
) -> None:
    client = getattr(api, kind)(cast.asha)
    sid = api._sessions.get(cast.asha.id)

    def call() -> int:
        # An access token lives for minutes only; the client has a fresh one each time.
        return (api.as_(cast.asha) if sid else client).get("/auth/me").status_code

    for _ in range(3):
        frozen_clock.move(hours=11, minutes=59, seconds=59)
        assert call() == 200
    frozen_clock.move(hours=12)
    assert call() == 401


@pytest.mark.parametrize("kind", ["as_", "browser"])
def test_a03_a_session_ends_after_thirty_days_to_the_second(
    api: Api, cast: Cast, frozen_clock: Clock, kind: str
) -> None:
    client = getattr(api, kind)(cast.asha)
    for _ in range(30 * 3 - 1):
        frozen_clock.move(hours=8)
        client = api.as_(cast.asha) if kind == "as_" else client
        assert client.get("/auth/me").status_code == 200
    frozen_clock.move(hours=7, minutes=59, seconds=59)
    client = api.as_(cast.asha) if kind == "as_" else client
    assert client.get("/auth/me").status_code == 200
    frozen_clock.move(seconds=1)
    assert (api.as_(cast.asha) if kind == "as_" else client).get("/auth/me").status_code == 401


def test_a03_refreshing_counts_as_use_and_ends_with_the_session(
    api: Api, cast: Cast, frozen_clock: Clock
) -> None:
    token = api.nobody.post("/auth/login", json=LOGIN).json()["refresh_token"]
    for _ in range(64):
        frozen_clock.move(hours=11)
        token = refresh(api, token).json()["refresh_token"]
    frozen_clock.move(hours=11)
    last = refresh(api, token).json()
    assert last["expires_in"] == 1800
    frozen_clock.move(hours=5)
    assert refresh(api, last["refresh_token"]).json()["code"] == "refresh_invalid"


def test_a03_credentials_change_with_a_fresh_sign_in_or_the_password_only(
    api: Api, cast: Cast, frozen_clock: Clock
) -> None:
    client, path = api.as_(cast.asha), f"/users/{cast.asha.id}/api-keys"
    key = {"name": "k", "scopes": ["claims:read"]}
    frozen_clock.move(minutes=14, seconds=59)
    assert client.post(path, json=key).status_code == 201
    frozen_clock.move(seconds=1)
    assert client.post(path, json=key).json()["code"] == "reauth_required"
    body = {"new_password": "grey herons over the lake"}
    assert client.post("/auth/password", json=body).json()["code"] == "reauth_required"
    wrong = client.post("/auth/password", json=body | {"current_password": "wrong"})
    assert [e["code"] for e in wrong.json()["errors"]] == ["password_wrong"]
    assert client.post(path, json=key | {"current_password": PASSWORD}).status_code == 201
    assert len(client.get(path).json()["items"]) == 2
    assert client.get("/auth/me").status_code == 200


def test_a03_uses_are_written_in_batches_and_reads_write_nothing(
    api: Api, cast: Cast, database: Database, frozen_clock: Clock
) -> None:
    client = api.as_(cast.asha)
    presence: Presence = api.app.state.gate.terms.presence

    def stored() -> Any:
        with database.read_unit() as session:
            rows, _ = queries.live_sessions(session, cast.asha.id, cursor=None, limit=9)
            return rows[0].last_seen_at

    began = stored()
    frozen_clock.move(minutes=5)
    client.get("/auth/me")
    assert stored() == began
    presence.flush(database)
    assert stored() == began + timedelta(minutes=5)
    frozen_clock.move(minutes=5)
    presence.flush(database)
    assert stored() == began + timedelta(minutes=5)


def test_what_is_long_over_is_deleted_and_what_lives_is_not(
    api: Api, cast: Cast, database: Database, frozen_clock: Clock
) -> None:
    assert api.as_(cast.asha).post("/auth/logout").status_code == 204
    api.nobody.post("/auth/password-reset", json={"email": "asha@demo.example"})
    frozen_clock.move(days=29)
    assert retention.forget_old(database) == 1
    client = api.as_(cast.vikram)
    frozen_clock.move(days=1, seconds=1)
    assert retention.forget_old(database) == 1
    assert retention.forget_old(database) == 0
    assert client.get("/auth/me").status_code == 401
    assert api.as_(cast.vikram).get("/auth/sessions").status_code == 401

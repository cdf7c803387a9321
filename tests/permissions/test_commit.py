"""D-06: when the commit fails, no writing route says that it did something, and nothing is stored, sent or left."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from insurenz.accounts import links, sessions
from insurenz.accounts.links import Newcomer
from insurenz.accounts.queries import user
from insurenz.core import faults
from insurenz.core.db import Session, UnitSession
from insurenz.core.permissions import Role
from tests.actors import PASSWORD
from tests.permissions.calls import Call, call_of, operations
from tests.permissions.tables import ROUTES, rows
from tests.permissions.world import FILING, PHOTO, SUBMISSION, World

NEW_PASSWORD = "a wholly new passphrase"
LOGIN = {"email": "asha@demo.example", "password": PASSWORD}
HOUR = timedelta(hours=1)


@contextmanager
def failing_by_fault() -> Iterator[None]:
    """The unit of work raises instead of committing."""
    faults.plan("unit.before_commit=fail")
    yield
    faults.plan("")


@contextmanager
def failing_in_the_database() -> Iterator[None]:
    """The database refuses the commit."""

    def refuse(session: Session) -> None:
        # Not that of a savepoint, which services use and which succeeds.
        if session.get_nested_transaction() is None:
            raise OperationalError("COMMIT", {}, Exception("disk full: canary-of-the-database"))

    event.listen(UnitSession, "before_commit", refuse)
    yield
    event.remove(UnitSession, "before_commit", refuse)


FAILURES: dict[str, tuple[Callable[[], Any], int]] = {
    "fault": (failing_by_fault, 500),
    "database": (failing_in_the_database, 503),
}


def _writing() -> list[str]:
    reading = {
        "live",
        "ready",
        "metrics",
        "public_config",
        "me",
        "open_document",
        "claim_history",
        "claim_recipients",
        "claim_notifications",
        "claim_outlook",
        "count_claims",
        "count_unread",
        "export_claims",
        "claims_over_time",
        "claim_turnaround",
        "claim_amounts",
        "claim_reasons",
        "notices_read",
        "export_analytics",
        "stream_notifications",
    }
    names = [name.rstrip("*") for name in rows(ROUTES)]
    looks = ("list_", "show_", "my_", "refresh_document_link")
    return [name for name in names if name not in reading and not name.startswith(looks)]


WRITING = _writing()
# Signed by the mail service, with a secret that this world has not; and what needs a bucket.
WITH_MORE = {"take_mail_feedback", "begin_direct_upload", "complete_direct_upload"}


def prepared(world: World, operation: str, session: Session) -> tuple[Call, dict[str, str], dict[str, Any]]:
    """A call that succeeds, the headers of who makes it, and content that is not JSON."""
    method, path = operations(world)[operation]
    terms = world.api.app.state.gate.terms
    bodies: dict[str, Callable[[], Any]] = {
        "register": lambda: {"email": "new@matrix.example", "name": "New", "password": NEW_PASSWORD},
        "login": lambda: LOGIN,
        "login_web": lambda: LOGIN,
        "request_password_reset": lambda: {"email": LOGIN["email"]},
        "change_password": lambda: {"new_password": NEW_PASSWORD},
        "reset_password": lambda: {
            "token": links.request_reset(session, LOGIN["email"], life=HOUR)[0],
            "password": NEW_PASSWORD,
        },
        "accept_invitation": lambda: {
            "token": links.invite(
                session, None, Newcomer("guest@matrix.example", "Guest", Role.AUDITOR), life=HOUR
            )[1],
            "password": NEW_PASSWORD,
        },
        "refresh": lambda: {
            "refresh_token": sessions.begin(
                session, terms, user(session, world.cast.vikram.id), user_agent="tests"
            ).refresh_token
        },
    }
    who = {"me": world.cast.asha, "file_claim": world.cast.asha, "change_claim": world.cast.asha}
    own = {"logout", "change_password", "end_session", "create_api_key", "revoke_api_key", *who}
    is_own = operation in own or any(
        word in operation for word in ("notification", "draft", "view", "device", "chat", "_upload")
    )
    headers = world.as_(world.cast.asha if is_own else world.cast.admin)
    if operation == "login_form":
        form = {"username": LOGIN["email"], "password": LOGIN["password"]}
        return Call(method, path), {}, {"data": form}
    if operation == "file_claim":
        files = [("files", ("photo.jpg", PHOTO.read_bytes(), "image/jpeg"))]
        return Call(method, path), headers, {"data": FILING, "files": files}
    if operation == "file_hospital_claim":
        files = [("files", ("photo.jpg", PHOTO.read_bytes(), "image/jpeg"))]
        desk = world.as_(world.cast.city_desk)
        return Call(method, path), desk, {"data": {"claim": json.dumps(SUBMISSION)}, "files": files}
    if operation in bodies:
        person = headers if operation == "change_password" else {"Sec-Fetch-Site": "same-origin"}
        return Call(method, path, json=bodies[operation]()), person, {}
    return call_of(world, operation), headers, {}


def send(world: World, call: Call, headers: dict[str, str], content: dict[str, Any]) -> Any:
    content = content or {"json": call.json, "files": call.files, "content": call.content}
    return world.send(call.method, call.path, call.headers | headers, **content)


def stored(world: World) -> list[Path]:
    folder = world.api.app.state.settings.data_dir / "objects"
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_d06_every_writing_route_is_tried(world: World) -> None:
    assert {name for name, (method, _) in operations(world).items() if method != "GET"} == set(WRITING)


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("operation", sorted(set(WRITING) - WITH_MORE))
def test_d06_no_success_is_told_when_the_commit_fails(world: World, operation: str, failure: str) -> None:
    failing, status = FAILURES[failure]
    with world.undone():
        with world.api.database.unit_of_work() as session:
            call, headers, content = prepared(world, operation, session)
        headers = headers | {"Idempotency-Key": f"d06-{operation}"}
        before = world.everything(), stored(world), len(world.api.mails)
        with failing():
            refused = send(world, call, headers, content)
        assert refused.status_code == status, refused.text
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["request_id"] == refused.headers["x-request-id"]
        assert "set-cookie" not in refused.headers
        assert "canary" not in refused.text
        assert (world.everything(), stored(world), len(world.api.mails)) == before
        # It was the commit alone: the same request with the same key is taken afterwards.
        taken = send(world, call, headers, content)
        assert taken.status_code < 300, taken.text
        assert "idempotent-replay" not in taken.headers
        assert world.everything() != before[0]
    for path in set(stored(world)) - set(before[1]):
        path.unlink()

"""What the client of Firestore raises, and what is made of it."""

from pathlib import Path

import pytest
from google.api_core import exceptions
from google.auth.exceptions import RefreshError

from insurenz.core.db import Database
from insurenz.core.settings import Settings
from insurenz.deliveries.channels.firestore import Firestore
from insurenz.deliveries.firestore.collection import Collection, Failed, _failing
from tests.actors import Cast
from tests.deliveries.messages import attempts
from tests.firestore.paper import mirroring


@pytest.mark.parametrize(
    ("raised", "reason", "status", "is_final"),
    [
        (exceptions.ServiceUnavailable("x"), "firestore_unavailable", 503, False),
        (exceptions.DeadlineExceeded("x"), "firestore_deadline_exceeded", 504, False),
        (exceptions.ResourceExhausted("x"), "firestore_resource_exhausted", 429, False),
        (exceptions.Aborted("x"), "firestore_aborted", 409, False),
        (exceptions.RetryError("x", None), "firestore_unavailable", None, False),
        # Somebody puts a setting or a right in order.
        (exceptions.PermissionDenied("x"), "firestore_permission_denied", 403, False),
        (exceptions.NotFound("x"), "firestore_not_found", 404, False),
        (exceptions.FailedPrecondition("x"), "firestore_failed_precondition", 400, False),
        (RefreshError("x"), "firestore_credentials", None, False),
        (exceptions.InvalidArgument("x"), "firestore_invalid_argument", 400, True),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, Exception) else "",
)
def test_a_failure_is_a_code_word_and_passing_unless_it_is_about_the_message(
    raised: Exception, reason: str, status: int | None, is_final: bool
) -> None:
    with pytest.raises(Failed) as failed, _failing():
        raise raised
    assert (failed.value.reason, failed.value.status_code, failed.value.is_final) == (
        reason,
        status,
        is_final,
    )


@pytest.mark.parametrize("content", [None, "", "not json", "{}"])
def test_a_key_that_cannot_be_used_can_be_put_right(
    database: Database, cast: Cast, tmp_path: Path, content: str | None
) -> None:
    key = tmp_path / "key.json"
    if content is not None:
        key.write_text(content)
    it = mirroring(database, cast, Collection("claims-mirror", "(default)", key))
    it.written()
    it.mirror.turn()
    it.mirror.listen()
    assert attempts(database) == [(1, "passing", None, "firestore_credentials")]


def test_a_mirror_is_made_of_settings_without_connecting(database: Database, tmp_path: Path) -> None:
    given = {"data_dir": tmp_path, "firestore_credentials": tmp_path / "nowhere.json"}
    assert Firestore.of(Settings(_env_file=None, **given), database) is None
    made = Firestore.of(Settings(_env_file=None, firestore_project="claims-mirror", **given), database)
    assert made is not None
    made.close()

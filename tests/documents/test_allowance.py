"""Bytes per user and day: watched while they stream, counted with their rows, and new every midnight."""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select, text

from insurenz.core import clock
from insurenz.core.db import Database
from insurenz.documents.allowance import forget_past_days
from insurenz.documents.models import UploadDay
from tests.actors import Api, Cast, make_api, people
from tests.claims.stories import FIELDS, act, add, file_claim, objects, problem, rows, sample, upload
from tests.conftest import Clock
from tests.races import at_once
from tests.statements import statements

BILL, PHOTO = (len(sample(name)[1]) for name in ("bill.pdf", "photo.jpg"))
ZONE, MIB = "Asia/Kolkata", 1024 * 1024
EVENING = datetime.now(UTC).replace(
    hour=18, minute=20, second=0, microsecond=0
)  # ten to midnight in the zone
TODAY, TOMORROW, LATER = (EVENING.date() + timedelta(days=n) for n in range(3))


def limited(database: Database, folder: Path, most: int, **settings: Any) -> Api:
    """The app with its limits switched on, so many bytes for a day among them."""
    return make_api(
        database, folder, rate_limit="on", documents={"max_day_bytes": most}, timezone=ZONE, **settings
    )


def large_image() -> bytes:
    """A picture of more than 2 MiB, which no server keeps in memory until it knows its sender."""
    file = BytesIO()
    Image.frombytes("RGB", (900, 900), random.Random(1).randbytes(900 * 900 * 3)).save(file, "png")
    return file.getvalue()


def counted(database: Database) -> list[tuple[date, int]]:
    """What the days hold."""
    with database.read_unit() as session:
        days = select(UploadDay.day, UploadDay.sent_bytes).order_by(UploadDay.day)
        return [(day, sent) for day, sent in session.execute(days)]


@pytest.fixture
def evening(frozen_clock: Clock) -> Clock:
    """An evening that stands still."""
    frozen_clock.at = EVENING
    return frozen_clock


def test_u03_a_user_sends_so_many_bytes_on_a_day(
    database: Database, cast: Cast, tmp_path: Path, evening: Clock
) -> None:
    api = limited(database, tmp_path, BILL + PHOTO)
    asha = api.as_(cast.asha)
    assert upload(asha, "bill.pdf").status_code == 201
    before = rows(database), objects(tmp_path / "objects")
    assert upload(asha, "scan.png").status_code == 429
    assert (rows(database), objects(tmp_path / "objects")) == before
    assert upload(asha, "letter.doc").status_code == 201
    assert counted(database) == [(TODAY, BILL + len(sample("letter.doc")[1]))]
    assert upload(api.as_(cast.vikram), "scan.png").status_code == 201


def test_u03_over_the_day_is_told_with_the_file_and_when_the_next_day_begins(
    database: Database, cast: Cast, tmp_path: Path, evening: Clock
) -> None:
    asha = limited(database, tmp_path, BILL).as_(cast.asha)
    answer = file_claim(asha, "bill.pdf", "photo.jpg")
    assert problem(answer) == (429, [("files", "daily_limit")])
    assert (answer.headers["retry-after"], answer.json()["errors"][0]["file_name"]) == ("600", "photo.jpg")
    assert (rows(database, "claims", "documents", "upload_days"), objects(tmp_path / "objects")) == (
        {"claims": 0, "documents": 0, "upload_days": 0},
        0,
    )
    evening.move(minutes=10)
    assert file_claim(asha, "bill.pdf").status_code == 201


def test_u03_what_is_left_is_known_before_a_large_body_is_read(
    database: Database, cast: Cast, tmp_path: Path, evening: Clock
) -> None:
    asha = limited(database, tmp_path, 3 * MIB).as_(cast.asha)
    large = large_image()
    assert asha.post("/uploads", files=[("file", ("one.png", large))]).status_code == 201
    answer = asha.post("/uploads", files=[("file", ("two.png", large))])
    assert (problem(answer), answer.headers["retry-after"]) == ((429, [("files", "daily_limit")]), "600")
    assert answer.json()["errors"][0]["file_name"] == "two.png"
    assert (rows(database, "documents"), objects(tmp_path / "objects")) == ({"documents": 1}, 1)


def test_u03_each_day_of_the_zone_begins_anew(
    database: Database, cast: Cast, tmp_path: Path, evening: Clock
) -> None:
    asha = limited(database, tmp_path, BILL).as_(cast.asha)
    assert upload(asha).status_code == 201
    evening.move(seconds=599)
    refused = upload(asha)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    evening.move(seconds=1)
    assert upload(asha).status_code == 201
    assert counted(database) == [(TODAY, BILL), (TOMORROW, BILL)]


def test_a_day_is_counted_wherever_files_are_sent(
    database: Database, cast: Cast, tmp_path: Path, evening: Clock
) -> None:
    asha = limited(database, tmp_path, 10 * BILL).as_(cast.asha)
    claim = file_claim(asha, "bill.pdf").json()
    add(asha, claim, "bill.pdf")
    sent = upload(asha).json()["id"]
    assert [total for _, total in counted(database)] == [3 * BILL]
    # An upload was counted when it was sent.
    assert add(asha, claim, upload_ids=[sent]).status_code == 201
    assert [total for _, total in counted(database)] == [3 * BILL]


def test_d01_what_is_sent_again_with_its_key_is_counted_once(
    database: Database, cast: Cast, tmp_path: Path, evening: Clock
) -> None:
    asha = limited(database, tmp_path, 2 * BILL).as_(cast.asha)
    answers = [file_claim(asha, "bill.pdf", headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert [total for _, total in counted(database)] == [BILL]


def test_what_is_refused_is_not_counted(
    database: Database, cast: Cast, tmp_path: Path, evening: Clock
) -> None:
    asha = limited(database, tmp_path, 2 * BILL).as_(cast.asha)
    assert file_claim(asha, "bill.pdf", claim_amount="0").status_code == 422
    assert counted(database) == []


def test_d07_requests_at_once_do_not_send_more_than_the_day_has(
    real_database: Database, tmp_path: Path
) -> None:
    with real_database.unit_of_work() as session:
        cast = people(session)
    api = limited(real_database, tmp_path, 3 * BILL)
    asha = api.as_(cast.asha)
    answers = at_once(*[lambda: upload(asha)] * 8)
    api.app.state.gate.hasher.close()
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [429] * 5
    assert {"retry-after" in answer.headers for answer in answers if answer.status_code == 429} == {True}
    assert [total for _, total in counted(real_database)] == [3 * BILL]
    assert (rows(real_database, "documents"), objects(tmp_path / "objects")) == ({"documents": 3}, 3)


def test_days_that_are_over_are_forgotten(
    database: Database, cast: Cast, tmp_path: Path, evening: Clock
) -> None:
    api = limited(database, tmp_path, 10 * BILL)
    for _ in range(3):
        upload(api.again(cast.asha))
        evening.move(days=1)
    assert forget_past_days(database, ZONE) == 2
    assert counted(database) == [(LATER, BILL)]


def test_d10_the_day_costs_one_statement_of_a_small_form_two_of_a_large_one_and_none_else(
    database: Database, cast: Cast, tmp_path: Path
) -> None:
    free = make_api(database, tmp_path / "free").as_(cast.asha)
    counting = limited(database, tmp_path / "counting", 10 * MIB)
    asha, arjun = counting.as_(cast.asha), counting.as_(cast.arjun)
    large = [("files", ("large.png", large_image()))]
    claim = asha.post("/claims", json=FIELDS).json()

    def cost(call: Callable[[], Any]) -> int:
        return sum("upload_days" in statement for statement in statements(database, call))

    assert cost(lambda: file_claim(asha, "bill.pdf")) == 1
    assert cost(lambda: asha.post("/claims", data=FIELDS, files=large)) == 2
    assert cost(lambda: file_claim(asha)) == 0
    assert cost(lambda: act(arjun, claim, "start_review")) == 0
    assert cost(lambda: free.post("/claims", data=FIELDS, files=large)) == 0


@pytest.mark.parametrize(
    ("at", "zone", "seconds"),
    [
        ("2026-11-22T18:00:00+00:00", "Asia/Kolkata", 1800),
        ("2026-11-22T18:29:59.500000+00:00", "Asia/Kolkata", 1),
        ("2026-11-22T18:30:00+00:00", "Asia/Kolkata", 86_400),
        ("2026-10-24T22:00:00+00:00", "Europe/Paris", 25 * 3600),  # clocks go back that night
    ],
)
def test_a_day_ends_at_midnight_of_its_zone(frozen_clock: Clock, at: str, zone: str, seconds: int) -> None:
    frozen_clock.at = datetime.fromisoformat(at)
    assert clock.seconds_left(zone) == seconds


def test_clients_are_told_the_limits(api: Api) -> None:
    config = api.nobody.get("/config/public").json()
    assert (config["max_day_bytes"], config["upload_hours"]) == (2 * 1024**3, 24)


def test_without_limits_nothing_is_counted(api: Api, cast: Cast, database: Database) -> None:
    upload(api.as_(cast.asha))
    with database.read_unit() as session:
        assert session.scalar(text("SELECT count(*) FROM upload_days")) == 0

"""The S3 store: links that only their signature opens, bytes that arrive as they were, and services that fail."""

import logging
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from insurenz.core.settings import Settings
from insurenz.core.storage import ObjectMissing, ObjectStore, StoreFailed, new_key, s3, store_for
from insurenz.core.storage.signing import Signer
from tests.conftest import Clock
from tests.faulty import Faulty, faulty
from tests.stores import bucket_settings, got, put, sha256, spools
from tests.swift import ACCESS_KEY, SECRET_KEY, swift_server
from tests.waiting import PATIENCE_SECONDS

HEADERS = {
    "Content-Type": "application/pdf",
    "Content-Disposition": "attachment; filename=\"_.pdf\"; filename*=UTF-8''%E0%A4%AC%20%26%2B.pdf",
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "sandbox",
}


def opened(folder: Path, **settings: Any) -> ObjectStore:
    """The store of these settings."""
    return store_for(Settings(_env_file=None, data_dir=folder, **settings))


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    """A bucket that hands out links."""
    return opened(tmp_path, **bucket_settings(s3_direct_links="on"))


@pytest.fixture
def bill(store: ObjectStore) -> str:
    """An object."""
    return put(store, b"a bill")


def status(url: str, method: str = "GET", body: bytes | None = None) -> int:
    """What the service answers to this request."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, method=method)) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        refusal.close()
        return refusal.code


def test_a_link_gives_the_object_with_the_headers_that_were_signed(store: ObjectStore, bill: str) -> None:
    link = store.link(bill, seconds=60, headers=HEADERS)
    assert link is not None
    with urllib.request.urlopen(link) as answer:
        assert answer.read() == b"a bill"
        assert {n: answer.headers[n] for n in HEADERS} == HEADERS | {"Content-Security-Policy": None}


def test_u08_every_character_of_a_link_is_covered_by_its_signature(store: ObjectStore, bill: str) -> None:
    other = put(store, b"another bill")
    link = str(store.link(bill, seconds=60, headers=HEADERS))
    last = "0" if link[-1] != "0" else "1"
    changed = {
        "signature": link[:-1] + last,
        "object": link.replace(bill, other),
        "life": link.replace("X-Amz-Expires=60", "X-Amz-Expires=600"),
        "time": link.replace("X-Amz-Date=2", "X-Amz-Date=3"),
        "type": link.replace("application%2Fpdf", "text%2Fhtml"),
        "name": link.replace("attachment", "inline"),
        "more": f"{link}&response-content-encoding=gzip",
    }
    assert {what: status(each) for what, each in changed.items()} == dict.fromkeys(changed, 403)
    assert status(link) == 200


def test_a_link_reads_and_does_nothing_else(store: ObjectStore, bill: str) -> None:
    link = str(store.link(bill, seconds=60, headers={}))
    assert (status(link, "PUT", b"x"), status(link, "DELETE"), got(store, bill)) == (403, 403, b"a bill")


def test_u08_a_link_ends(store: ObjectStore, bill: str, frozen_clock: Clock) -> None:
    frozen_clock.at = datetime.now(UTC) - timedelta(hours=1)
    assert status(str(store.link(bill, seconds=2 * 3600, headers={}))) == 200
    assert status(str(store.link(bill, seconds=3600 - 1, headers={}))) == 403


def test_a_link_signed_with_another_secret_opens_nothing(store: ObjectStore, bill: str) -> None:
    address, _, _ = str(store.link(bill, seconds=60, headers={})).partition("?")
    forged = Signer(ACCESS_KEY, "guessed", "us-east-1")
    assert status(forged.link(address, at=datetime.now(UTC), seconds=60, headers={})) == 403
    assert status(address) in (400, 403)


def test_the_signature_is_the_one_that_aws_gives_as_an_example() -> None:
    signer = Signer("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1")
    address, at = "https://examplebucket.s3.amazonaws.com/test.txt", datetime(2013, 5, 24, tzinfo=UTC)
    link = signer.link(address, at=at, seconds=86400, headers={})
    assert link.rpartition("=")[2] == "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    assert "EXAMPLEKEY" not in repr(signer)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"aws_secret_access_key": SecretStr("guessed")}, "SignatureDoesNotMatch"),
        ({"s3_bucket_name": "not-there"}, "NoSuchBucket"),
        ({"aws_region": "eu-west-1"}, "AuthorizationHeaderMalformed"),
        ({"s3_endpoint_url": "http://127.0.0.1:9"}, "no answer"),
    ],
)
def test_r05_a_bucket_that_refuses_is_a_clean_refusal_of_every_call(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, wrong: dict[str, Any], reason: str
) -> None:
    store = opened(tmp_path, **bucket_settings(**wrong))
    calls = [
        lambda: put(store, b"x"),
        lambda: got(store, new_key()),
        lambda: store.delete(new_key()),
        lambda: list(store.entries()),
    ]
    with caplog.at_level(logging.INFO):
        for call in calls:
            with pytest.raises(StoreFailed) as refusal:
                call()
            assert (refusal.value.status, refusal.value.reason) == (503, reason)
            assert refusal.value.headers["Retry-After"] == "2"
    logged = " ".join(str(vars(record)) for record in caplog.records)
    assert "object store failed" in logged
    assert [word for word in ("SignatureProvided", "StringToSign", SECRET_KEY + "'") if word in logged] == []


def test_what_is_missing_in_a_bucket_is_told_from_a_bucket_that_is_missing(store: ObjectStore) -> None:
    with pytest.raises(ObjectMissing):
        store.read(new_key())
    assert store.has(new_key()) is False


@pytest.mark.parametrize("size", [100, 6 * 1024 * 1024])
def test_a_spool_that_was_changed_after_it_was_judged_is_not_stored(
    store: ObjectStore, tmp_path: Path, size: int
) -> None:
    writer = store.create(new_key())
    writer.write([b"x" * size])
    with writer.path.open("r+b") as file:
        file.write(b"y")
    with pytest.raises(StoreFailed, match="the spooled file was changed"):
        writer.commit(sha256(b"x" * size))
    writer.abort()
    assert (list(store.entries()), spools(tmp_path)) == ([], [])


@pytest.fixture
def proxy() -> Iterator[Faulty]:
    """A proxy before the service."""
    with faulty(swift_server().endpoint) as made:
        yield made


@pytest.fixture
def behind(proxy: Faulty, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ObjectStore:
    """A bucket that is reached through it."""
    monkeypatch.setattr(s3, "READ_TIMEOUT", timedelta(seconds=1))
    return opened(tmp_path, **bucket_settings(s3_endpoint_url=proxy.url))


@pytest.mark.parametrize("size", [100, 6 * 1024 * 1024])
def test_bits_that_flip_on_the_way_are_refused_by_the_service(
    behind: ObjectStore, proxy: Faulty, size: int
) -> None:
    proxy.fault = "flipped"
    with pytest.raises(StoreFailed) as refusal:
        put(behind, b"x" * size)
    assert refusal.value.reason in ("XAmzContentSHA256Mismatch", "BadDigest")
    proxy.fault = ""
    assert list(behind.entries()) == []


@pytest.mark.parametrize("fault", ["busy", "reset", "silent", "half asked", "unanswered"])
def test_r05_a_failed_upload_can_be_repeated_from_its_spool(
    behind: ObjectStore, proxy: Faulty, tmp_path: Path, fault: str
) -> None:
    proxy.fault = fault
    key = new_key()
    writer = behind.create(key)
    writer.write([b"a bill"])
    with pytest.raises(StoreFailed):
        writer.commit(sha256(b"a bill"))
    assert len(spools(tmp_path)) == 1
    proxy.fault = ""
    writer.commit(sha256(b"a bill"))
    assert (got(behind, key), spools(tmp_path)) == (b"a bill", [])


def test_r05_a_service_that_is_busy_for_a_moment_is_asked_again(behind: ObjectStore, proxy: Faulty) -> None:
    key = put(behind, b"a bill")
    proxy.fault, proxy.requests = "busy", 0
    with pytest.raises(StoreFailed, match="SlowDown"):
        behind.read(key)
    assert proxy.requests == 3


def test_r05_a_download_that_breaks_off_is_an_error_and_never_a_shorter_document(
    behind: ObjectStore, proxy: Faulty
) -> None:
    content = os.urandom(4 * 1024 * 1024)
    key = put(behind, content)
    proxy.fault = "half answered"
    with pytest.raises(StoreFailed):
        got(behind, key)
    proxy.fault = ""
    assert got(behind, key) == content


def test_what_obstore_would_take_from_the_environment_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = bucket_settings()
    for name in ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("AWS_SKIP_SIGNATURE", "AWS_UNSIGNED_PAYLOAD", "AWS_VIRTUAL_HOSTED_STYLE_REQUEST"):
        monkeypatch.setenv(name, "true")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    store = opened(tmp_path, **settings)
    assert got(store, put(store, b"a bill")) == b"a bill"


def test_packages_of_what_is_not_set_are_not_even_looked_for() -> None:
    names = ("obstore", "google.cloud.firestore", "grpc")
    program = (
        f"import sys, insurenz.asgi, insurenz.cli.commands; print([n for n in {names} if n in sys.modules])"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=PATIENCE_SECONDS
    )
    assert told.stdout == "[]\n", told.stderr


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("https://S3.example.org:443/", "https://s3.example.org/documents/2026/11/22/a"),
        ("http://10.0.0.5:9000", "http://10.0.0.5:9000/documents/2026/11/22/a"),
        ("", "https://s3.ap-south-1.amazonaws.com/documents/2026/11/22/a"),
    ],
)
def test_links_name_the_service_as_browsers_do(tmp_path: Path, address: str, link: str) -> None:
    store = opened(
        tmp_path,
        aws_access_key_id="a",
        aws_secret_access_key=SecretStr("b"),
        aws_region="ap-south-1",
        s3_bucket_name="documents",
        s3_endpoint_url=address,
        s3_direct_links="on",
    )
    made = str(store.link("2026/11/22/a", seconds=60, headers={}))
    assert made.partition("?")[0] == link

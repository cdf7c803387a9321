"""Signatures as the published example of Standard Webhooks has them."""

import base64
import subprocess

import pytest

from insurenz.core.signing import headers, key_of, new_signing_secret

# Of the tests of the specification's reference libraries.
SECRET, MESSAGE_ID, AT = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330
BODY, SIGNATURE = b'{"test": 2432232314}', "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_published_example_is_signed_as_published() -> None:
    assert headers(key_of(SECRET), message_id=MESSAGE_ID, at=AT, body=BODY) == {
        "webhook-id": MESSAGE_ID,
        "webhook-timestamp": str(AT),
        "webhook-signature": SIGNATURE,
    }


@pytest.mark.parametrize(
    ("message_id", "at", "body"),
    [("msg_x", AT, BODY), (MESSAGE_ID, AT + 1, BODY), (MESSAGE_ID, AT, BODY + b" ")],
)
def test_id_time_and_body_are_all_signed(message_id: str, at: int, body: bytes) -> None:
    signed = headers(key_of(SECRET), message_id=message_id, at=at, body=body)
    assert signed["webhook-signature"] != SIGNATURE


def test_a_secret_of_plain_text_signs_as_openssl_does() -> None:
    secret = "any text will do, ümlauts too"
    command = ["openssl", "dgst", "-sha256", "-hmac", secret, "-binary"]
    content = f"{MESSAGE_ID}.{AT}.".encode() + BODY
    expected = subprocess.run(command, input=content, capture_output=True, check=True).stdout
    signed = headers(key_of(secret), message_id=MESSAGE_ID, at=AT, body=BODY)
    assert signed["webhook-signature"] == f"v1,{base64.b64encode(expected).decode()}"


def test_without_a_key_nothing_is_signed() -> None:
    assert list(headers(message_id="x", at=1, body=b"")) == ["webhook-id", "webhook-timestamp"]


def test_with_two_keys_there_are_two_signatures_the_newer_first() -> None:
    other = new_signing_secret()
    keys, given = (key_of(other), key_of(SECRET)), {"message_id": MESSAGE_ID, "at": AT, "body": BODY}
    first, second = headers(*keys, **given)["webhook-signature"].split(" ")  # type: ignore[arg-type]
    assert (first, second) == (headers(keys[0], **given)["webhook-signature"], SIGNATURE)  # type: ignore[arg-type]


def test_a_new_secret_is_a_key_of_32_bytes_that_nobody_has() -> None:
    made = {new_signing_secret() for _ in range(100)}
    assert {len(key_of(secret)) for secret in made} == {32}
    assert len(made) == 100


@pytest.mark.parametrize("secret", ["whsec_MfKQ9r8", "whsec_M fKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_ü"])
def test_a_broken_secret_is_refused(secret: str) -> None:
    with pytest.raises(ValueError, match="no base64"):
        key_of(secret)

"""A document is as large as Firestore takes, however many it is for."""

import pytest

from insurenz.deliveries.firestore import documents


def test_ten_thousand_recipients_are_one_document_that_firestore_takes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def body(size: int) -> dict[str, object]:
        everybody = [
            {"user_id": f"u{n}", "user_email": f"u{n}@x", "user_role": "hospital_user", "user_name": "N"}
            for n in range(size)
        ]
        told = {"recipients": everybody, "recipient_ids": [each["user_id"] for each in everybody]}
        at = "2026-11-25T09:30:00Z"
        return {"id": "e", "metadata": {"remarks": "ü" * 20_000}, "created_at": at, "updated_at": at, **told}

    def made(size: int, uid: str) -> dict[str, object]:
        uids = {f"u{n}": f"{uid}{n:05}" for n in range(size)}
        return documents.document_of(body(size), uids, is_delivered=True)

    # As Firebase makes them: 28 letters.
    all_told = made(10_000, "u" * 23)
    assert (len(all_told["recipient_ids"]), len(all_told["recipients"])) == (10_000, 100)  # type: ignore[arg-type]
    assert caplog.records == []
    for size, uid in ((10_000, "u" * 23), (20_000, "u" * 23), (20_000, "u" * 123), (20_000, "u")):
        document = made(size, uid)
        told = document["recipient_ids"]
        assert bytes_of({**document, "read_by": told}) <= 1_048_576
        # Each recipient is indexed by itself and with the time, each reader by itself; the rest is little.
        assert 3 * len(told) <= 39_000  # type: ignore[arg-type]
    assert len(caplog.records) == 3


def bytes_of(value: object) -> int:
    """What a value counts in Firestore."""
    if isinstance(value, str):
        return len(value.encode()) + 1
    if isinstance(value, dict):
        return 32 + sum(bytes_of(name) + bytes_of(each) for name, each in value.items())
    if isinstance(value, list):
        return sum(bytes_of(each) for each in value)
    return 8

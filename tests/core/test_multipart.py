"""Forms as they stream in, cut at every place."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from fastapi import Request

from insurenz.core.errors import AppError, Invalid, SenderTooSlow, TooLarge
from insurenz.core.multipart import read_form

FORM = (
    b'--B\r\nContent-Disposition: form-data; name="description"\r\n\r\nFall from a bike, \xe0\xa4\xb0\r\n'
    b'--B\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\nContent-Type: x/y\r\n\r\n%PDF-1\r\n--B?\r\n'
    b"--B--\r\n"
)


class Sink:
    """Keeps what a file part held."""

    def __init__(self, name: str) -> None:
        self.name, self.data, self.is_closed = name, b"", False

    def write(self, data: memoryview) -> None:
        self.data += data

    def close(self) -> None:
        self.is_closed = True


def read(
    pieces: list[bytes],
    *,
    content_type: str = "multipart/form-data; boundary=B",
    max_bytes: int = 10_000,
    wait: float = 0,
    file_fields: tuple[str, ...] = (),
) -> tuple[dict[str, list[str]], list[Sink]]:
    sinks: list[Sink] = []

    def open_file(_field: str, name: str) -> Sink:
        sinks.append(Sink(name))
        return sinks[-1]

    async def messages() -> AsyncIterator[dict[str, object]]:
        for piece in pieces:
            yield {"type": "http.request", "body": piece, "more_body": True}
        await asyncio.sleep(wait)
        yield {"type": "http.request", "body": b"", "more_body": False}

    async def relieve() -> None:
        """Nothing is held."""

    stream = messages()

    async def run() -> dict[str, list[str]]:
        scope = {"type": "http", "headers": [(b"content-type", content_type.encode())]}
        request = Request(scope, lambda: anext(stream))
        seconds = 0.05 if wait else 5
        return await read_form(
            request,
            open_file,
            relieve=relieve,
            max_bytes=max_bytes,
            stall_seconds=seconds,
            file_fields=file_fields,
        )

    return asyncio.run(run()), sinks


@pytest.mark.parametrize("size", [1, 2, 7, 64, len(FORM)])
def test_a_form_is_read_the_same_however_it_is_cut(size: int) -> None:
    fields, sinks = read([FORM[i : i + size] for i in range(0, len(FORM), size)])
    assert fields == {"description": ["Fall from a bike, र"]}
    assert [(s.name, s.data, s.is_closed) for s in sinks] == [("a.pdf", b"%PDF-1\r\n--B?", True)]


def test_a_form_without_its_end_is_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        read([FORM[:-8]])
    assert refusal.value.errors[0].code == "malformed_form"


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary=" + "x" * 71])
def test_a_form_without_a_usable_boundary_is_refused(content_type: str) -> None:
    with pytest.raises(Invalid):
        read([FORM], content_type=content_type)


def test_p01_more_bytes_than_allowed_are_refused_while_they_come() -> None:
    with pytest.raises(TooLarge) as refusal:
        read([FORM], max_bytes=20)
    assert refusal.value.code == "request_too_large"


def test_p01_a_form_of_ten_thousand_parts_is_refused() -> None:
    part = b'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n'
    with pytest.raises(TooLarge) as refusal:
        read([part * 10_000], max_bytes=1_000_000)
    assert refusal.value.code == "too_many_parts"


def test_p01_a_huge_field_is_refused() -> None:
    form = b'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"x" * 300_000
    with pytest.raises(TooLarge):
        read([form], max_bytes=1_000_000)


def test_a_text_that_is_not_utf_8_is_refused_by_name() -> None:
    with pytest.raises(Invalid) as refusal:
        read([b'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\xfe\r\n--B--\r\n'])
    assert (refusal.value.errors[0].field, refusal.value.errors[0].code) == ("a", "not_utf8")


def test_u03_a_sender_that_stalls_is_cut_off() -> None:
    with pytest.raises(SenderTooSlow) as refusal:
        read([FORM[:50]], wait=1)
    assert isinstance(refusal.value, AppError)


def part(head: bytes, value: bytes) -> list[bytes]:
    return [
        b'--B\r\nContent-Disposition: form-data; name="files"' + head + b"\r\n\r\n" + value + b"\r\n--B--\r\n"
    ]


def test_a_field_for_files_in_which_none_was_chosen_is_no_file() -> None:
    assert read(part(b'; filename=""', b""), file_fields=("files",)) == ({}, [])


@pytest.mark.parametrize("head", [b"", b'; filename=""'])
def test_a_text_or_a_file_without_a_name_where_a_file_belongs_is_told_how_to_send_one(head: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        read(part(head, b"bill.pdf"), file_fields=("files",))
    [error] = refusal.value.errors
    assert (error.field, error.code) == ("files", "file_name_missing")
    assert "-F files=@" in error.detail

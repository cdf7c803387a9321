"""multipart/form-data (RFC 7578) as it streams in: fields are collected, files go to a sink piece by piece."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from typing import Protocol

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from insurenz.core.body import patience
from insurenz.core.errors import AppError, TooLarge, invalid

MAX_PARTS = 200
MAX_FIELD_BYTES = 256 * 1024


class FileSink(Protocol):
    """Takes the bytes of one file part, into memory: nothing in it may wait."""

    def write(self, data: memoryview) -> None:
        """Take the next piece."""

    def close(self) -> None:
        """The part is complete."""


OpenFile = Callable[[str, str], FileSink]
Relieve = Callable[[], Awaitable[None]]


@dataclass
class _Part:
    name: str = ""
    file_name: str | None = None
    sink: FileSink | None = None
    value: bytearray = field(default_factory=bytearray)


class FormReader:
    """Reads one body, piece by piece."""

    def __init__(
        self,
        boundary: bytes,
        open_file: OpenFile,
        *,
        text_part: str | None = None,
        file_fields: Collection[str] = (),
    ) -> None:
        self.fields: dict[str, list[str]] = {}
        self._open_file, self._text_part, self._file_fields = open_file, text_part, file_fields
        self._header_name, self._header_value = bytearray(), bytearray()
        self._part = _Part()
        self._parts = 0
        self._is_complete = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": lambda data, start, end: self._header_name.extend(data[start:end]),
                "on_header_value": lambda data, start, end: self._header_value.extend(data[start:end]),
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers,
                "on_part_data": self._data,
                "on_part_end": self._end,
                "on_end": self._complete,
            },
        )

    def feed(self, data: bytes) -> None:
        """Take the next piece of the body; raises Invalid when it is not multipart."""
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise _malformed() from error

    def finish(self) -> None:
        """The body has ended; raises Invalid when its closing boundary is missing."""
        if not self._is_complete:
            raise _malformed()

    def _begin(self) -> None:
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise TooLarge(f"A form has at most {MAX_PARTS} parts.", code="too_many_parts")
        self._part = _Part()

    def _header_end(self) -> None:
        name, value = bytes(self._header_name), bytes(self._header_value)
        self._header_name, self._header_value = bytearray(), bytearray()
        if name.lower() != b"content-disposition":
            return
        _, options = parse_options_header(value)
        self._part.name = options.get(b"name", b"").decode("utf-8", "replace")
        if b"filename" in options:
            self._part.file_name = options[b"filename"].decode("utf-8", "replace")

    def _headers(self) -> None:
        # Browsers name a file for each part that has a media type of its own, and send one without a name for none.
        if self._part.file_name and self._part.name != self._text_part:
            self._part.sink = self._open_file(self._part.name, self._part.file_name)

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._part.sink is not None:
            self._part.sink.write(memoryview(data)[start:end])
            return
        self._part.value += data[start:end]
        if len(self._part.value) > MAX_FIELD_BYTES:
            raise TooLarge(f"The field {self._part.name[:64]} is larger than {MAX_FIELD_BYTES} bytes.")

    def _end(self) -> None:
        if self._part.sink is not None:
            self._part.sink.close()
            return
        if self._part.name in self._file_fields:
            self._without_file()
            return
        try:
            value = self._part.value.decode()
        except UnicodeDecodeError as error:
            raise invalid(self._part.name, "not_utf8", "Send texts in UTF-8.") from error
        self.fields.setdefault(self._part.name, []).append(value)

    def _without_file(self) -> None:
        """A part that should be a file and has no name of one: a field of a page in which none was chosen, or a text."""
        name = self._part.name
        if self._part.file_name is None or self._part.value:
            said = f"Send the file itself, under its name (curl: -F {name}=@bill.pdf)."
            raise invalid(name, "file_name_missing", said)

    def _complete(self) -> None:
        self._is_complete = True


def _malformed() -> AppError:
    return invalid("body", "malformed_form", "The body is not a complete multipart/form-data form.")


async def read_form(
    request: Request,
    open_file: OpenFile,
    *,
    relieve: Relieve,
    max_bytes: int,
    stall_seconds: float,
    text_part: str | None = None,
    file_fields: Collection[str] = (),
) -> dict[str, list[str]]:
    """Read a multipart body to its end: its text fields; each file went to the sink that `open_file` gave.

    `text_part` is a text even when it is sent like a file, and one of the `file_fields` never.
    `relieve` is awaited after each piece, to take what the sinks hold out of memory. Raises Invalid, TooLarge, or
    SenderTooSlow after `stall_seconds` without a byte.
    """
    _, options = parse_options_header(request.headers.get("content-type", "").encode("latin-1"))
    boundary = options.get(b"boundary", b"")
    if not 0 < len(boundary) <= 70:
        raise _malformed()
    reader, total = FormReader(boundary, open_file, text_part=text_part, file_fields=file_fields), 0
    async with patience(stall_seconds) as moved:
        async for piece in request.stream():
            total += len(piece)
            if total > max_bytes:
                raise TooLarge(f"The request is larger than {max_bytes} bytes.", code="request_too_large")
            if piece:
                reader.feed(piece)
                await relieve()
            moved()
    reader.finish()
    return reader.fields

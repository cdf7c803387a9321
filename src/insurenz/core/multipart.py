"""multipart/form-data (RFC 7578) as it streams in: fields are collected, files go to a sink piece by piece."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from insurenz.core.body import pieces
from insurenz.core.errors import AppError, TooLarge, invalid

MAX_PARTS = 200
MAX_FIELD_BYTES = 256 * 1024


class FileSink(Protocol):
    """Takes the bytes of one file part."""

    async def write(self, data: bytes) -> None:
        """Take the next piece."""

    async def close(self) -> None:
        """The part is complete."""


OpenFile = Callable[[str, str], FileSink]


@dataclass
class _Part:
    name: str = ""
    file_name: str | None = None
    sink: FileSink | None = None
    value: bytearray = field(default_factory=bytearray)


class FormReader:
    """Reads one body. The parser's callbacks only note what happened; the work is done between two pieces."""

    def __init__(self, boundary: bytes, open_file: OpenFile) -> None:
        self.fields: dict[str, list[str]] = {}
        self._open_file = open_file
        self._notes: list[tuple[str, bytes]] = []
        self._header = (bytearray(), bytearray())
        self._part = _Part()
        self._parts = 0
        self._is_complete = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": lambda: self._notes.append(("begin", b"")),
                "on_header_field": lambda data, start, end: self._note("header_field", data, start, end),
                "on_header_value": lambda data, start, end: self._note("header_value", data, start, end),
                "on_header_end": lambda: self._notes.append(("header_end", b"")),
                "on_headers_finished": lambda: self._notes.append(("headers", b"")),
                "on_part_data": lambda data, start, end: self._note("data", data, start, end),
                "on_part_end": lambda: self._notes.append(("end", b"")),
                "on_end": lambda: self._notes.append(("complete", b"")),
            },
        )

    def _note(self, kind: str, data: bytes, start: int, end: int) -> None:
        self._notes.append((kind, data[start:end]))

    async def feed(self, data: bytes) -> None:
        """Take the next piece of the body; raises Invalid when it is not multipart."""
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise _malformed() from error
        notes, self._notes = self._notes, []
        for kind, piece in notes:
            await self._act(kind, piece)

    def finish(self) -> None:
        """The body has ended; raises Invalid when its closing boundary is missing."""
        if not self._is_complete:
            raise _malformed()

    async def _act(self, kind: str, piece: bytes) -> None:
        if kind == "data":
            await self._data(piece)
        elif kind in ("header_field", "header_value"):
            self._header[kind == "header_value"].extend(piece)
        elif kind == "header_end":
            self._header_end()
        elif kind == "begin":
            self._begin()
        elif kind == "headers":
            self._headers()
        elif kind == "end":
            await self._end()
        else:
            self._is_complete = True

    def _begin(self) -> None:
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise TooLarge(f"A form has at most {MAX_PARTS} parts.", code="too_many_parts")
        self._part = _Part()

    def _header_end(self) -> None:
        name, value = (bytes(half) for half in self._header)
        self._header = (bytearray(), bytearray())
        if name.lower() != b"content-disposition":
            return
        _, options = parse_options_header(value)
        self._part.name = options.get(b"name", b"").decode("utf-8", "replace")
        if b"filename" in options:
            self._part.file_name = options[b"filename"].decode("utf-8", "replace")

    def _headers(self) -> None:
        if self._part.file_name is not None:
            self._part.sink = self._open_file(self._part.name, self._part.file_name)

    async def _data(self, piece: bytes) -> None:
        if self._part.sink is not None:
            await self._part.sink.write(piece)
            return
        self._part.value += piece
        if len(self._part.value) > MAX_FIELD_BYTES:
            raise TooLarge(f"The field {self._part.name[:64]} is larger than {MAX_FIELD_BYTES} bytes.")

    async def _end(self) -> None:
        if self._part.sink is not None:
            await self._part.sink.close()
            return
        try:
            value = self._part.value.decode()
        except UnicodeDecodeError as error:
            raise invalid(self._part.name, "not_utf8", "Send texts in UTF-8.") from error
        self.fields.setdefault(self._part.name, []).append(value)


def _malformed() -> AppError:
    return invalid("body", "malformed_form", "The body is not a complete multipart/form-data form.")


async def read_form(
    request: Request, open_file: OpenFile, *, max_bytes: int, stall_seconds: float
) -> dict[str, list[str]]:
    """Read a multipart body to its end: its text fields; each file went to the sink that `open_file` gave.

    Raises Invalid, TooLarge, or SenderTooSlow after `stall_seconds` without a byte.
    """
    _, options = parse_options_header(request.headers.get("content-type", "").encode("latin-1"))
    boundary = options.get(b"boundary", b"")
    if not 0 < len(boundary) <= 70:
        raise _malformed()
    reader, total = FormReader(boundary, open_file), 0
    async for piece in pieces(request, stall_seconds):
        total += len(piece)
        if total > max_bytes:
            raise TooLarge(f"The request is larger than {max_bytes} bytes.", code="request_too_large")
        if piece:
            await reader.feed(piece)
    reader.finish()
    return reader.fields

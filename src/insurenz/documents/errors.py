"""Refusals of files: each names the file, a stable code, and what would be right."""

from collections.abc import Mapping

from insurenz.core.errors import (
    AppError,
    Conflict,
    FieldError,
    Invalid,
    TooLarge,
    TooManyRequests,
    WrongMediaType,
    invalid,
)

CODES: dict[str, tuple[type[AppError], str]] = {
    "type_not_allowed": (WrongMediaType, "Only PDF, JPG, JPEG, PNG, DOC and DOCX files are taken."),
    "type_mismatch": (
        WrongMediaType,
        "The content is not what the extension says; send the file under its own type.",
    ),
    "too_large": (TooLarge, "The file is larger than {limit} bytes."),
    "too_long": (TooLarge, "More bytes came than the {limit} that were announced."),
    "empty": (Invalid, "The file is empty."),
    "corrupt": (Invalid, "The file is damaged or cut short; save or scan it again and send it anew."),
    "bomb": (
        Invalid,
        "The file takes too much time or memory to open; send it with fewer or smaller pages, images or parts.",
    ),
    "sha256_mismatch": (
        Invalid,
        "The bytes are not those of the hash that was announced; send the file anew.",
    ),
    "infected": (Invalid, "The virus scanner found something in the file; it has not been kept."),
    "too_many_files": (TooLarge, "Files taken in one request: at most {limit}."),
    "too_many_claim_files": (TooLarge, "A claim holds at most {limit} files."),
    "too_many_unfinished": (
        TooManyRequests,
        "One user has at most {limit} uploads that are not finished; finish or end one first.",
    ),
    "too_many_parts": (
        TooManyRequests,
        "The file came in {limit} pieces, the most that are put together; end it and send it in larger ones.",
    ),
    "daily_limit": (
        TooManyRequests,
        "One user sends at most {limit} bytes on a day; Retry-After tells when the next one begins.",
    ),
}


def refused(
    code: str,
    file_name: str | None,
    *,
    limit: int = 0,
    field: str = "files",
    headers: Mapping[str, str] | None = None,
) -> AppError:
    """The refusal of one file, or of all of a request's when no name is given."""
    kind, text = CODES[code]
    detail = text.format(limit=limit)
    errors = [FieldError(field, code, detail, file_name=file_name)]
    return kind(detail, code=code, errors=errors, headers=headers or {})


def unknown_upload() -> Invalid:
    """An upload that is unknown, another user's, ended or used: the four look the same."""
    detail = "Each names, once, a file that you have sent to POST /uploads and that no claim uses yet."
    return invalid("upload_ids", "unknown_upload", detail)


class BadRequest(AppError):
    """A request that its protocol does not know."""

    status, title, default_code = 400, "Bad request", "bad_request"


class ChecksumMismatch(AppError):
    """A piece of a file that did not arrive as it left; tus gives it a status of its own."""

    status, title, default_code = 460, "Checksum mismatch", "checksum_mismatch"


class RangeNotSatisfiable(AppError):
    """A part of a file that the file does not have."""

    status, title, default_code = 416, "Range not satisfiable", "range"


def wrong_offset(offset: int) -> Conflict:
    """A piece that does not follow what is there: go on at this offset."""
    return Conflict(
        f"The next byte is that of offset {offset}; ask with HEAD, and go on there.",
        code="wrong_offset",
        extra={"offset": offset},
        headers={"Upload-Offset": str(offset)},
    )


def parts_lost() -> Conflict:
    """What came before is no longer there."""
    return Conflict("What had come of this file is lost; send it anew.", code="parts_lost")

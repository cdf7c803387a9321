"""Refusals of files: each names the file, a stable code, and what would be right."""

from insurenz.core.errors import AppError, FieldError, Invalid, TooLarge, WrongMediaType

CODES: dict[str, tuple[type[AppError], str]] = {
    "type_not_allowed": (WrongMediaType, "Only PDF, JPG, JPEG, PNG, DOC and DOCX files are taken."),
    "type_mismatch": (
        WrongMediaType,
        "The content is not what the extension says; send the file under its own type.",
    ),
    "too_large": (TooLarge, "The file is larger than {limit} bytes."),
    "empty": (Invalid, "The file is empty."),
    "corrupt": (Invalid, "The file is damaged or cut short; save or scan it again and send it anew."),
    "bomb": (
        Invalid,
        "The file takes too much time or memory to open; send it with fewer or smaller pages, images or parts.",
    ),
    "infected": (Invalid, "The virus scanner found something in the file; it has not been kept."),
    "too_many_files": (TooLarge, "At most {limit} files are taken in one request."),
    "too_many_claim_files": (TooLarge, "A claim holds at most {limit} files."),
}


def refused(code: str, file_name: str, *, limit: int = 0) -> AppError:
    """The refusal of one file."""
    kind, text = CODES[code]
    detail = text.format(limit=limit)
    return kind(detail, code=code, errors=[FieldError("files", code, detail, file_name=file_name)])

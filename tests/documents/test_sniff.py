"""What a file is by its bytes, and what is left of an odd file name."""

import pytest

from insurenz.documents.sniff import DOC, DOCX, JPEG, PDF, PNG, FileType, agreed_type, clean_name, sniff


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"%PDF-1.7\n", PDF),
        (b"\n" * 1024 + b"%PDF-1.4", PDF),
        (b"\n" * 1025 + b"%PDF-1.4", None),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", JPEG),
        (b"\x89PNG\r\n\x1a\n\x00\x00", PNG),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", DOC),
        (b"PK\x03\x04\x14\x00", DOCX),
        (b"MZ\x90\x00%PDF-1.4", None),
        (b"\x7fELF%PDF-1.4", None),
        (b"PK\x03\x04%PDF-1.4", DOCX),
        (b"\xff\xd8\xff%PDF-1.4", JPEG),
        (b"GIF89a", None),
        (b"<svg xmlns=", None),
        (b"plain words", None),
        (b"", None),
    ],
)
def test_the_type_is_read_from_the_bytes(head: bytes, kind: FileType | None) -> None:
    assert sniff(head) == kind


@pytest.mark.parametrize(
    ("head", "extension", "kind"),
    [
        (b"%PDF-1.7", "pdf", PDF),
        (b"\xff\xd8\xff\xe0", "jpg", JPEG),
        (b"\xff\xd8\xff\xe0", "jpeg", JPEG),
        (b"%PDF-1.7", "jpg", None),
        (b"plain words", "pdf", None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "doc", DOC),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "docx", DOCX),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "pdf", None),
        (b"PK\x03\x04", "docx", DOCX),
        (b"PK\x03\x04", "doc", None),
    ],
)
def test_the_bytes_and_the_extension_must_agree_and_a_locked_docx_is_an_ole_file(
    head: bytes, extension: str, kind: FileType | None
) -> None:
    assert agreed_type(head, extension) == kind


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("bill.pdf", "bill.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\a\\bill.pdf", "bill.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("in\u202efdp.exe.pdf", "infdp.exe.pdf"),
        ("nul\x00.pdf", "nul.pdf"),
        ("  .hidden.pdf", "hidden.pdf"),
        ("...", "document"),
        ("", "document"),
        (".pdf", "pdf"),
        ("रसीद 😀.pdf", "रसीद 😀.pdf"),
        ("രസീത\u200d 👩\u200d⚕️.pdf", "രസീത\u200d 👩\u200d⚕️.pdf"),
        ("\u200d.\u200c.pdf", "pdf"),
    ],
)
def test_u05_an_odd_name_is_taken_under_its_cleaned_base_name(raw: str, clean: str) -> None:
    assert clean_name(raw) == clean


def test_u05_a_name_of_four_kilobytes_keeps_its_extension() -> None:
    name = clean_name("x" * 4096 + ".pdf")
    assert (len(name), name.endswith(".pdf")) == (200, True)

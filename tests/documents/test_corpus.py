"""Every file of the collection, sent as the manifest says: taken or refused as it expects, and understood as it states."""

import hashlib
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageOps

from insurenz.core.errors import AppError
from insurenz.core.settings import Documents
from insurenz.core.storage import ObjectStore
from insurenz.documents.allowance import Allowance
from insurenz.documents.errors import CODES
from insurenz.documents.receiving import Receiver, StoredFile
from insurenz.documents.served import IMAGES, patched
from insurenz.documents.sniff import TYPES
from tests.actors import INSPECTOR
from tests.documents import corpus
from tests.documents.corpus import Case
from tests.stores import got, make_store

pytestmark = pytest.mark.skipif(
    corpus.FOLDER is None, reason="the collection of files is not beside this checkout"
)

# What file(1) calls a DOCX that is locked or whose parts lie in another order, and a PDF with something before it.
OTHER_NAMES = {
    "docx": ("application/encrypted", "application/zip", "application/octet-stream"),
    "pdf": ("application/octet-stream",),
}


@dataclass
class Outcome:
    """What became of one case: a file in the store, or the code of its refusal."""

    case: Case
    file: StoredFile | None
    code: str | None

    @property
    def says(self) -> str:
        """The case in a word, for failures."""
        return f"{self.case['path']} as {self.case['upload_name']}: {self.code}"


def received(case: Case, store: ObjectStore) -> Outcome:
    """Send one file as a request does."""
    receiver = Receiver(store, INSPECTOR, Documents(), allowance=Allowance(None, "UTC"))
    try:
        content = memoryview(corpus.bytes_of(case))
        incoming = receiver.open_file("files", corpus.name_of(case))
        for start in range(0, len(content), 65536):
            incoming.write(content[start : start + 65536])
        incoming.close()
        receiver.complete()
    except AppError as refusal:
        receiver.drop()
        return Outcome(case, None, refusal.code)
    return Outcome(case, receiver.files[0], None)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> ObjectStore:
    return make_store("local", tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="module")
def outcomes(store: ObjectStore) -> list[Outcome]:
    return [received(case, store) for case in corpus.cases()]


@pytest.fixture(scope="module")
def taken(outcomes: list[Outcome]) -> list[tuple[Case, StoredFile]]:
    return [(outcome.case, outcome.file) for outcome in outcomes if outcome.file is not None]


def test_u01_every_file_is_taken_or_refused_as_the_manifest_expects(outcomes: list[Outcome]) -> None:
    assert len(outcomes) >= 498
    expected = Counter(outcome.case["expected"] for outcome in outcomes)
    assert min(expected["accept"], expected["reject"], expected["any"]) > 50
    wrongly_refused = [o.says for o in outcomes if o.case["expected"] == "accept" and o.file is None]
    wrongly_taken = [o.says for o in outcomes if o.case["expected"] == "reject" and o.file is not None]
    assert (wrongly_refused, wrongly_taken) == ([], [])


def test_u01_each_refusal_has_the_code_the_manifest_names(outcomes: list[Outcome]) -> None:
    refused = [outcome for outcome in outcomes if outcome.case["expected"] == "reject"]
    assert [o.says for o in refused if o.code not in o.case["reason"].split("|")] == []
    arguable = {outcome.code for outcome in outcomes if outcome.case["expected"] == "any"}
    assert arguable <= {None, *CODES}


def test_u01_what_is_taken_has_the_type_its_bytes_have(taken: list[tuple[Case, StoredFile]]) -> None:
    strange = [
        (case["path"], case["real_type"], file.file_type)
        for case, file in taken
        if case["real_type"] not in (TYPES[file.file_type].media_type, *OTHER_NAMES.get(file.file_type, ()))
        and case["expected"] == "accept"
    ]
    assert strange == []


def test_what_is_taken_has_the_size_and_hash_of_what_was_sent(
    taken: list[tuple[Case, StoredFile]], store: ObjectStore
) -> None:
    for case, file in taken:
        sent = corpus.bytes_of(case)
        assert (file.file_size, file.sha256) == (len(sent), hashlib.sha256(sent).hexdigest())
        assert case["pad_to"] or (str(file.file_size), file.sha256) == (case["size"], case["sha256"])
        assert got(store, file.object_key) == sent


def found(file: StoredFile) -> dict[str, Any]:
    """What inspection found, by the columns of the manifest."""
    findings, details = file.findings, file.findings.details
    latitude, longitude = (findings.location or " ").split(" ")
    needs_password = findings.is_encrypted and findings.pages is None
    return {
        "pages": findings.pages,
        "width": findings.width,
        "height": findings.height,
        "encrypted": str(findings.is_encrypted).lower(),
        "needs_password": str(needs_password).lower(),
        "active_content": str(findings.has_active_content).lower(),
        "gps_lat": latitude,
        "gps_lon": longitude,
        **{name: details.get(name, "") for name in ("title", "author", "pdf_version", "orientation")},
        "taken_at": details.get("taken_at", "").replace("-", ":").replace("T", " "),
        "camera": details.get("camera", ""),
    }


def test_what_the_manifest_states_of_a_file_is_found_in_it(taken: list[tuple[Case, StoredFile]]) -> None:
    different, compared = [], Counter[str]()
    for case, file in taken:
        told = found(file)
        for column, stated in corpus.stated(case).items():
            compared[column] += 1
            if str(told[column]) != stated:
                different.append((case["path"], column, stated, told[column]))
    assert different == []
    assert set(compared) == set(corpus.COLUMNS)


def pictures(taken: list[tuple[Case, StoredFile]]) -> Iterator[tuple[Case, StoredFile, bytes, bytes]]:
    """Each picture as it was sent and as it is served."""
    for case, file in taken:
        if file.file_type in IMAGES and not case["pad_to"]:
            sent = corpus.bytes_of(case)
            yield case, file, sent, b"".join(patched(iter([sent]), file.findings.patches))


PRIVATE = (
    b"GPS",
    b"<x:xmpmeta",
    b"Photoshop 3.0",
    b"ftypmp42",
    b"MakerNote",
    b"http://ns.adobe.com/xap/1.0/",
)


def test_u07_no_served_copy_tells_more_than_how_the_picture_is_turned(
    taken: list[tuple[Case, StoredFile]],
) -> None:
    telling = []
    located = 0
    for case, file, _, served in pictures(taken):
        picture = Image.open(io.BytesIO(served), formats=["JPEG", "PNG"])
        left = picture.getexif()
        located += file.findings.location is not None
        if set(left) - {0x0112} or left.get_ifd(0x8825) or any(word in served for word in PRIVATE):
            telling.append(case["path"])
        if any(picture.info.get(name) for name in ("comment", "xmp", "photoshop", "Comment", "mp")):
            telling.append(case["path"])
    assert (telling, located > 5) == ([], True)


def test_u07_a_served_copy_shows_the_same_picture_upright(taken: list[tuple[Case, StoredFile]]) -> None:
    different = []
    for case, _, sent, served in pictures(taken):
        if sent == served:
            continue
        try:
            before = ImageOps.exif_transpose(Image.open(io.BytesIO(sent), formats=["JPEG", "PNG"]))
        except (OSError, SyntaxError):
            assert case["expected"] == "any"
            continue
        after = ImageOps.exif_transpose(Image.open(io.BytesIO(served), formats=["JPEG", "PNG"]))
        if (before.mode, before.size, before.tobytes()) != (after.mode, after.size, after.tobytes()):
            different.append(case["path"])
    assert different == []


@pytest.mark.parametrize("size", [1, 7, 64 * 1024])
def test_a_copy_is_the_same_in_whatever_pieces_it_is_read(
    taken: list[tuple[Case, StoredFile]], size: int, tmp_path: Path
) -> None:
    small = [each for each in pictures(taken) if len(each[2]) < 20_000]
    assert len(small) > 20
    for _, file, sent, served in small:
        pieces = (sent[at : at + size] for at in range(0, len(sent), size))
        assert b"".join(patched(pieces, file.findings.patches)) == served

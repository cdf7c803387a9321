"""U-05: what people call their files is text: it reaches no path and no header, and comes back with the download."""

import unicodedata
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from sqlalchemy import select

from insurenz.core.db import Database
from insurenz.documents.models import Document
from tests.actors import Api, Cast
from tests.claims.stories import FIELDS, sample

# As they stand in the form, and what is left of them.
NAMES: dict[str, tuple[bytes, str]] = {
    "a way up": (b"../../../../etc/passwd.pdf", "passwd.pdf"),
    "a way up of Windows": (rb"..\..\Windows\win.pdf", "win.pdf"),
    "from the root": (b"/etc/cron.d/x.pdf", "x.pdf"),
    "a drive": (rb"C:\fakepath\bill.pdf", "bill.pdf"),
    "NUL": (b"a\x00b.pdf", "ab.pdf"),
    "an escape": (b"a\x1b[31mb\x07.pdf", "a[31mb.pdf"),
    "RTL marks": ("in\u202efdp.exe\u2066\u200f.pdf".encode(), "infdp.exe.pdf"),
    "line separators": ("a\u2028b\u2029c\u0085d.pdf".encode(), "abcd.pdf"),
    "4 kB": (b"x" * 4092 + b".pdf", "x" * 196 + ".pdf"),
    "4 kB of emoji": ("\U0001f9fe".encode() * 1023 + b".pdf", "\U0001f9fe" * 196 + ".pdf"),
    "emoji": ("रसीद 😀 €.pdf".encode(), "रसीद 😀 €.pdf"),
    "quotes": (rb"a\"b'c.pdf", "a\"b'c.pdf"),
    "parameters": (b"a; filename=b.exe; x.pdf", "a; filename=b.exe; x.pdf"),
    "percent": (b"a%0d%0aSet-Cookie: b%2e.pdf", "a%0d%0aSet-Cookie: b%2e.pdf"),
    "markup": (b"<img src=x onerror=alert(1)>.pdf", "<img src=x onerror=alert(1)>.pdf"),
    "no UTF-8": (b"a\xff\xfe.pdf", "a\ufffd\ufffd.pdf"),
    "decomposed": ("re\u0301sume\u0301.pdf".encode(), "r\u00e9sum\u00e9.pdf"),
    "dots": (b".. .hidden.pdf", "hidden.pdf"),
}


def filed(client: Any, name: bytes) -> Any:
    """A claim with the bill under this name, in a form whose bytes no client has tidied."""
    fields = b"".join(
        b'--B\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (n.encode(), v.encode())
        for n, v in FIELDS.items()
    )
    head = b'--B\r\nContent-Disposition: form-data; name="files"; filename="' + name + b'"\r\n\r\n'
    body = fields + head + sample("bill.pdf")[1] + b"\r\n--B--\r\n"
    return client.post("/claims", content=body, headers={"Content-Type": "multipart/form-data; boundary=B"})


def opened(api: Api, claim: Any) -> Any:
    return api.nobody.get(claim["documents"][0]["url"].removeprefix(api.app.state.settings.base_url))


@pytest.mark.parametrize("kind", NAMES)
def test_u05_a_name_is_cleaned_and_comes_back_with_the_download(
    api: Api, cast: Cast, database: Database, tmp_path: Path, kind: str
) -> None:
    sent, expected = NAMES[kind]
    answer = filed(api.as_(cast.asha), sent)
    assert answer.status_code == 201, answer.text
    assert answer.json()["documents"][0]["file_name"] == expected
    download = opened(api, answer.json())
    disposition = download.headers["content-disposition"]
    assert disposition.isascii()
    plain, _, encoded = disposition.removeprefix('attachment; filename="').partition("\"; filename*=UTF-8''")
    assert unquote(encoded, errors="strict") == expected
    assert not {'"', "\\", "%", ";", "/"} & set(plain)
    of_files = {"accept-ranges", "content-disposition", "etag"}
    assert set(download.headers) <= {*api.nobody.get("/health/live").headers, *of_files}
    assert download.content == sample("bill.pdf")[1]
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") for c in expected)
    with database.read_unit() as session:
        key = session.scalars(select(Document.object_key)).one()
    stored = [path for path in (tmp_path / "objects").rglob("*") if path.is_file()]
    assert stored == [tmp_path / "objects" / key]
    assert not set(expected.split(".")) & set(key.split("/"))


@pytest.mark.parametrize("name", [b"a\r\nSet-Cookie: x=1.pdf", b"a\rb.pdf", b"a\nb.pdf"])
def test_u05_a_name_with_a_line_end_in_it_breaks_nothing(api: Api, cast: Cast, name: bytes) -> None:
    answer = filed(api.as_(cast.asha), name)
    assert answer.status_code in (201, 415, 422)
    assert "set-cookie" not in answer.headers
    if answer.status_code == 201:
        assert "set-cookie" not in opened(api, answer.json()).headers


@pytest.mark.parametrize("name", [b"bill.pdf\x00.exe", b"bill.pd\xe2\x80\xaef", b"....pdf/", b"x" * 4096])
def test_u05_an_extension_counts_as_it_is_after_cleaning(api: Api, cast: Cast, name: bytes) -> None:
    taken = filed(api.as_(cast.asha), name)
    if name.startswith(b"bill.pd\xe2"):
        assert taken.json()["documents"][0]["file_name"] == "bill.pdf"
    else:
        assert (taken.status_code, taken.json()["errors"][0]["code"]) == (415, "type_not_allowed")

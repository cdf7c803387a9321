"""First pages of Word files by LibreOffice: what it may do, what ends it, and that a document stands without it."""

import contextlib
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from insurenz.core import clock
from insurenz.core.db import Database
from insurenz.core.errors import Unavailable
from insurenz.core.settings import Documents
from insurenz.core.storage import new_key
from insurenz.documents import office, previews
from insurenz.documents.inspect import Inspector
from insurenz.documents.office import NoPage, Office
from insurenz.documents.sweep import sweep
from tests.actors import INSPECTOR, Api, Cast
from tests.documents import samples
from tests.documents.samples import DATA
from tests.documents.test_previews import docx_of, keys
from tests.documents.test_served import filed, opened, seen_by
from tests.stores import make_store

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="what keeps it from everything else is Linux's"
)


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    """A letter among the spools of a store."""
    (tmp_path / "spools").mkdir()
    return Path(shutil.copy(DATA / "letter.docx", tmp_path / "spools" / "spool"))


@pytest.fixture
def place() -> Iterator[Path]:
    """Where programs lie; what is in /tmp they do not see."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        yield Path(folder)


def office_of(place: Path, does: str, **limits: float) -> Office:
    """A program that stands for LibreOffice; the folder it works in is its home."""
    program = place / "program" / "soffice"
    program.parent.mkdir()
    program.write_text(f'#!/bin/bash\npage="$HOME/letter.pdf"\n{does}\n')
    program.chmod(0o755)
    return Office(program, **limits)  # type: ignore[arg-type]


def working_in(folder: Path) -> list[int]:
    """Processes whose folder is below this one."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "cwd").readlink().is_relative_to(folder):
                found.append(int(process.name))
    return found


def wait_for_end(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError), contextlib.closing(os.fdopen(os.pidfd_open(pid))) as handle:
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        assert poll.poll(20_000)


def test_it_is_told_to_make_one_page_with_nothing_of_anybody_before(letter: Path, place: Path) -> None:
    made = office_of(
        place,
        'echo "$@" > $page; cat $HOME/profile/user/*.xcu >> $page; echo >> $page; ls $HOME /run >> $page',
    )
    with made.first_page(letter, "docx") as page:
        told = page.read_text()
    assert "-env:UserInstallation=file:///tmp/profile" in told
    assert "--outdir /tmp /tmp/letter.docx" in told
    assert '"PageRange":{"type":"string","value":"1"}' in told
    assert 'oor:name="DisableMacrosExecution" oor:op="fuse"><value>true<' in told
    # Where sockets of databases lie is nothing but the same folder.
    assert told.split()[-8:] == ["/run:", *(own := ["letter.docx", "letter.pdf", "profile"]), "/tmp:", *own]
    assert [each.name for each in letter.parent.iterdir()] == ["spool"]


def test_it_has_no_network_no_secrets_no_files_but_its_own_and_the_last_place_in_the_queue(
    letter: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JWT_SECRET_KEY", "of the server")
    (place / "secret").write_text("of another")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port, secret = listening.getsockname()[1], place / "secret"
        asks = f"""
        {{ echo network; (: > /dev/tcp/127.0.0.1/{port}) && echo there
        echo files; cat {secret} {letter} /proc/$PPID/environ /etc/hostname; ls {place}
        echo x > {secret}; : > $(dirname $0)/new; rm {secret}; mv $page {place}
        echo rest; nice; ulimit -v -t -f -c; env | cut -d= -f1 | sort
        }} 2> /dev/null > $page"""
        made = office_of(place, asks, processor_seconds=7, memory_mb=1024)
        with made.first_page(letter, "docx") as page:
            told = page.read_text()
        listening.setblocking(False)
        with pytest.raises(BlockingIOError):
            listening.accept()
    assert told.partition("rest")[0].split() == ["network", "files"]
    assert secret.read_text() == "of another"
    rest = told.partition("rest\n")[2].splitlines()
    limits = [line.rpartition(" ")[2] for line in rest[1:5]]
    assert (rest[0], sorted(limits)) == ("19", sorted([str(1024 * 1024), "7", str(64 * 1024), "0"]))
    assert set(rest[5:]) <= {"HOME", "LANG", "PATH", "PWD", "SAL_USE_VCLPLUGIN", "SHLVL", "TMPDIR", "_"}


def test_one_that_takes_too_long_is_killed_with_all_that_it_began(letter: Path, place: Path) -> None:
    made = office_of(place, "sleep 1000 & echo half > $page; sleep 1000", seconds=0.5)
    with pytest.raises(NoPage), made.first_page(letter, "docx"):
        pass
    for pid in working_in(letter.parent):
        wait_for_end(pid)
    assert [each.name for each in letter.parent.iterdir()] == ["spool"]


@pytest.mark.parametrize(
    "does",
    [
        "exit 1",
        ": > $page",
        "ln -s /etc/passwd $page",
        "mkdir $page",
        "kill -9 $$",
        f"head -c {office.MOST_BYTES + 1} /dev/zero > $page",
    ],
    ids=["fails", "writes nothing", "leaves a link", "leaves a folder", "dies", "writes too much"],
)
def test_what_is_no_page_is_none_and_leaves_nothing(does: str, letter: Path, place: Path) -> None:
    made = office_of(place, does)
    with pytest.raises(NoPage), made.first_page(letter, "doc"):
        pass
    assert [each.name for each in letter.parent.iterdir()] == ["spool"]


def test_where_it_cannot_be_kept_from_the_rest_it_is_not_begun(
    letter: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = place / "becoming_unkept.py"
    code.write_text(
        "from insurenz.documents.inspection import becoming\nbecoming.leave_files = lambda *_: False\nbecoming.main()\n"
    )
    monkeypatch.setattr(
        office, "_environment", lambda: {"PYTHONPATH": f"{place}:{os.pathsep.join(sys.path)}"}
    )
    monkeypatch.setattr(office, "BECOMING", "becoming_unkept")
    made = office_of(place, "echo page > letter.pdf")
    with pytest.raises(NoPage), made.first_page(letter, "docx"):
        pass


def test_closing_ends_it_in_the_middle_and_the_file_waits_for_another_day(letter: Path, place: Path) -> None:
    gate = place / "program" / "gate"
    made = office_of(place, f"read line < {gate}; echo page > $page")
    os.mkfifo(gate)

    def close_once_it_runs() -> None:
        with gate.open("w"):  # waits until it reads
            made.close()

    closing = threading.Thread(target=close_once_it_runs)
    closing.start()
    for _ in range(2):
        with pytest.raises(Unavailable), made.first_page(letter, "docx"):
            pass
    closing.join()
    assert [each.name for each in letter.parent.iterdir()] == ["spool"]


def test_it_ends_with_the_server_that_is_killed(letter: Path, place: Path) -> None:
    gate = place / "program" / "gate"
    program = office_of(place, f"read line < {gate}")._program
    os.mkfifo(gate)
    code = f"""
from pathlib import Path
from insurenz.documents.office import Office
with Office(Path({str(program)!r})).first_page(Path({str(letter)!r}), "doc"):
    pass
"""
    with subprocess.Popen([sys.executable, "-c", code]) as server, gate.open("w"):
        [begun] = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
        server.kill()
        wait_for_end(int(begun))


def test_what_a_crash_left_of_it_is_taken_by_the_sweep(database: Database, tmp_path: Path) -> None:
    store = make_store("local", tmp_path)
    folder = store.create(new_key()).path
    (folder / "profile" / "user").mkdir(parents=True)
    grace = timedelta(hours=24)
    assert sweep(database, store, grace=grace).spools == 0
    assert sweep(database, store, grace=grace, now=clock.now() + timedelta(hours=25)).spools == 1
    assert list(folder.parent.iterdir()) == []


def test_only_where_it_is_installed_and_wanted_is_there_one(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office_of(place, "exit")
    monkeypatch.setattr(office.importlib.util, "find_spec", lambda name: name)
    monkeypatch.setenv("PATH", str(place / "program"))
    assert Office.of(Documents()) is not None
    assert Office.of(Documents(libreoffice=str(place / "program" / "soffice"))) is not None
    assert Office.of(Documents(libreoffice="off")) is None
    assert Office.of(Documents(libreoffice="elsewhere")) is None
    monkeypatch.setattr(office.importlib.util, "find_spec", lambda _: None)
    assert Office.of(Documents()) is None


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What was drawn as PDF: the extra that draws it is not where tests run."""
    preview, pages = Inspector.preview, list[bytes]()

    def draw(inspector: Inspector, path: Path, kind: str) -> dict[str, str]:
        if kind != "pdf":
            return preview(inspector, path, kind)
        pages.append(path.read_bytes())
        (path.parent / "page.png").write_bytes(samples.image("PNG", 30, 40))
        return preview(inspector, path.parent / "page.png", "png")

    monkeypatch.setattr(Inspector, "preview", draw)
    return pages


def make(api: Api, made: Office) -> None:
    while previews.make_waiting(api.database, api.app.state.store, INSPECTOR, made):
        pass


def test_one_word_file_is_made_at_a_time_and_others_wait_for_their_turn_behind_all_else(
    api: Api, cast: Cast, place: Path, drawn: list[bytes]
) -> None:
    filed(api, cast, ("a.docx", docx_of("One")), ("b.docx", docx_of("Two")), ("c.jpg", samples.photo()))
    made, store = office_of(place, "cat $HOME/letter.docx > $page"), api.app.state.store
    with made.turn():
        assert previews.make_waiting(api.database, store, INSPECTOR, made) == 2
    assert drawn == []
    assert [previews.make_waiting(api.database, store, INSPECTOR, made) for _ in range(3)] == [1, 1, 0]
    assert len(drawn) == 2
    # A server that ends leaves it to the next one.
    filed(api, cast, ("d.docx", docx_of("Three")))
    made.close()
    assert previews.make_waiting(api.database, store, INSPECTOR, made) == 1
    assert previews.make_waiting(api.database, store, INSPECTOR, None) == 1


def test_a_word_file_has_a_picture_of_its_first_page_and_its_text(
    api: Api, cast: Cast, place: Path, drawn: list[bytes]
) -> None:
    letters = [docx_of("Fracture"), samples.doc_of("")]
    claim = filed(api, cast, ("a.docx", letters[0]), ("b.doc", letters[1]), ("c.jpg", samples.photo()))
    make(api, office_of(place, "cat $HOME/letter.doc* > $page"))
    assert sorted(drawn) == sorted(letters)
    shown = [seen_by(api, claim, cast.asha, place) for place in range(3)]
    for document, words in zip(shown, ("Fracture", ""), strict=False):
        kinds = [
            opened(api, document[name]).headers["content-type"] for name in ("preview_url", "thumbnail_url")
        ]
        assert kinds == ["image/jpeg", "image/jpeg"]
        text = opened(api, document["text_url"])
        assert (text.text, text.headers["content-type"]) == (words, "text/plain; charset=utf-8")
    assert shown[2]["text_url"] is None
    assert keys(api) == ["", "", "", *["-large"] * 3, *["-small"] * 3, "-text", "-text"]


def test_a_word_file_that_breaks_it_has_its_text(
    api: Api, cast: Cast, place: Path, drawn: list[bytes]
) -> None:
    claim = filed(api, cast, ("a.docx", docx_of("Fracture")), ("b.docx", docx_of("")))
    make(api, office_of(place, "exit 1"))
    first, second = (seen_by(api, claim, cast.asha, place) for place in range(2))
    assert opened(api, first["preview_url"]).text == "Fracture"
    assert (first["thumbnail_url"], first["text_url"], second["preview_url"]) == (None, None, None)
    assert (drawn, keys(api)) == ([], ["", "", "-large"])


def test_a_locked_word_file_is_not_even_tried(api: Api, cast: Cast, place: Path, drawn: list[bytes]) -> None:
    locked = samples.ole({"EncryptedPackage": b"x", "EncryptionInfo": b"x"})
    filed(api, cast, ("a.docx", locked))
    make(api, office_of(place, "echo page > $page"))
    assert drawn == []


@pytest.mark.load
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_the_real_one_makes_a_page_of_each_kind(tmp_path: Path) -> None:
    made = Office(Path(shutil.which("soffice") or "").resolve())
    for kind in ("doc", "docx"):
        letter = Path(shutil.copy(DATA / f"letter.{kind}", tmp_path / f"spool-{kind}"))
        with made.first_page(letter, kind) as page:
            assert INSPECTOR.inspect(page, "pdf").pages == 1

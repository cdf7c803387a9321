"""The child process of inspection: its limits, what ends it, and that the server goes on whatever happens to it."""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from insurenz.core.errors import Unavailable
from insurenz.documents import inspect
from insurenz.documents.inspect import CHILD, Inspector, Refused
from tests.documents import samples
from tests.documents.samples import DATA
from tests.waiting import PATIENCE_SECONDS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits and /proc are Linux's")
BILL = DATA / "bill.pdf"


@contextlib.contextmanager
def inspecting(**limits: float) -> Iterator[Inspector]:
    running = Inspector(**limits)
    try:
        yield running
    finally:
        running.close()


OTHERS: set[int] = set()


@pytest.fixture(autouse=True)
def others() -> None:
    """Whoever was there before the test: the app of other tests has a child of its own."""
    OTHERS.clear()
    OTHERS.update(children())


def children(parent: int | None = None) -> list[int]:
    """The inspection processes of a process, by default those of this one that the test began."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdecimal() and CHILD.encode() in (entry / "cmdline").read_bytes():
                parent_of_it = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                found += [int(entry.name)] * (parent_of_it == (parent or os.getpid()))
    return [pid for pid in found if pid not in OTHERS]


def wait_for_end(pid: int) -> None:
    handle = os.pidfd_open(pid)
    with contextlib.closing(os.fdopen(handle)):
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        assert poll.poll(PATIENCE_SECONDS * 1000)


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    """A file that never begins: opening it waits for a writer, reading it for what he writes."""
    os.mkfifo(tmp_path / "endless")
    return tmp_path / "endless"


def write_bomb(folder: Path, megabytes: int) -> Path:
    path = folder / "bomb.pdf"
    path.write_bytes(samples.pdf_of_packed_objects(megabytes))
    return path


def code_of(inspector: Inspector, path: Path) -> str:
    with pytest.raises(Refused) as caught:
        inspector.inspect(path, "pdf")
    return caught.value.code


def test_u04_a_file_that_takes_too_much_memory_ends_its_process_and_the_next_one_is_served(
    tmp_path: Path,
) -> None:
    with inspecting(processes=1, memory_mb=128) as inspector:
        assert inspector.inspect(BILL, "pdf").pages == 1
        first = children()
        assert code_of(inspector, write_bomb(tmp_path, 150)) == "bomb"
        assert children() == []
        assert inspector.inspect(BILL, "pdf").pages == 1
        assert len(children()) == 1
        assert children() != first


@pytest.mark.parametrize(
    "can_poll", [True, False], ids=["by waiting for the pipe", "by a timer, as on Windows"]
)
def test_u04_a_file_that_takes_too_long_is_killed_and_the_next_one_is_served(
    endless: Path, can_poll: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspect, "CAN_POLL", can_poll)
    with inspecting(processes=1, seconds=0.5) as inspector:
        assert code_of(inspector, endless) == "bomb"
        assert children() == []
        [child] = inspector._children
        child._seconds = PATIENCE_SECONDS
        assert inspector.inspect(BILL, "pdf").pages == 1


def test_u04_a_process_that_nobody_can_kill_ends_after_its_processor_time() -> None:
    code = f"import {CHILD} as child\nchild._limit(2**29)\nchild._allow_seconds(0)\nwhile True: pass"
    ended = subprocess.run([sys.executable, "-c", code], timeout=PATIENCE_SECONDS)
    assert ended.returncode == -signal.SIGXCPU


def test_the_limits_are_set_in_the_child_and_cannot_be_lifted() -> None:
    with inspecting(processes=1, seconds=7, memory_mb=300) as inspector:
        inspector.inspect(BILL, "pdf")
        proc = Path("/proc") / str(children()[0])
        lines = (proc / "limits").read_text().splitlines()
        limits = {line[:26].strip(): line[26:].split()[:2] for line in lines}
        assert limits["Max address space"] == [str(300 * 1024 * 1024)] * 2
        assert limits["Max file size"] == limits["Max core file size"] == limits["Max processes"] == ["0"] * 2
        assert limits["Max open files"] == ["16"] * 2
        assert 8 <= int(limits["Max cpu time"][0]) <= 10
        status = dict(
            line.split(":\t", 1) for line in (proc / "status").read_text().splitlines() if ":\t" in line
        )
        assert (status["CapEff"], status["NoNewPrivs"]) == ("0" * 16, "1")


def test_the_child_has_nothing_of_the_servers_settings_files_and_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JWT_SECRET_KEY", "a secret of the server")
    with (tmp_path / "open").open("w") as inheritable, inspecting(processes=1) as inspector:
        os.set_inheritable(inheritable.fileno(), True)
        inspector.inspect(BILL, "pdf")
        proc = Path("/proc") / str(children()[0])
        variables = (proc / "environ").read_bytes().split(b"\0")
        assert {variable.partition(b"=")[0] for variable in variables} <= {b"PYTHONPATH", b""}
        opened = [str(each.readlink()).partition(":")[0] for each in (proc / "fd").iterdir()]
        assert sorted(opened) == ["/dev/null", "/dev/null", f"/proc/{proc.name}/statm", "pipe", "pipe"]
        if subprocess.run(["unshare", "-rn", "true"], stderr=subprocess.DEVNULL).returncode == 0:
            devices = (proc / "net" / "dev").read_text().splitlines()[2:]
            assert [line.partition(":")[0].strip() for line in devices] == ["lo"]


def test_the_child_loads_nothing_that_talks_to_a_network_or_a_database() -> None:
    code = f"import sys, {CHILD}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = {name.partition(".")[0] for name in loaded.stdout.split()}
    assert (
        modules & {"socket", "_socket", "ssl", "http", "asyncio", "sqlalchemy", "fastapi", "pydantic"}
        == set()
    )


def test_a_child_that_died_while_nobody_asked_costs_no_file() -> None:
    with inspecting(processes=1) as inspector:
        inspector.inspect(BILL, "pdf")
        [child] = children()
        os.kill(child, signal.SIGKILL)
        wait_for_end(child)
        assert inspector.inspect(BILL, "pdf").pages == 1


def test_a_child_ends_itself_after_its_last_file() -> None:
    code = f"import {CHILD} as child; child.FILES = 2; child.main()"
    started = [sys.executable, "-c", code, "10", "512"]
    with subprocess.Popen(started, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        out, _ = process.communicate(
            (json.dumps(["inspect", "pdf", str(BILL)]).encode() + b"\n") * 3, timeout=PATIENCE_SECONDS
        )
    ready, *answers = out.splitlines()
    assert ready == b"ready"
    assert [json.loads(answer)["is_last"] for answer in answers] == [False, True]


def test_eight_threads_get_each_their_own_answer_from_two_children(tmp_path: Path) -> None:
    for pages in range(1, 9):
        (tmp_path / f"{pages}.pdf").write_bytes(samples.pdf(pages=pages))

    def ask(pages: int) -> list[int | None]:
        return [inspector.inspect(tmp_path / f"{pages}.pdf", "pdf").pages for _ in range(50)]

    with (
        inspecting(processes=2, wait_seconds=PATIENCE_SECONDS) as inspector,
        ThreadPoolExecutor(8) as threads,
    ):
        assert list(threads.map(ask, range(1, 9))) == [[pages] * 50 for pages in range(1, 9)]
        assert len(children()) == 2


def test_a_quiet_server_starts_one_child_only() -> None:
    with inspecting(processes=3) as inspector:
        assert children() == []
        inspector.start()
        inspector.inspect(BILL, "pdf")
        inspector.inspect(BILL, "pdf")
        assert len(children()) == 1


def test_who_gets_no_child_in_time_is_told_to_come_back(endless: Path) -> None:
    with inspecting(processes=1, wait_seconds=0.05) as inspector, ThreadPoolExecutor() as threads:
        first = threads.submit(inspector.inspect, endless, "docx")
        with endless.open("wb"):  # waits until the child reads
            with pytest.raises(Unavailable) as caught:
                inspector.inspect(BILL, "pdf")
            assert (caught.value.code, caught.value.headers["Retry-After"]) == ("inspection_busy", "2")
        assert isinstance(first.exception(), Refused)
        assert inspector.inspect(BILL, "pdf").pages == 1


def test_closing_leaves_no_process_also_in_the_middle_of_a_file(endless: Path) -> None:
    inspector = Inspector(processes=2)
    inspector.inspect(BILL, "pdf")
    with ThreadPoolExecutor() as threads:
        first = threads.submit(inspector.inspect, endless, "docx")
        with endless.open("wb"):
            second = inspector.inspect(BILL, "pdf")
            assert (second.pages, len(children())) == (1, 2)
            inspector.close()
        assert isinstance(first.exception(), Unavailable)
    assert children() == []
    with pytest.raises(Unavailable):
        inspector.inspect(BILL, "pdf")
    inspector.close()


def test_children_of_a_server_that_was_killed_end_by_themselves() -> None:
    code = f"""
import os, pathlib
from insurenz.documents.inspect import Inspector
inspector = Inspector(processes=1)
inspector.inspect(pathlib.Path({str(BILL)!r}), "pdf")
print(flush=True)
input()
"""
    server = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with server:
        assert server.stdout is not None
        server.stdout.readline()
        [child] = children(server.pid)
        server.kill()
    wait_for_end(child)


def test_nobody_gets_the_answer_that_another_did_not_wait_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "two.pdf").write_bytes(samples.pdf(pages=2))

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with inspecting(processes=1) as inspector:
        with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
            patched.setattr(inspect._Process, "answer", interrupted)
            inspector.inspect(tmp_path / "two.pdf", "pdf")
        assert inspector.inspect(BILL, "pdf").pages == 1


def test_a_file_that_cannot_be_read_is_no_fault_of_the_file(tmp_path: Path) -> None:
    with inspecting(processes=1) as inspector:
        with pytest.raises(OSError, match="No such file"):
            inspector.inspect(tmp_path / "gone.pdf", "pdf")
        assert inspector.inspect(BILL, "pdf").pages == 1


@pytest.mark.parametrize("program", ["/bin/false", "/nowhere/python"])
def test_an_install_whose_child_does_not_start_says_so_and_refuses_no_file(
    program: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "executable", program)
    with inspecting(processes=1) as inspector, pytest.raises(Unavailable, match="inspection_busy"):
        inspector.inspect(BILL, "pdf")
    assert {record.message for record in caplog.records} == {"inspection does not start"}


def test_a_file_name_of_any_bytes_reaches_the_child(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\n \xe2\x98\x83"))
    path.write_bytes(BILL.read_bytes())
    with inspecting(processes=1) as inspector:
        assert inspector.inspect(path, "pdf").pages == 1


def test_threads_that_wait_get_the_child_once_it_is_free(endless: Path) -> None:
    with inspecting(processes=1) as inspector, ThreadPoolExecutor() as threads:
        first = threads.submit(inspector.inspect, endless, "docx")
        with endless.open("wb"):
            waiting = [threads.submit(inspector.inspect, BILL, "pdf") for _ in range(3)]
        assert isinstance(first.exception(), Refused)
        assert [each.result().pages for each in waiting] == [1, 1, 1]

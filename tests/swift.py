"""A real S3 server for the tests: Debian's Swift with its s3api, which checks every signature; one per test process."""

import atexit
import getpass
import os
import shutil
import socket
import subprocess
import tempfile
import urllib.request
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.server import free_port
from tests.waiting import soon

PARTS = ("account", "container", "object")
PROGRAMS = (*(f"swift-{part}-server" for part in (*PARTS, "proxy")), "memcached")
MISSING = (
    "swift is not installed: "
    "apt-get install --no-install-recommends swift-proxy swift-account swift-container swift-object memcached"
)
ACCESS_KEY, SECRET_KEY = "test:tester", "testing"

# Debian's own Python knows Swift: three rings of one device each, in one process.
RINGS = """
import sys
from swift.common.ring import RingBuilder
folder, *ports = sys.argv[1:]
for part, port in zip(("account", "container", "object"), ports):
    ring = RingBuilder(4, 1, 1)
    ring.add_dev(dict(region=1, zone=1, ip="127.0.0.1", port=int(port), device="disk", weight=1))
    ring.rebalance()
    ring.get_ring().save(f"{folder}/{part}.ring.gz")
"""
COMMON = """\
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
user = {user}
swift_dir = {folder}
devices = {folder}
mount_check = false
log_level = ERROR
"""
PART = """\
[pipeline:main]
pipeline = {part}-server
[app:{part}-server]
use = egg:swift#{part}
"""
PROXY = """\
[pipeline:main]
pipeline = catch_errors proxy-logging cache listing_formats bulk s3api tempauth copy slo dlo proxy-logging proxy-server
[app:{part}-server]
use = egg:swift#proxy
account_autocreate = true
error_suppression_limit = 1000000
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:proxy-logging]
use = egg:swift#proxy_logging
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:{memcached}
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:bulk]
use = egg:swift#bulk
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
max_bucket_listing = 50
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
"""


@dataclass(frozen=True)
class Swift:
    """A running server."""

    endpoint: str

    def new_bucket(self) -> str:
        """Make an empty bucket and give its name."""
        name = f"test-{uuid4().hex[:12]}"
        who = {"X-Auth-User": ACCESS_KEY, "X-Auth-Key": SECRET_KEY}
        entry = call("GET", f"{self.endpoint}/auth/v1.0", who)
        call("PUT", f"{entry['X-Storage-Url']}/{name}", {"X-Auth-Token": entry["X-Auth-Token"]})
        return name

    def environment(self) -> dict[str, str]:
        """The settings of an install that keeps its documents in a new bucket here."""
        return {
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "S3_BUCKET_NAME": self.new_bucket(),
            "S3_ENDPOINT_URL": self.endpoint,
        }


def call(method: str, url: str, headers: dict[str, str]) -> dict[str, str]:
    """One request of Swift's own API; gives the headers of the answer."""
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers, method=method)) as answer:
        return dict(answer.headers)


@cache
def swift_server() -> Swift:
    """The server of this test process, started when first asked for; skips the test where it is not installed."""
    if any(shutil.which(program) is None for program in PROGRAMS):
        pytest.skip(MISSING)
    folder = Path(tempfile.mkdtemp(prefix="insurenz-swift-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    ports = {name: free_port() for name in (*PARTS, "proxy", "memcached")}
    _configure(folder, ports)
    _start(folder, "memcached", "-l", "127.0.0.1", "-p", str(ports["memcached"]), "-U", "0", "-u", "nobody")
    for part in (*PARTS, "proxy"):
        _start(folder, f"swift-{part}-server", str(folder / f"{part}.conf"))
    for port in ports.values():
        _wait(port, folder)
    return Swift(f"http://127.0.0.1:{ports['proxy']}")


def _configure(folder: Path, ports: dict[str, int]) -> None:
    (folder / "disk").mkdir()
    command = ["/usr/bin/python3", "-c", RINGS, str(folder), *(str(ports[part]) for part in PARTS)]
    subprocess.run(command, check=True)
    for part in (*PARTS, "proxy"):
        given: dict[str, Any] = {
            "port": ports[part],
            "user": getpass.getuser(),
            "folder": folder,
            "part": part,
        }
        text = COMMON + (PROXY if part == "proxy" else PART)
        (folder / f"{part}.conf").write_text(text.format(**given, memcached=ports["memcached"]))


def _start(folder: Path, *command: str) -> None:
    """Start one of its processes; it ends with this one, even when this one is killed."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV"))}
    bound = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen([*bound, *command], env=clean, cwd=folder, stdout=log, stderr=log)
    atexit.register(process.wait)
    atexit.register(process.kill)


def _wait(port: int, folder: Path) -> None:
    if not soon(lambda: _listens(port)):
        raise AssertionError(f"swift did not start:\n{(folder / 'log').read_text(errors='replace')[-3000:]}")


def _listens(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0

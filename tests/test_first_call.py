"""The story of docs/first-call.sh, told by the script itself to a real server."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installs import demo_server
from tests.postgres import new_database, postgres_server
from tests.server import Server
from tests.swift import swift_server
from tests.waiting import PATIENCE_SECONDS

SCRIPT = Path(__file__).parents[1] / "docs" / "first-call.sh"
A_STEP = re.compile(r"\n\x1b\[1m(\d+)\. .*\x1b\[0m\n")
AS_IT_IS_TOLD = {
    6: ["404 not_found", "There is nothing here that you may see."],
    7: ["Arjun Rao", "under_review"],
    8: ["200 2328 bytes", "200 15231 bytes", "verified", "rejected", "unverified"],
    9: ["Second fracture this year; looks plausible.", "Please send the bill once more."],
    10: [
        "The total is cut off.",
        "Here it is, scanned this time.",
        "letter.docx",
        "photo.jpg",
        "scan.png",
    ],
    11: ["approved", "17000.00"],
    12: ["409 illegal_move complete", "approve is not possible from approved. Possible now: complete."],
    13: [
        "under_review",
        "403 another_person_needed",
        "You made the decision that is disputed; another person has to decide now.",
    ],
    14: ["18250.00", "completed", "paid"],
    15: [
        "Asha Nair  claim_submitted  submit",
        "Arjun Rao  claim_status_updated  start_review",
        "Arjun Rao  claim_document_verified  ",
        "Arjun Rao  claim_document_verified    The total is cut off.",
        "Arjun Rao  claim_message    Please send the bill once more.",
        "Asha Nair  claim_message    Here it is, scanned this time.",
        "Asha Nair  claim_documents_added  ",
        "Arjun Rao  claim_status_updated  approve  Room rent above the limit.",
        "Asha Nair  claim_status_updated  appeal  There was no cheaper room.",
        "Lakshmi Pillai  claim_status_updated  approve",
        "Arjun Rao  claim_status_updated  complete",
    ],
    16: [
        "Please send the bill once more.",
        "Here it is, scanned this time.",
        "403 role_not_allowed",
        "This is not open to the role policyholder.",
    ],
}


@pytest.fixture(params=["sqlite and a folder", "postgresql and a bucket"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """A server with the demo world; its documents lie in a folder, or in a bucket."""
    if "bucket" in request.param:
        # The documents of its demo world lie in the bucket, too.
        running = Server(tmp_path / "data", new_database(postgres_server()), swift_server().environment())
    else:
        running = demo_server(tmp_path / "data")
    yield running.start()
    running.kill()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed: apt-get install curl")
def test_the_first_call_tells_the_life_of_a_claim(server: Server) -> None:
    run = subprocess.run(
        [SCRIPT],
        env=os.environ | {"BASE": server.base},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert (run.stderr, run.returncode) == ("", 0)
    _, *parts = A_STEP.split(run.stdout)
    told = {int(number): text.splitlines() for number, text in zip(parts[::2], parts[1::2], strict=True)}
    assert list(told) == list(range(1, 19))
    assert {number: told[number] for number in AS_IT_IS_TOLD} == AS_IT_IS_TOLD

    [number] = told[4]
    assert f'    "claim_number": "{number}",' in told[3]
    assert [line.split('"')[3] for line in told[3] if '"file_name"' in line] == [
        "letter.docx",
        "bill.pdf",
        "photo.jpg",
    ]
    assert told[5] == [
        "200 application/vnd.openxmlformats-officedocument.wordprocessingml.document 2328 bytes"
    ]
    counts = " ".join(told[17])
    assert counts.endswith(f'"total": 28 }} {number}')
    header, first, _ = told[18]
    row = dict(zip(header.split(","), first.split(","), strict=True))
    assert header.startswith("claim_number,")
    assert (row["claim_number"], row["status"], row["approved_amount"]) == (number, "completed", "18250.00")
    assert server.stop() == 0

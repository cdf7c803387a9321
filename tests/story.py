"""The story of docs/hospital-story.sh: run by the script itself, and what it must tell, written by hand."""

import os
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

from tests.server import Server

SCRIPT = Path(__file__).parents[1] / "docs" / "hospital-story.sh"
A_STEP = re.compile(r"\n\x1b\[1m(\d+)\. .*\x1b\[0m\n")
AN_INBOX = re.compile(r"  (.+?) +badge +(\d+), (\d) of this claim(?:: (.+))?")
PEOPLE = {
    "Lakeside's desk": "desk@lakeside.demo.example",
    "Meera": "meera@demo.example",
    "Rahul": "rahul@demo.example",
}


class Seen(NamedTuple):
    """What one of them has: unread items more than before, notices of this claim, the newest title."""

    badge: int
    notices: int
    newest: str | None


def _seen(desk: Seen, staff: Seen) -> list[str | dict[str, Seen]]:
    return [{"Lakeside's desk": desk, "Meera": staff, "Rahul": staff}]


def _both(number: int) -> Seen:
    titles = ["Claim Submitted", "QC Query Answered", "More Information Provided"]
    return Seen(number, number, titles[number - 1])


# By step: statuses as they follow, and after each act who has what.
AS_IT_IS_TOLD: dict[int, list[str | dict[str, Seen]]] = {
    1: ["NUMBER", *_seen(Seen(0, 0, None), _both(1))],
    2: ["qc_query", *_seen(Seen(1, 1, "QC Query Raised"), _both(1))],
    3: ["READ", "qc_answered", *_seen(Seen(0, 1, "QC Query Raised"), _both(2))],
    4: [
        "need_more_info",
        *_seen(Seen(1, 2, "More Information Needed"), _both(2)),
        "need_more_info_submitted",
        *_seen(Seen(1, 2, "More Information Needed"), _both(3)),
    ],
    5: [
        "qc_clear",
        *_seen(Seen(2, 3, "QC Cleared"), _both(3)),
        "claim_approved",
        *_seen(Seen(3, 4, "Claim Approved"), _both(3)),
    ],
    6: [
        "query 1 documentation Discharge summary, Signed claim form answered",
        "info 1 - - answered",
    ],
    7: [
        "NUMBER",
        *_seen(Seen(3, 0, None), Seen(4, 1, "Claim Submitted")),
        "claim_denial",
        *_seen(Seen(4, 1, "Claim Denied"), Seen(4, 1, "Claim Submitted")),
    ],
    8: [
        "claim_contested",
        *_seen(Seen(4, 1, "Claim Denied"), Seen(5, 2, "Claim Contested")),
        "403 another_person_needed",
    ],
    9: ["claim_approved", *_seen(Seen(5, 2, "Claim Approved"), Seen(5, 2, "Claim Contested"))],
    10: [
        "claim_pending -> Meera Iyer, Rahul Verma",
        "claim_contested -> Meera Iyer, Rahul Verma",
    ],
    11: ["0", "NUMBERS"],
}


def badges(server: Server) -> dict[str, int]:
    """How many unread notifications each of them has."""
    found = {}
    for who, email in PEOPLE.items():
        headers = {"Authorization": f"Bearer {server.sign_in(email)}"}
        found[who] = server.call("GET", "/notifications/unread-count", headers=headers).json()["unread"]
    return found


def tell(base: str, timeout: float = 120) -> str:
    """Run the script against a server; gives what it prints."""
    run = subprocess.run(
        [SCRIPT], env=os.environ | {"BASE": base}, capture_output=True, text=True, timeout=timeout
    )
    assert (run.stderr, run.returncode) == ("", 0), run.stdout
    return run.stdout


def told(printed: str, before: dict[str, int]) -> dict[int, list[str | dict[str, Seen]]]:
    """What the script printed, by step, in the form of AS_IT_IS_TOLD; badges as they differ from those before."""
    _, *parts = A_STEP.split(printed)
    return {
        int(number): _lines(text.splitlines(), before)
        for number, text in zip(parts[::2], parts[1::2], strict=True)
    }


def _lines(lines: list[str], before: dict[str, int]) -> list[str | dict[str, Seen]]:
    found: list[str | dict[str, Seen]] = []
    for line in lines:
        inbox = AN_INBOX.fullmatch(line)
        if inbox is None:
            found.append(_plain(line, before))
            continue
        who, badge, notices, newest = inbox.groups()
        seen = Seen(int(badge) - before[who], int(notices), newest)
        if found and isinstance(found[-1], dict):
            found[-1][who] = seen
        else:
            found.append({who: seen})
    return found


def _plain(line: str, before: dict[str, int]) -> str:
    if re.fullmatch(r"CSHLSIP-\d{4}-\d{3,}", line):
        return "NUMBER"
    if re.fullmatch(r"CSHLSIP-\d{4}-\d{3,} CSHLSIP-\d{4}-\d{3,}", line):
        return "NUMBERS"
    # How many the desk has left after reading one: as many as before this claim.
    return "READ" if line == "unread: {}".format(before["Lakeside's desk"]) else line

"""Insurenz for load.py: files, uploads and status changes as the people that seed.py made.

Settings: BENCH_PORT (8501), BENCH_STATE (the file seed.py wrote) and BENCH_SIZE (of the files, so that one is made
before the clients begin, for a large one takes a while). Ops: file, upload, status, list, show, inbox, unread, me, health.
For file and upload `--arg jpeg` sends a JPEG instead of a PDF. For inbox and unread `--arg` says whose: one of `READERS`. Both are real files, for the product parses them, and
no two are alike: each has its number in a comment near its beginning.
"""

import json
import os
from pathlib import Path

from common import FIELDS, req
from real_files import document

HOST, PORT = "127.0.0.1", int(os.environ.get("BENCH_PORT", "8501"))
BOUNDARY = "----benchboundary7MA4YWxk"
# The life of a claim, one step a request: the status to be reached and the version it is reached from.
STEPS = ({"status": "under_review"}, {"status": "approved"}, {"status": "completed"})
CLAIMS_IN_A_RUN = 2000
READERS = ("tokens", "frequent", "processors", "busiest")


def prepare(op, arg):
    """The people and, for changes of status, claims that no earlier run has touched."""
    if op in ("file", "upload") and (size := int(os.environ.get("BENCH_SIZE", "0"))):
        document(arg or "pdf", size, "")
    path = Path(os.environ["BENCH_STATE"])
    seeded = json.loads(path.read_text())
    taken, rest = seeded["claims"][:CLAIMS_IN_A_RUN], seeded["claims"][CLAIMS_IN_A_RUN:]
    if op == "status":
        if not taken:
            raise SystemExit("No pending claims are left: seed.py --claims N makes more.")
        path.write_text(json.dumps(seeded | {"claims": rest}))
    return seeded | {"claims": taken}


def request(op, state, i, size, arg):
    """One request; `i` is unique over the run and ends with a count."""
    count = int(i.split("-")[1])
    holders = state["tokens"]
    who = count * 7919 % len(holders)
    holder = f"Bearer {holders[who]}"
    if op in ("file", "upload"):
        return _filing(state["policies"][who], i, size, arg or "pdf", holder)
    if op == "status":
        claim, step = count % len(state["claims"]), count // len(state["claims"])
        body = json.dumps(STEPS[step % len(STEPS)]).encode()
        path, version = f"/claims/{state['claims'][claim]}/status", f'If-Match: "{step + 1}"\r\n'
        return req("PATCH", path, [body], auth=f"Bearer {state['processors'][0]}", extra=version)
    if op == "show":
        path = f"/claims/{state['claims'][count % len(state['claims'])]}"
        return req("GET", path, auth=f"Bearer {state['processors'][0]}")
    if op == "list":
        return req("GET", f"/claims{arg}", auth=f"Bearer {state['processors'][0]}" if arg else holder)
    if op in ("inbox", "unread"):
        readers = state[arg or READERS[0]]
        path = {"inbox": "/notifications", "unread": "/notifications/unread-count"}[op]
        return req("GET", path, auth=f"Bearer {readers[count * 7919 % len(readers)]}")
    return req("GET", {"me": "/auth/me", "health": "/health/live"}[op], auth="" if op == "health" else holder)


def ok(op, status, body):
    """Whether the work was done."""
    return status == (201 if op in ("file", "upload") else 200)


def _filing(policy, i, size, kind, auth):
    opening, rest = document(kind, size, i)
    text = "".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in {"user_policy_id": policy, **FIELDS}.items()
    )
    media_type, extension = {"pdf": ("application/pdf", "pdf"), "jpeg": ("image/jpeg", "jpg")}[kind]
    text += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{i}.{extension}"\r\n'
    text += f"Content-Type: {media_type}\r\n\r\n"
    body = [text.encode() + opening, rest, f"\r\n--{BOUNDARY}--\r\n".encode()]
    return req("POST", "/claims", body, f"multipart/form-data; boundary={BOUNDARY}", auth)

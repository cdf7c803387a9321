"""Retail claims: after each act exactly the right people find it in their inbox, in the right words, and nobody else."""

from typing import Any

from tests.actors import Api
from tests.claims.stories import file_claim
from tests.notifications.stories import Desk, broken
from tests.notifications.test_fanout import told_of

# By hand, act by act: who does it, what (an action with its fields), and who is told, with title and message. {n} is the
# claim's number. The claimant gets a receipt for their own acts; who decides is not told of it.
WON = [
    ("asha", "submit", {}, {
        "asha": ("Claim Received", "We have received your claim {n}."),
        "arjun": ("Claim Received", "Claim {n} is waiting for review."),
    }),
    ("arjun", "start_review", {}, {"asha": ("Under Review", "Your claim {n} is now being reviewed.")}),
    ("arjun", "approve", {"approved_amount": "9000", "status_notes": "Room rent above the agreed rate."}, {
        "asha": ("Claim Partly Approved", "Your claim {n} has been approved in part. The claim's page says why, and what you can do."),
    }),
    ("asha", "appeal", {"reason": "No other room was free."}, {
        "asha": ("Appeal Received", "We have received your appeal on claim {n}. Another person will decide it."),
        "arjun": ("Appeal Received", "The policyholder has appealed the decision on claim {n}."),
    }),
    ("admin", "approve", {}, {"asha": ("Claim Approved", "Your claim {n} has been approved.")}),
    ("arjun", "complete", {}, {"asha": ("Claim Completed", "Your claim {n} has been paid and is now closed.")}),
]  # fmt: skip
LOST = [
    *WON[:2],
    ("arjun", "reject", {"status_notes": "Not covered."}, {"asha": ("Claim Rejected", "Your claim {n} has been rejected. The claim's page says why, and what you can do.")}),
    ("admin", "complete", {}, {"asha": ("Claim Completed", "Your claim {n} is now closed without a payment.")}),
]  # fmt: skip
WITHDRAWN = [
    WON[0],
    ("asha", "withdraw", {}, {
        "asha": ("Claim Withdrawn", "You have withdrawn your claim {n}. Nothing more will happen to it."),
        "arjun": ("Claim Withdrawn", "Claim {n} has been withdrawn by the policyholder."),
    }),
]  # fmt: skip


def play(api: Api, desk: Desk, acts: list[Any]) -> list[tuple[str, dict[str, Any]]]:
    """Do one act after the other and tell of it; gives what each brought to whom."""
    claim: dict[str, Any] = {}
    known = {name: len(items) for name, items in told_of(desk).items()}
    seen = []
    for who, action, fields, _ in acts:
        client = api.as_(getattr(desk.cast, who))
        if action == "submit":
            claim = file_claim(client).json()
        else:
            done = client.post(f"/claims/{claim['id']}/actions/{action}", json=fields)
            assert done.status_code == 200, done.text
        desk.tell()
        now = told_of(desk)
        new = {name: items[: len(items) - known.get(name, 0)] for name, items in now.items()}
        known = {name: len(items) for name, items in now.items()}
        told = {name: items for name, items in new.items() if items}
        seen.append((action, {name: [(t, m.replace(claim["claim_number"], "{n}")) for t, m in items]
                              for name, items in told.items()}))  # fmt: skip
    assert broken(desk.database) == []
    return seen


def test_n02_n01_each_act_on_a_retail_claim_tells_exactly_whom_the_product_names(
    api: Api, desk: Desk
) -> None:
    for acts in (WON, LOST, WITHDRAWN):
        expected = [(action, {name: [words] for name, words in told.items()}) for _, action, _, told in acts]
        assert play(api, desk, acts) == expected
        before = told_of(desk)
        # What is refused is told to nobody.
        refused = api.as_(desk.cast.vikram).post("/claims", json={})
        desk.tell()
        assert (refused.status_code, told_of(desk)) == (422, before)


def test_a_message_on_a_retail_claim_reaches_the_other_side_alone(api: Api, desk: Desk) -> None:
    claim = file_claim(api.as_(desk.cast.asha)).json()
    desk.tell()
    for who, other in (("asha", "arjun"), ("arjun", "asha"), ("admin", "asha")):
        before = {name: len(items) for name, items in told_of(desk).items()}
        said = api.as_(getattr(desk.cast, who)).post(
            f"/claims/{claim['id']}/messages", json={"body": "Hello"}
        )
        assert said.status_code == 201
        desk.tell()
        after = told_of(desk)
        grown = {name: items[0][0] for name, items in after.items() if len(items) > before.get(name, 0)}
        assert grown == {other: "New Message"}

"""An install with one channel more, run in a copy of the product: prints what preferences, explanations and the log say."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from insurenz import workflow
from insurenz.consumers import consumers, of_kinds
from insurenz.core.db import Database
from insurenz.deliveries.sending import Sender
from insurenz.events.relay import Relay
from tests.actors import INSPECTOR, Api, Cast, make_api, people
from tests.claims.hospitals import do, submit
from tests.notifications.stories import FACTS

CHOICE = {"category": "progress", "channel": "pager", "is_on": False}


def story(api: Api, cast: Cast, paper: Path) -> dict[str, Any]:
    """A claim is cleared, of which Lakeside's desk is told by the pager, too, when it has paper."""
    desk, admin, channels = api.as_(cast.lakeside_desk), api.as_(cast.admin), api.app.state.channels
    claim = submit(desk, hospital_id="HOSP_002").json()
    explained = api.as_(cast.meera).get(f"/claims/{claim['id']}/recipients", params={"action": "clear"})
    tell(api)
    do(api.as_(cast.meera), claim, "clear")
    tell(api)
    paper.mkdir()
    sender = Sender(api.database, channels.by_name["pager"])
    sender.work()
    [waiting] = admin.get("/deliveries?channel=pager").json()["items"]
    paper.rmdir()
    replayed = admin.post(f"/deliveries/{waiting['id']}/replay")
    sender.work()
    [arrived] = admin.get("/deliveries?channel=pager&state=delivered").json()["items"]
    return {
        "explained": channels_of(explained.json()["recipients"]),
        "waiting": (waiting["target"] == cast.lakeside_desk.id, waiting["last_error"]),
        "replayed": replayed.status_code,
        "arrived": (arrived["id"] == waiting["id"], arrived["attempt_count"]),
        "paper": paper.read_text()
        == f"{arrived['id']} {cast.lakeside_desk.id} QC Cleared {claim['claim_number']}\n",
        "paused": admin.post("/deliveries/pause", json={"channel": "pager", "is_paused": True}).status_code,
        "channels": [each["channel"] for each in admin.get("/deliveries/channels").json()["items"]],
        **chosen(desk, api, claim, cast),
    }


def chosen(desk: Any, api: Api, claim: Mapping[str, Any], cast: Cast) -> dict[str, Any]:
    """What becomes of it once somebody has switched it off."""
    body = {"preferences": [CHOICE], "quiet_hours": None}
    matrix = desk.put("/notifications/preferences", json=body).json()["preferences"]
    asked = {"action": "clear"}
    told = api.as_(cast.meera).get(f"/claims/{claim['id']}/recipients", params=asked).json()
    return {
        "matrix": [
            (each["is_on"], each["is_configured"])
            for each in matrix
            if (each["channel"], each["category"]) == ("pager", "progress")
        ],
        "muted": [(each["channel"], each["reason"]) for each in told["excluded"]],
    }


def tell(api: Api) -> None:
    """Tell everybody of all that has happened."""
    telling = api.app.state.telling
    relay = Relay(api.database, consumers(telling), of_kinds=of_kinds(telling))
    while relay.turn():
        pass


def channels_of(recipients: list[dict[str, Any]]) -> list[str]:
    return [each["channel"] for each in recipients if each["user_role"] == "hospital_user"]


def main() -> None:
    """Run it on the database in this folder, with a definition of which one rule names the pager."""
    folder = Path(sys.argv[1])
    shipped = workflow.load_registry().newest["hospital"].source
    version, event = f"version: {FACTS['workflow_version']}\n", "  claim_qc_clear:\n    category"
    before, rest = shipped.text.replace(version, "version: 99\n", 1).split(event)
    text = before + event + rest.replace("[inbox, email, push, chat]", "[inbox, email, pager]", 1)
    (folder / "own").mkdir()
    (folder / "own/hospital.yaml").write_text(text)
    database = Database(f"sqlite:///{folder / 'test.db'}")
    with database.unit_of_work() as session:
        cast = people(session)
    api = make_api(database, folder, workflows_dir=folder / "own")
    print(json.dumps(story(api, cast, folder / "pager.txt")))
    api.app.state.gate.hasher.close()
    INSPECTOR.close()
    database.close()


if __name__ == "__main__":
    main()

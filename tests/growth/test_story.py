"""The hospital story over the whole arrangement: two servers, two workers, beat; heard live, and told to the service."""

from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from insurenz.events.verify import verify
from tests.growth.arrangement import arranged, eventually, is_quiet, needs_celery, needs_curl, needs_redis
from tests.notifications.listening import Follower
from tests.notifications.stories import broken
from tests.receiver import receiver
from tests.story import AS_IT_IS_TOLD, badges, tell, told

pytestmark = [needs_celery, needs_redis, needs_curl]

SERVICE_SECRET = "a secret of the tests, long enough"
# What each of them is told, in order; those who work on both claims hear of both.
TOLD = {
    "desk@lakeside.demo.example": [
        *("claim_qc_query", "claim_need_more_info", "claim_qc_clear", "claim_approved"),
        *("claim_denied", "claim_approved"),
    ],
    "meera@demo.example": [
        *("claim_pending", "claim_qc_answered", "claim_need_more_info_response"),
        *("claim_pending", "claim_contested"),
    ],
}


def heard(follower: Follower, count: int) -> list[str]:
    """The types of the next so many notifications; one that is read meanwhile comes again and does not count."""
    found: dict[str, str] = {}
    while len(found) < count:
        frame = follower.next()
        assert frame is not None, "the stream has ended"
        if frame.event == "notification":
            found.setdefault(frame.item["id"], frame.item["event_type"])
    return list(found.values())


@pytest.mark.load
def test_the_hospital_story_over_two_servers_two_workers_and_beat(tmp_path: Path) -> None:
    with receiver() as service:
        more = {"NOTIFICATION_SERVICE_URL": service.url, "NOTIFICATION_SERVICE_SECRET": SERVICE_SECRET}
        with arranged(tmp_path, **more) as (arrangement, _):
            arrangement.start()
            entry = arrangement.entry
            with closing(arrangement.open_database()) as database:
                # What the demo world's claims have to tell comes first.
                assert eventually(lambda: is_quiet(database))
                before, sent = badges(entry), len(service.calls)
                followers = {email: Follower(entry, entry.sign_in(email)) for email in TOLD}
                printed = tell(entry.base)
                assert told(printed, before) == AS_IT_IS_TOLD
                assert {e: heard(f, len(TOLD[e])) for e, f in followers.items()} == TOLD
                for follower in followers.values():
                    follower.close()
                assert eventually(lambda: is_quiet(database))
                # The service is told of every event once, under a key of its own.
                keys = Counter(service.keys[sent:])
                assert (len(keys), set(keys.values())) == (11, {1})
                assert broken(database) == []
                assert arrangement.stop() == [0] * 5
                report = verify(database)
                assert (report.faults, report.unsealed) == ([], 0)
            assert '"level": "error"' not in arrangement.logs()

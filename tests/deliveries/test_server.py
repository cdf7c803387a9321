"""Beside a receiver that hangs, actions go through, and a real server stops when it is told to and goes on where it was."""

import socket
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import text

from insurenz.core.db import Database, Session
from insurenz.deliveries.service import enqueue
from insurenz.events.models import Event
from insurenz.events.relay import Relay
from tests.actors import make_api, people
from tests.claims.stories import file_claim
from tests.deliveries.messages import attempts, delivery, outgoing, put, states
from tests.postgres import new_database, postgres_server
from tests.receiver import answers, hangs, receiver
from tests.server import Server
from tests.waiting import soon

SECRET = "a secret of the tests, long enough"


def tell_service(session: Session, events: Sequence[Event]) -> None:
    enqueue(session, [outgoing(event_id=event.id) for event in events])


def drain(relay: Relay) -> None:
    while relay.turn():
        pass


def test_n08_with_the_service_hanging_an_action_succeeds_and_dials_nobody(
    real_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with real_database.unit_of_work() as session:
        cast = people(session)
    dialled: list[str] = []
    connect = socket.socket.connect

    def note(self: socket.socket, address: object) -> None:
        dialled.append(threading.current_thread().name)
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", note)
    with receiver(hangs) as service:
        settings = {"notification_service_url": service.url, "notification_service_secret": SECRET}
        api = make_api(real_database, tmp_path, **settings)
        api.app.state.deliveries.start()
        relay = Relay(real_database, {"claim_submitted": (tell_service,)})
        assert file_claim(api.as_(cast.asha)).status_code == 201
        drain(relay)
        service.wait_for(1)
        # Now it hangs.
        filed = file_claim(api.as_(cast.asha), "bill.pdf")
        assert filed.status_code == 201
        done = api.as_(cast.asha).post(f"/claims/{filed.json()['id']}/actions/withdraw", json={})
        assert done.status_code == 200
        drain(relay)
        service.wait_for(2)
        assert states(real_database) == ["due", "due"]
        assert set(dialled) == {"deliver_external"}
        monkeypatch.setattr("insurenz.deliveries.lanes.STOP_SECONDS", 0)
        api.app.state.deliveries.stop()
    api.app.state.gate.hasher.close()


@pytest.mark.parametrize("backend", [pytest.param("sqlite", marks=pytest.mark.crash), "postgresql"])
def test_r09_a_server_stops_though_the_service_hangs_and_the_next_delivers(
    tmp_path: Path, backend: str
) -> None:
    url = new_database(postgres_server()) if backend == "postgresql" else ""
    with receiver(hangs) as service:
        settings = {"NOTIFICATION_SERVICE_URL": service.url, "NOTIFICATION_SERVICE_SECRET": SECRET}
        server = Server(tmp_path / "data", database_url=url, settings=settings).start("--no-demo")
        database = Database(url or f"sqlite:///{server.folder / 'insurenz.db'}")
        try:
            [delivery_id] = put(database)
            service.wait_for(1)
            assert server.stop() == 0
            # It did not wait until the time of the attempt was over.
            assert attempts(database) == [(1, "unfinished", None, None)]
            assert delivery(database).lease_token is not None
            service.will(answers(200))
            with database.unit_of_work() as session:
                session.execute(text("UPDATE deliveries SET lease_until = created_at"))
            server.start("--no-demo")
            assert soon(lambda: states(database) == ["delivered"])
            assert service.keys == [delivery_id] * 2
            assert server.stop() == 0
        finally:
            server.kill()
            database.close()

"""Outgoing HTTP over real sockets: an answer or a reason, within its time, and never the same request twice."""

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from insurenz.core.addresses import is_public
from insurenz.core.http import Answer, HttpConnections, NoAnswer
from tests.receiver import (
    Receiver,
    Step,
    answers,
    drips,
    drips_body,
    drops,
    hangs,
    receiver,
    resets,
    says,
)
from tests.server import free_port
from tests.waiting import PATIENCE_SECONDS

BODY = '{"title":"Grüße"}'.encode()


@pytest.fixture
def http() -> Iterator[HttpConnections]:
    made = HttpConnections()
    yield made
    made.close()


def post(http: HttpConnections, url: str, *, seconds: float = 20) -> Answer:
    return http.post(url, BODY, {"X-Name": "value"}, seconds=seconds)


def reason(http: HttpConnections, url: str, *, seconds: float = 20) -> str:
    with pytest.raises(NoAnswer) as caught:
        post(http, url, seconds=seconds)
    return caught.value.reason


def test_what_arrives_is_what_was_sent_and_the_answer_its_status(http: HttpConnections) -> None:
    with receiver(answers(202, "Retry-After: 7\r\n", b"thanks")) as service:
        assert post(http, service.url) == Answer(202, "7")
        [call] = service.calls
    assert (call.path, call.body, call.headers["x-name"]) == ("/notify?tenant=3", BODY, "value")
    assert (call.headers["host"], call.headers["content-length"]) == (
        f"127.0.0.1:{service.port}",
        str(len(BODY)),
    )


@pytest.mark.parametrize(
    "step",
    [
        answers(200, body=b"x" * 60000),
        answers(204),
        answers(500, body=b"no"),
        answers(200, "Connection: Keep-Alive\r\n"),
        says(b"HTTP/1.1 304\r\n\r\n", and_closes=False),
        says(b"HTTP/1.1 102 x\r\n\r\nHTTP/1.1 200 x\r\nContent-Length: 0\r\n\r\n", and_closes=False),
    ],
)
def test_a_connection_serves_one_request_after_the_other(http: HttpConnections, step: Step) -> None:
    with receiver(step) as service:
        for _ in range(3):
            post(http, service.url)
        assert [call.connection for call in service.calls] == [1, 1, 1]


@pytest.mark.parametrize(
    "step",
    [
        says(b"HTTP/1.1 200 x\r\nConnection: close\r\n\r\nall until the end"),
        says(b"HTTP/1.0 200 x\r\n\r\n"),
        says(b"HTTP/1.1 200 x\r\nContent-Length: 2\r\n\r\nok"),
    ],
)
def test_a_connection_that_is_not_clean_serves_no_other_request(http: HttpConnections, step: Step) -> None:
    with receiver(step) as service:
        assert post(http, service.url).status == 200
        service.wait_for_hangups(1)
        assert post(http, service.url).status == 200
        assert [call.connection for call in service.calls] == [1, 2]


@pytest.mark.parametrize(
    "step",
    [
        answers(200, body=b"x" * 70000),
        answers(200, "Connection: close\r\n"),
        says(b"HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", and_closes=False),
        says(b"HTTP/1.1 200 x\r\n\r\n", and_closes=False),
        says(b"HTTP/1.0 200 x\r\nContent-Length: 0\r\n\r\n", and_closes=False),
        says(b"HTTP/1.1 200 x\r\nContent-Length: -1\r\n\r\n", and_closes=False),
        says(b"HTTP/1.1 200 x\r\nContent-Length: 0\r\n\r\nHTTP/1.1 500 x\r\n\r\n", and_closes=False),
    ],
)
def test_a_connection_whose_answer_has_no_certain_end_serves_no_other_request(
    http: HttpConnections, step: Step
) -> None:
    with receiver(step) as service:
        assert [post(http, service.url).status for _ in range(2)] == [200, 200]
        assert [call.connection for call in service.calls] == [1, 2]


def test_a_connection_that_was_idle_for_long_is_not_trusted(
    http: HttpConnections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("insurenz.core.http.KEEP_SECONDS", 0)
    with receiver() as service:
        post(http, service.url)
        post(http, service.url)
        assert [call.connection for call in service.calls] == [1, 2]


@pytest.mark.parametrize("step", [hangs, drips])
def test_r04_a_receiver_that_hangs_or_drips_is_left_when_the_time_is_over(
    http: HttpConnections, step: Step
) -> None:
    with receiver(step) as service:
        assert reason(http, service.url, seconds=2) == "timeout"
        service.wait_for(1)
        assert len(service.calls) == 1


def test_a_receipt_counts_though_its_body_never_ends(http: HttpConnections) -> None:
    with receiver(drips_body) as service:
        assert post(http, service.url) == Answer(200)


def test_a_receiver_that_takes_nothing_in_is_left_when_the_time_is_over(http: HttpConnections) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        with pytest.raises(NoAnswer, match="timeout"):
            http.post(url, b"x" * 20_000_000, {}, seconds=0.3)


@pytest.mark.parametrize("step", [drops, resets])
@pytest.mark.parametrize("is_kept", [False, True])
def test_n04_what_may_have_been_received_is_not_sent_again(
    http: HttpConnections, step: Step, is_kept: bool
) -> None:
    with receiver(answers(), step) if is_kept else receiver(step) as service:
        if is_kept:
            post(http, service.url)
        assert reason(http, service.url) == "connection_lost"
        assert len(service.calls) == 1 + is_kept


def test_a_redirect_is_an_answer_and_not_followed(http: HttpConnections) -> None:
    with receiver() as other, receiver(answers(307, f"Location: {other.url}\r\n")) as service:
        assert post(http, service.url) == Answer(307)
        assert (len(service.calls), other.calls) == (1, [])


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", "connection_lost"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "answer_malformed"),
        (b"HTTP/1.1 200 x\r\nno colon\r\n\r\n", "answer_malformed"),
        (b"HTTP/1.1 20 x\r\n\r\n", "answer_malformed"),
        (b"HTTP/2 200\r\n\r\n", "answer_malformed"),
        (b"HT", "connection_lost"),
        (b"HTTP/1.1 200 " + b"x" * 300_000 + b"\r\n\r\n", "answer_malformed"),
    ],
)
def test_p03_nonsense_is_a_reason_too(http: HttpConnections, raw: bytes, expected: str) -> None:
    with receiver(says(raw)) as service:
        assert reason(http, service.url) == expected


def test_nobody_there_is_a_reason_too(http: HttpConnections, monkeypatch: pytest.MonkeyPatch) -> None:
    assert reason(http, f"http://127.0.0.1:{free_port()}") == "connection_refused"

    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert reason(http, "http://nowhere.example") == "host_unknown"


def test_a_look_up_of_the_host_that_hangs_is_left_when_the_time_is_over(
    http: HttpConnections, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait(PATIENCE_SECONDS) and [])
    assert reason(http, "http://slow.example", seconds=0.2) == "timeout"
    over.set()


def test_the_next_address_of_a_host_is_tried(http: HttpConnections, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver() as service:
        kind = (socket.AF_INET, socket.SOCK_STREAM, 0, "")
        ports = (free_port(), service.port)
        monkeypatch.setattr(
            socket, "getaddrinfo", lambda *_, **__: [(*kind, ("127.0.0.1", port)) for port in ports]
        )
        assert post(http, "http://two.example") == Answer(204)


def looked_up(monkeypatch: pytest.MonkeyPatch, *answers: list[tuple[str, int]]) -> list[str]:
    """A resolver that gives one answer after the other, and the last again and again; gives what it was asked."""
    asked, left = [], list(answers)

    def look_up(host: str, *_: Any, **__: Any) -> Any:
        asked.append(host)
        found = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", each) for each in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def test_p04_what_was_judged_is_connected_to_though_the_resolver_flips(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    judged: list[str] = []

    def may_reach(address: str) -> bool:
        judged.append(address)
        return address == "127.0.0.1"

    with receiver() as right, receiver() as wrong, closing(HttpConnections(may_reach=may_reach)) as http:
        here, there = [("127.0.0.1", right.port)], [("127.0.0.2", wrong.port)]
        monkeypatch.setattr("insurenz.core.http.KEEP_SECONDS", 0)
        asked = looked_up(monkeypatch, here, there, here, there)
        outcomes = []
        for _ in range(4):
            try:
                outcomes.append(post(http, "http://flipping.example").status)
            except NoAnswer as failure:
                outcomes.append(failure.reason)
        assert outcomes == [204, "address_not_allowed", 204, "address_not_allowed"]
        # Asked once for each request, so nothing could change between the judging and the connecting.
        assert asked == ["flipping.example"] * 4
        assert judged == ["127.0.0.1", "127.0.0.2"] * 2
        assert (right.connections, wrong.connections) == (2, 0)


def test_p04_a_host_with_one_address_that_is_refused_is_not_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with receiver() as service, closing(HttpConnections(may_reach=is_public)) as http:
        looked_up(monkeypatch, [("93.184.216.34", 443), ("127.0.0.1", service.port)])
        assert reason(http, "http://both.example") == "address_not_allowed"
        assert reason(http, service.url) == "address_not_allowed"
        assert service.connections == 0


def contexts(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a certificate for this name, and a client's that trusts it."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        f"/CN={name}",
    ]
    named = ["-addext", f"subjectAltName={name}", "-keyout", str(key), "-out", str(cert)]
    subprocess.run([*command, *named], check=True, capture_output=True)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(cert, key)
    return server, ssl.create_default_context(cafile=cert)


def test_over_tls_the_certificate_must_be_trusted_and_of_the_host(tmp_path: Path) -> None:
    server, client = contexts(tmp_path, "IP:127.0.0.1")
    with receiver(tls=server) as service:
        trusting = HttpConnections(client)
        assert [post(trusting, service.url) for _ in range(2)] == [Answer(204)] * 2
        assert [call.connection for call in service.calls] == [1, 1]
        trusting.close()
        assert reason(HttpConnections(), service.url) == "certificate_refused"
        assert reason(HttpConnections(client), service.url.replace("https", "http")) == "connection_lost"
    server, client = contexts(tmp_path, "DNS:other.example")
    with receiver(tls=server) as service:
        assert reason(HttpConnections(client), service.url) == "certificate_refused"
        assert service.calls == []


def test_tls_with_somebody_who_does_not_speak_it_fails_in_time(http: HttpConnections) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        assert reason(http, f"https://127.0.0.1:{deaf.getsockname()[1]}", seconds=0.3) == "timeout"


def test_many_threads_share_the_connections(http: HttpConnections) -> None:
    with receiver() as service:
        threads = [
            threading.Thread(target=lambda: [post(http, service.url) for _ in range(10)]) for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert_all_arrived(service)


def assert_all_arrived(service: Receiver) -> None:
    assert [call.body for call in service.calls] == [BODY] * 40
    assert service.connections <= 4

"""JWTs: what is not exactly ours is refused (RFC 8725)."""

import base64
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import jwt
import pytest

from insurenz.accounts.tokens import Kind, Signer, api_key_prefix, new_api_key
from insurenz.core import clock
from insurenz.core.ids import new_id
from tests.actors import Api, Cast
from tests.conftest import Clock

SIGNER = Signer(b"k" * 48, "HS256")
USER, SESSION = new_id(), new_id()


def token(kind: Kind = Kind.ACCESS, *, signer: Signer = SIGNER, lives: float = 60) -> str:
    now = clock.now()
    return signer.token(
        kind, user_id=USER, session_id=SESSION, issued_at=now, expires_at=now + timedelta(seconds=lives)
    )


def resigned(
    changes: dict[str, Any], *, headers: dict[str, Any] | None = None, key: bytes | None = None
) -> str:
    """A token of ours with other claims or headers, signed with our key unless told otherwise."""
    claims = jwt.decode(token(), options={"verify_signature": False}) | changes
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(claims, key or SIGNER._key, "HS256", headers={"typ": "access"} | (headers or {}))


def raw(header: dict[str, Any], signature: str = "") -> str:
    parts = [header, jwt.decode(token(), options={"verify_signature": False})]
    return ".".join(
        [base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts] + [signature]
    )


def test_a01_a_token_of_ours_names_user_and_session() -> None:
    claims = SIGNER.read(Kind.ACCESS, token())
    assert claims is not None
    assert (claims.user_id, claims.session_id, claims.generation) == (USER, SESSION, 0)
    again = SIGNER.read(Kind.ACCESS, resigned({}))
    assert again is not None
    assert replace(again, expires_at=claims.expires_at) == claims


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_a01_each_algorithm_reads_its_own_only(algorithm: str) -> None:
    signer = Signer(b"k" * 48, algorithm)
    made = token(signer=signer)
    readers = {a for a in ("HS256", "HS384", "HS512") if Signer(b"k" * 48, a).read(Kind.ACCESS, made)}
    assert readers == {algorithm}


@pytest.mark.parametrize("kind", list(Kind))
def test_a01_a_token_of_one_kind_is_not_one_of_another(kind: Kind) -> None:
    made = token(kind)
    assert [k for k in Kind if SIGNER.read(k, made) is not None] == [kind]


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "x",
        "a.b.c",
        "é.é.é",
        "." * 3000,
        raw({"alg": "none", "typ": "access"}),
        raw({"alg": "None", "typ": "access"}),
        raw({"alg": "HS256", "typ": "access"}),
        raw({"alg": "RS256", "typ": "access"}, "c2ln"),
        raw({"typ": "access"}, "c2ln"),
        resigned({}, key=b"x" * 64),
        resigned({}, key=b"k" * 48),
        resigned({}, headers={"typ": "JWT"}),
        resigned({}, headers={"typ": "cookie"}),
        resigned({}, headers={"crit": ["exp"]}),
        resigned({"aud": "insurenz:cookie"}),
        resigned({"aud": None}),
        resigned({"aud": "elsewhere"}),
        resigned({"iss": "elsewhere"}),
        resigned({"iss": None}),
        resigned({"sub": None}),
        resigned({"sub": "admin"}),
        resigned({"sid": None}),
        resigned({"sid": "' OR 1=1 --"}),
        resigned({"exp": None}),
        resigned({"exp": "tomorrow"}),
        resigned({"exp": 1}),
        resigned({"gen": "0"}),
        token()[:-2],
        token() + "x",
    ],
)
def test_a01_forged_and_bent_tokens_are_refused(forged: str) -> None:
    assert SIGNER.read(Kind.ACCESS, forged) is None


def test_a03_a_token_expires_to_the_second(frozen_clock: Clock) -> None:
    made = token(lives=60)
    frozen_clock.move(seconds=59.999)
    assert SIGNER.read(Kind.ACCESS, made) is not None
    frozen_clock.move(seconds=0.001)
    assert SIGNER.read(Kind.ACCESS, made) is None


def test_a01_the_app_refuses_them_alike(api: Api, cast: Cast) -> None:
    for forged in ("", "x", raw({"alg": "none", "typ": "access"}), token(), resigned({"sub": cast.admin.id})):
        answer = api.with_token(forged).get("/auth/me")
        assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
        assert answer.headers["www-authenticate"] == "Bearer"


def test_a01_a_session_is_its_users_and_its_kinds_alone(api: Api, cast: Cast) -> None:
    signer, now = api.app.state.gate.terms.signer, clock.now()
    mine = api.as_(cast.asha).headers["authorization"].removeprefix("Bearer ")
    session_id = signer.read(Kind.ACCESS, mine).session_id

    def named(kind: Kind, user_id: str) -> str:
        return signer.token(
            kind, user_id=user_id, session_id=session_id, issued_at=now, expires_at=now + timedelta(hours=1)
        )

    assert api.with_token(named(Kind.ACCESS, cast.asha.id)).get("/auth/me").status_code == 200
    assert api.with_token(named(Kind.ACCESS, cast.admin.id)).get("/auth/me").status_code == 401
    assert api.with_token(named(Kind.COOKIE, cast.asha.id)).get("/auth/me").status_code == 401
    browser = api.nobody
    browser.cookies.set("insurenz", named(Kind.COOKIE, cast.asha.id))
    assert browser.get("/auth/me").status_code == 401


def test_api_keys_show_their_prefix() -> None:
    prefix, key = new_api_key()
    assert api_key_prefix(key) == prefix
    assert key.startswith(f"inz_{prefix}_")
    assert [api_key_prefix(t) for t in ("", "inz_", key[:-1], key + "x", key.replace("inz_", "")) if t] == [
        None
    ] * 4

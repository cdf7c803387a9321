"""Signed tokens: access, refresh and cookie JWTs, each of its own type and audience (RFC 8725); hashes of secrets."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

import jwt

from insurenz.core import clock
from insurenz.core.ids import is_id, new_secret
from insurenz.core.secret import derived_key

ISSUER = "insurenz"
API_KEY_MARK = "inz_"
_LONGEST = 2048


class Kind(StrEnum):
    """What a token is for; one of another kind is refused."""

    ACCESS = "access"
    REFRESH = "refresh"
    COOKIE = "cookie"


@dataclass(frozen=True)
class Claims:
    """What a valid token says; `generation` counts the rotations of a refresh token, `expires_at` is a timestamp."""

    user_id: str
    session_id: str
    generation: int
    expires_at: float


class Signer:
    """Makes and reads the tokens of one install."""

    def __init__(self, secret: bytes, algorithm: str) -> None:
        # 64 bytes, as long as the widest of the three algorithms wants them.
        self._key = derived_key(secret, "tokens") + derived_key(secret, "tokens, second half")
        self._device_key = derived_key(secret, "known devices")
        self._algorithm = algorithm
        # What a token says follows from its letters and the key alone; its end is judged anew each time.
        self._said = lru_cache(maxsize=1024)(self._verified)

    def token(
        self,
        kind: Kind,
        *,
        user_id: str,
        session_id: str,
        issued_at: datetime,
        expires_at: datetime,
        generation: int = 0,
        nonce: str = "",
    ) -> str:
        """A token; equal arguments give an equal one."""
        claims = {
            "iss": ISSUER,
            "aud": f"{ISSUER}:{kind}",
            "sub": user_id,
            "sid": session_id,
            "iat": int(issued_at.timestamp()),
            "exp": expires_at.timestamp(),
            "gen": generation,
            "jti": nonce,
        }
        return jwt.encode(claims, self._key, self._algorithm, headers={"typ": kind.value})

    def read(self, kind: Kind, token: str) -> Claims | None:
        """What a token of this kind says; None when it is not one of ours, or expired."""
        if len(token) > _LONGEST:
            return None
        said = self._said(kind, token)
        if said is None or clock.now().timestamp() >= said.expires_at:
            return None
        return said

    def _verified(self, kind: Kind, token: str) -> Claims | None:
        """What a token of ours says, also when it has expired."""
        try:
            decoded = jwt.decode_complete(
                token,
                self._key,
                algorithms=[self._algorithm],
                audience=f"{ISSUER}:{kind}",
                issuer=ISSUER,
                # Expiry is judged by `read` with the one clock.
                options={
                    "require": ["iss", "aud", "sub", "exp", "iat"],
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
        except jwt.PyJWTError:
            return None
        if decoded["header"].get("typ") != kind.value:
            return None
        return _claims(decoded["payload"])

    def device_mac(self, device: str, email: str) -> str:
        """What proves that this device has signed in with this address before."""
        digest = hmac.new(self._device_key, f"{device}|{email}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest[:18]).decode()


def _claims(payload: dict[str, Any]) -> Claims | None:
    user_id, session_id = payload["sub"], payload.get("sid")
    generation, expires_at = payload.get("gen"), payload["exp"]
    if not isinstance(session_id, str) or not is_id(session_id) or not is_id(user_id):
        return None
    if not isinstance(generation, int) or not isinstance(expires_at, int | float):
        return None
    return Claims(user_id, session_id, generation, expires_at)


def digest(secret: str) -> str:
    """What is stored of a secret with enough randomness of its own."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_api_key() -> tuple[str, str]:
    """The visible prefix and the whole text of a new API key."""
    prefix = new_secret(9).replace("_", "-")
    return prefix, f"{API_KEY_MARK}{prefix}_{new_secret()}"


def api_key_prefix(token: str) -> str | None:
    """The prefix of a text that looks like an API key."""
    prefix, _, secret = token.removeprefix(API_KEY_MARK).partition("_")
    is_one = token.startswith(API_KEY_MARK) and len(prefix) == 12 and len(secret) == 43 and token.isascii()
    return prefix if is_one and token.isprintable() else None

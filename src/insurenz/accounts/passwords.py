"""Passwords: which are taken (NIST SP 800-63B-4), and how they are hashed (argon2id)."""

import re
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from insurenz.core.errors import Invalid, invalid
from insurenz.core.ids import new_secret

SHORTEST, LONGEST = 15, 256
# zxcvbn's cost grows with the length, to seconds at 72 characters chosen for it; what these first ones are worth, the
# whole password is worth.
_ESTIMATED = 32
_FEWEST_GUESSES = 1e9

# OWASP's choice for argon2id: 19 MiB, two passes, one lane.
_argon2 = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def normalised(password: str) -> str:
    """The password in the one spelling that is hashed, whichever keyboard it came from."""
    return unicodedata.normalize("NFKC", password)


def check(password: str, *, about: tuple[str, ...], field: str = "password") -> None:
    """Refuse a password that is too short, too long, or easily guessed by one who knows `about` (e-mail, name).

    There are no rules on kinds of characters. Raises Invalid.
    """
    length = len(normalised(password))
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in password):
        raise invalid(
            field, "password_unprintable", "Use characters that can be typed, and no line breaks or tabs."
        )
    if length < SHORTEST:
        raise invalid(
            field, "password_too_short", f"Use at least {SHORTEST} characters; several words are fine."
        )
    if length > LONGEST:
        raise invalid(field, "password_too_long", f"Use at most {LONGEST} characters.")
    words = _words(about)
    text = normalised(password).casefold()
    if len(re.sub(r"[\W\d_]", "", _without(text, words))) < 4 and _mentions(text, words):
        raise _guessable(field, "It consists of your name or e-mail address.")
    # Its words are a part of each start, and few requests set a password.
    from zxcvbn import zxcvbn  # noqa: PLC0415

    found = zxcvbn(normalised(password)[:_ESTIMATED], user_inputs=words)
    if float(found["guesses"]) < _FEWEST_GUESSES:
        raise _guessable(field, str(found["feedback"]["warning"] or "It is a common or repeated pattern."))


def hashed(password: str) -> str:
    """The argon2id hash; takes 19 MiB and tens of milliseconds."""
    return _argon2.hash(normalised(password))


def verified(password_hash: str | None, password: str) -> bool:
    """Whether it is the right password; for None a hash nobody knows the password of costs the same time."""
    try:
        _argon2.verify(password_hash or _nobodys_hash(), normalised(password))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether it was made with other parameters than are used now."""
    return _argon2.check_needs_rehash(password_hash)


@cache
def _nobodys_hash() -> str:
    return _argon2.hash(new_secret())


def _words(about: tuple[str, ...]) -> list[str]:
    parts = {part for text in about for part in re.split(r"[\W_]+", text.casefold()) if len(part) > 2}
    return sorted({*parts, *(text.casefold() for text in about), "insurenz"}, key=len, reverse=True)


def _mentions(text: str, words: list[str]) -> bool:
    return any(word in text for word in words)


def _without(text: str, words: list[str]) -> str:
    for word in words:
        text = text.replace(word, "")
    return text


def _guessable(field: str, why: str) -> Invalid:
    return invalid(field, "password_guessable", f"This password is easily guessed. {why}")

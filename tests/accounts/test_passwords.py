"""Which passwords are taken, and how they are hashed."""

import threading

import pytest

from insurenz.accounts import passwords
from insurenz.core.db import Database
from insurenz.core.errors import Invalid
from tests.actors import Api

ABOUT = ("asha@demo.example", "Asha Nair")


@pytest.mark.parametrize(
    "password",
    [
        "insurenz-demo-passphrase",
        "correct horse battery staple",
        "mein hund heisst otto",
        "no digits no capitals here",
        "नीली खिड़की के पीछे बारिश",
        "🦊🐢🦉🐝🦋🐙🦀🐌🐞🦎🐍🦂🐠🦈🐳",
        " spaces in front and behind ",
        "z8Kq" * 2 + "+vR2mP0sLw" * 20,
        "asha walks to the blue harbour",
    ],
)
def test_a04_long_passwords_of_any_characters_are_taken(password: str) -> None:
    passwords.check(password, about=ABOUT)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "password_too_short"),
        ("Tr0ub4dor&3!aB", "password_too_short"),
        ("ﬀﬀﬀﬀﬀﬀﬀ", "password_too_short"),
        ("x9" * 129, "password_too_long"),
        ("tabs\tand lines are out", "password_unprintable"),
        ("nul\x00is out of the question", "password_unprintable"),
        ("aaaaaaaaaaaaaaaaaaaa", "password_guessable"),
        ("123456789012345", "password_guessable"),
        ("passwordpassword", "password_guessable"),
        ("PASSWORD12345678", "password_guessable"),
        ("qwertyuiopasdfgh", "password_guessable"),
        ("iloveyouiloveyou", "password_guessable"),
        ("abcdefghijklmnop", "password_guessable"),
        ("letmeinletmeinletmein", "password_guessable"),
        ("asha@demo.example", "password_guessable"),
        ("ashanairashanair1", "password_guessable"),
        ("asha-demo-example-2026", "password_guessable"),
        ("insurenzinsurenz1", "password_guessable"),
        ("a" * 72 + "b" * 100, "password_guessable"),
    ],
)
def test_a04_short_and_guessable_passwords_are_refused_with_the_reason(password: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        passwords.check(password, about=ABOUT)
    [error] = refused.value.errors
    assert (error.field, error.code) == ("password", code)
    assert password not in error.detail or not password


def test_a04_nothing_is_cut_off_and_both_spellings_of_a_letter_are_one() -> None:
    stored = passwords.hashed("é" + "x" * 200 + "1")
    assert passwords.verified(stored, "e\u0301" + "x" * 200 + "1")
    assert not passwords.verified(stored, "é" + "x" * 200 + "2")
    assert not passwords.verified(stored, "É" + "x" * 200 + "1")


def test_a04_hashes_are_argon2id_with_the_parameters_of_today() -> None:
    stored = passwords.hashed("correct horse battery staple")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not passwords.is_outdated(stored)
    assert passwords.is_outdated(stored.replace("t=2", "t=1"))


def test_a05_without_a_hash_nothing_is_right() -> None:
    assert not passwords.verified(None, "correct horse battery staple")
    assert not passwords.verified("not a hash", "correct horse battery staple")


def test_a_password_chosen_to_be_slow_to_estimate_holds_up_nobody(
    api: Api, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    estimated: list[tuple[int, str]] = []

    def noted(text: str, **_other: object) -> dict[str, object]:
        estimated.append((len(text), threading.current_thread().name[:6]))
        return {"guesses": 1e12}

    monkeypatch.setattr("zxcvbn.zxcvbn", noted)
    slow = "4@8({[</369&#!1/|0$5+7%2" * 3
    given = {"email": "new@demo.example", "name": "New", "password": slow}
    assert api.nobody.post("/auth/register", json=given).status_code == 202
    assert estimated == [(32, "hasher")]

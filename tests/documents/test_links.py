"""Links: good for one user and one time, and every character counts."""

import pytest

from insurenz.core.errors import NotFound
from insurenz.core.ids import new_id
from insurenz.documents.links import ORIGINAL, LinkSigner
from tests.conftest import Clock

SIGNER = LinkSigner(b"k" * 32, "https://claims.example", 300)


def parts(url: str) -> list[str]:
    return url.removeprefix("https://claims.example/documents/").split("/")


def test_a_link_opens_until_its_last_second(frozen_clock: Clock) -> None:
    link = SIGNER.sign(new_id(), new_id())
    SIGNER.check(*parts(link.url))
    frozen_clock.move(seconds=299)
    SIGNER.check(*parts(link.url))
    frozen_clock.move(seconds=1)
    with pytest.raises(NotFound):
        SIGNER.check(*parts(link.url))


def test_u08_a_link_with_any_character_changed_is_refused(frozen_clock: Clock) -> None:
    path = "/".join(parts(SIGNER.sign(new_id(), new_id()).url))
    for at, old in enumerate(path):
        changed = path[:at] + ("1" if old == "0" else "0") + path[at + 1 :]
        pieces = changed.split("/")
        with pytest.raises(NotFound):
            SIGNER.check(*(pieces if len(pieces) == 4 else ["", "", "0", ""]))


def test_u08_a_link_spelled_in_capitals_or_with_more_behind_it_is_refused(frozen_clock: Clock) -> None:
    document, user, ends, signature = parts(SIGNER.sign(new_id(), new_id()).url)
    for altered in ((document.upper(), user, ends, signature), (document, user, ends, signature.upper())):
        if altered != (document, user, ends, signature):
            with pytest.raises(NotFound):
                SIGNER.check(*altered)
    with pytest.raises(NotFound):
        SIGNER.check(document, user, f"{ends}0", signature)
    with pytest.raises(NotFound):
        SIGNER.check(document, user, ends, f"{signature}a")


def test_a_link_made_with_another_key_is_refused(frozen_clock: Clock) -> None:
    other = LinkSigner(b"x" * 32, "https://claims.example", 300)
    with pytest.raises(NotFound):
        SIGNER.check(*parts(other.sign(new_id(), new_id()).url))


def test_u08_what_is_asked_for_stands_behind_the_question_mark_alone(frozen_clock: Clock) -> None:
    url, asked = SIGNER.sign(new_id(), new_id(), ORIGINAL).url.split("?")
    document, user, ends, signature = parts(url)
    SIGNER.check(document, user, ends, signature, asked)
    # As a path with %3F in it is read: the same letters are signed.
    with pytest.raises(NotFound):
        SIGNER.check(document, user, f"{ends}?{asked}", signature)

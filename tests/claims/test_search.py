"""Search: words and the beginnings of numbers, alike on both databases, whatever is typed."""

from typing import Any

import pytest

from insurenz.claims import listing, search
from insurenz.core.db import Database
from tests.actors import Api, Cast
from tests.claims.listed import add_claims, found
from tests.claims.stories import file_claim

TEXTS = {
    "wrist": "Fracture of the left-wrist; X-ray/MRI done.",
    "hindi": "कलाई टूट गई है। अस्पताल में भर्ती, डॉक्टर ने देखा",
    "joined": "क्\u200dष किरण",
    "accents": "Opération à l'œil, ÉLAN vital… “naïve” Müller\u2013Lüdenscheidt",
    "plain": "Operation, elan vital, naive",
    "signs": "50% of user_name@host.example, #12 & C++ (v1.2.3) O'Brien <b>bold</b> a\\b",
    "emoji": "Pain😀in the knee ₹500",
    "numbers": "Policy 2026/11/02 amount 1,250.00",
    "scripts": "手首 骨折 நோய் بيروت",
}
# What is typed, and what it finds.
FOUND: list[tuple[str, str]] = [
    ("fracture", "wrist"),
    ("FRACTURE Wrist", "wrist"),
    ("wrist fracture", "wrist"),
    ("left-wrist", "wrist"),
    ("ray", "wrist"),
    ("x-ray", "wrist"),
    ("mri", "wrist"),
    ("fract", ""),
    ("fracture knee", ""),
    ("कलाई", "hindi"),
    ("अस्पताल भर्ती", "hindi"),
    ("है।", "hindi"),
    ("कल", ""),
    ("टट", ""),
    ("क्\u200dष", "joined"),
    ("élan", "accents"),
    ("ÉLAN", "accents"),
    ("elan", "plain"),
    ("Naïve", "accents"),
    ("naive", "plain"),
    ("vital", "accents plain"),
    ("müller", "accents"),
    ("lüdenscheidt", "accents"),
    ("operation", "plain"),
    ("œil", "accents"),
    ("50%", "signs"),
    ("c++", "signs"),
    ("name host", "signs"),
    ("user_name@host.example", "signs"),
    ("v1.2.3", "signs"),
    ("o'brien", "signs"),
    ("bold", "signs"),
    ("a\\b", "signs"),
    ("knee", "emoji"),
    ("pain😀in", "emoji"),
    ("₹500", "emoji"),
    ("2026", "numbers"),
    ("2026/11/02", "numbers"),
    ("1,250.00", "numbers"),
    ("-02", "numbers"),
    ("骨折", "scripts"),
    ("நோய்", "scripts"),
    ("بيروت", "scripts"),
    ("lata", "wrist"),
    ("Lata MENON fracture", "wrist"),
]


@pytest.fixture
def texts(database: Database, cast: Cast) -> dict[str, str]:
    """A claim with each of these descriptions, by name."""
    told = [
        {"description": text, "person_name": "Lata Menon" if name == "wrist" else "Asha Nair"}
        for name, text in TEXTS.items()
    ]
    return dict(zip(TEXTS, add_claims(database, cast, *told), strict=True))


@pytest.mark.parametrize("way", ["sorted", "followed"])
def test_words_are_found_alike_on_both_databases_however_they_are_looked_for(
    api: Api, cast: Cast, texts: dict[str, str], monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(listing, "MOST_SORTED", 5000 if way == "sorted" else -1)
    client = api.as_(cast.arjun)
    for typed, names in FOUND:
        expected = [texts[name] for name in reversed(list(TEXTS)) if name in names.split()]
        assert found(client, text=typed) == expected, typed
        assert client.get("/claims/counts", params={"text": typed}).json()["total"] == len(expected)


HOSTILE = [
    *("\"", "'", "*", "fracture*", "^fracture", "-fracture", "+", "(", ")", "((", "\"\"\"", "\"fracture", "%", "_"),
    *("fracture OR knee", "NOT fracture", "AND", "OR", "NOT", "NEAR(fracture wrist)", "NEAR", "words : fracture"),
    *("{words}: fracture", "claim_words MATCH 'x'", "fracture & !knee | wrist <-> left", ":*", "fracture:*A", "!", "&", "|"),
    *("<->", "\\", "\\'", "'; DROP TABLE claims; --", "' OR '1'='1", "%s %(x)s :words ? $1", "{}", "\u202efracture", "😀"),
    *("\ufffd", "\u200c", "\u0301", "a\u0301", "٣", "½", "ﬁ", "İ", "ß", "\n", "a\r\nb", "x" * 200, "a " * 100),
    *("' " * 100, "\"" * 200, "\u0915\u094d" * 100, "1e5 5e5e5 12e5x", "CLM", "CLM-", "clm-%", "CLM-_", "CLM'", "CSHLSIP-'"),
]  # fmt: skip


@pytest.mark.parametrize("way", ["sorted", "followed"])
def test_p01_no_text_breaks_out_of_the_search(
    api: Api, cast: Cast, texts: dict[str, str], monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(listing, "MOST_SORTED", 5000 if way == "sorted" else -1)
    client = api.as_(cast.arjun)
    everything = set(texts.values())
    for typed in HOSTILE:
        answers = [client.get(path, params={"text": typed}) for path in ("/claims", "/claims/counts")]
        assert {answer.status_code for answer in answers} <= {200, 422}, typed
        if typed.strip():
            assert {answer.status_code for answer in answers} == {200}, typed
            ids = {row["id"] for row in answers[0].json()["items"]}
            assert answers[1].json()["total"] == len(ids)
            # Nothing that is typed stands for everything, but a number's beginning that all of them have.
            assert ids < everything or typed in ("CLM", "CLM-"), typed
    assert set(found(client)) == everything


@pytest.mark.parametrize("typed", ["x" * 201, "fracture " * 1200, " ", "\t"])
def test_p01_a_text_has_bounds(api: Api, cast: Cast, typed: str) -> None:
    assert api.as_(cast.asha).get("/claims", params={"text": typed}).status_code == 422


NUMBERS = {
    "first": "CLM-20261102-ABCDEFGH",
    "same day": "CLM-20261102-ABCDEFGJ",
    "next day": "CLM-20261103-ABCDEFGH",
    "hospital": "CSHLSIP-2026-014",
    "many": "CSHLSIP-2026-0140",
    "old": "CSHLSIP-2025-014",
}


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("CLM-20261102-ABCDEFGH", "first"),
        ("clm-20261102-abcdefgh", "first"),
        ("  CLM-20261102-ABCDEFG ", "first, same day"),
        ("CLM-20261102", "first, same day"),
        ("CLM-2026110", "first, same day, next day"),
        ("CLM-", "first, same day, next day"),
        ("clm", "first, same day, next day"),
        ("CLM-20261102-ABCDEFGHJ", ""),
        ("CLM-2027", ""),
        ("CSHLSIP-2026-014", "hospital, many"),
        ("cshlsip-2026", "hospital, many"),
        ("CSHLSIP-2025-014", "old"),
        ("CSHLSIP", "hospital, many, old"),
        # No beginnings of a number, so words.
        ("CL", ""),
        ("20261102", ""),
        ("CLMX-1", ""),
    ],
)
@pytest.mark.parametrize("most", [5000, -1])
def test_a_claim_is_found_by_the_beginning_of_its_number(
    api: Api,
    cast: Cast,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    names: str,
    most: int,
) -> None:
    monkeypatch.setattr(listing, "MOST_SORTED_OF_CLUSTER", most)
    told = [
        {"claim_number": number, "hospital_id": cast.city.id if number.startswith("CSH") else None}
        for number in NUMBERS.values()
    ]
    ids = dict(zip(NUMBERS, add_claims(database, cast, *told), strict=True))
    expected = {ids[name] for name in names.split(", ") if name}
    assert set(found(api.as_(cast.admin), text=typed)) == expected


def test_what_is_filed_and_changed_is_found_by_its_present_words(api: Api, cast: Cast) -> None:
    asha, arjun = api.as_(cast.asha), api.as_(cast.arjun)
    claim = file_claim(asha, description="A sprained ankle").json()
    assert found(arjun, text="ankle") == found(asha, text="nair sprained") == [claim["id"]]
    change = {"description": "A sprained shoulder"}
    assert asha.patch(f"/claims/{claim['id']}", json=change, headers={"If-Match": "*"}).status_code == 200
    assert (found(arjun, text="ankle"), found(arjun, text="shoulder")) == ([], [claim["id"]])


@pytest.mark.parametrize("person", ["vikram", "city_desk", "priya", "rahul", "meera"])
def test_nobody_finds_what_they_may_not_see(api: Api, cast: Cast, texts: dict[str, str], person: str) -> None:
    client = api.as_(getattr(cast, person))
    for typed in ("fracture", "vital", "CLM-20260310"):
        assert found(client, text=typed) == []
        assert client.get("/claims/counts", params={"text": typed}).json() == {"items": [], "total": 0}
        assert client.get("/claims/export.csv", params={"text": typed}).text.count("\r\n") == 1


def test_words_are_what_stands_between_other_signs() -> None:
    told: dict[str, Any] = {
        "left-wrist, X-ray": ["left", "wrist", "X", "ray"],
        "क्\u200dष है।": ["क्\u200dष", "है"],
        "…“”!": [],
    }
    assert {text: search.words_of(text) for text in told} == told

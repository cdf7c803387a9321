"""Every mail there is, word for word: `INSURENZ_UPDATE_GOLDEN=1 pytest tests/deliveries/test_letters.py` writes them anew."""

import os
from pathlib import Path

import pytest

from insurenz.core.settings import Settings
from insurenz.deliveries.mail.letters import _amount, letters_of
from insurenz.deliveries.mail.wording import wording
from insurenz.demo.mails import previews
from insurenz.notifications.samples import samples
from insurenz.workflow import load_registry

FOLDER = Path(__file__).parents[1] / "data" / "mails"
SETTINGS = {"public_url": "https://claims.example", "jwt_secret_key": "a secret of the golden files of mails"}
DEFINITIONS = tuple(load_registry().newest.values())
MAILS = previews(Settings(_env_file=None, **SETTINGS), DEFINITIONS)


def golden(name: str, text: str) -> str:
    """What a file says; written first when asked for."""
    path = FOLDER / name
    if os.environ.get("INSURENZ_UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", MAILS)
def test_each_mail_reads_as_it_did(name: str) -> None:
    mail = MAILS[name]
    text = f"{mail.subject}\n\n{mail.text}"
    assert text == golden(f"{name}.txt", text)
    assert mail.html == golden(f"{name}.html", mail.html)


def test_there_is_a_file_of_each_mail_and_no_other() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(MAILS)


def test_everything_that_is_told_by_mail_has_words_of_its_own() -> None:
    told = {rule.event for each in DEFINITIONS for rule in (*each.events.values(), *each.common.values())}
    assert {name.partition(".")[0].partition("@")[0] for name in wording().mails} == told


def test_an_event_of_a_workflow_of_ones_own_is_told_in_the_words_of_its_definition() -> None:
    [sample] = [
        each for each in samples(DEFINITIONS, "https://claims.example") if each.name == "claim_qc_clear"
    ]
    told = {
        "event_type": "claim_discharged",
        "title": "Patient Discharged",
        "metadata": {"status": "bed_free"},
    }
    letters = letters_of(Settings(_env_file=None, **SETTINGS))
    mail = letters.mail(
        "you@example.org", {**sample.body, **told}, user_id=sample.user_id, category="progress", key="k"
    )
    assert mail.subject == "Patient Discharged: CSHLSIP-2026-014"
    assert mail.text.startswith("Patient Discharged [Bed free]\n\nMeera Iyer cleared the quality check")


def test_every_mail_has_one_button_to_its_claim_and_links_to_this_install_alone() -> None:
    for sample in samples(DEFINITIONS, "https://claims.example"):
        html = MAILS[sample.name].html
        assert html.count('class="button"') == 1
        assert f'href="{sample.body["link"]}"' in html
        assert html.count("href=") == html.count('href="https://claims.example/')


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("18250.00", "INR", "INR 18,250.00"),
        ("1234567.50", "INR", "INR 12,34,567.50"),
        ("12345678.00", "INR", "INR 1,23,45,678.00"),
        ("100.00", "INR", "INR 100.00"),
        ("1234567.50", "EUR", "EUR 1,234,567.50"),
        ("1234567", "JPY", "JPY 1,234,567"),
        (None, "INR", ""),
    ],
)
def test_amounts_are_grouped_as_people_of_the_currency_do(
    amount: str | None, currency: str, shown: str
) -> None:
    assert _amount(amount, currency) == shown

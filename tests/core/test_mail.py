"""Mails on the wire: what a hostile name or text cannot do there, and that both parts arrive as they were meant."""

from email import message_from_bytes, policy
from typing import Any

import pytest

from insurenz.core.mail import Badge, Letter, Link, Mail, Quote

SENDER = "Insurenz Claims <claims@insurer.example>"
BREAKS = "a\r\nBcc: x@evil.example\nX-A: b\x0b\x0c\x1c\x85\u2028c\x00d\r"
TAGS = "<script>alert(1)</script><img src=x onerror=alert(1)>&amp;\"'"


def parsed(mail: Mail, sender: str = SENDER) -> Any:
    raw = mail.spelled(sender)
    lines = raw.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert (b"\n" in raw.replace(b"\r\n", b""), raw.isascii()) == (False, True)
    return message_from_bytes(raw, policy=policy.default)


def bodies(mail: Any) -> tuple[str, str]:
    plain, html = (mail.get_body((kind,)).get_content().replace("\r\n", "\n") for kind in ("plain", "html"))
    return plain, html


def test_a_mail_has_the_headers_of_one_that_a_program_sent_and_both_parts() -> None:
    mail = parsed(Mail("asha@demo.example", "Claim Received", "Hello\n", "<p>Hello</p>\n", key="k1"))
    assert (mail["From"], mail["To"], mail["Subject"]) == (SENDER, "asha@demo.example", "Claim Received")
    assert (mail["Message-ID"], mail["Auto-Submitted"]) == ("<k1@insurer.example>", "auto-generated")
    assert mail["Date"].endswith("+0000")
    assert mail.get_content_type() == "multipart/alternative"
    assert bodies(mail) == ("Hello\n", "<p>Hello</p>\n")


def test_texts_in_any_language_and_of_any_length_arrive() -> None:
    text = f"नमस्ते आशा\n{'x' * 3000}\n. dot\n--part_\nFrom here = there\n"
    mail = parsed(Mail("asha@demo.example", "दावा मिला " * 20, text, f"<p>{text}</p>"))
    assert bodies(mail) == (text, f"<p>{text}</p>\n")
    assert mail["Subject"] == ("दावा मिला " * 20)[:200].strip()


def test_without_a_key_each_mail_is_another() -> None:
    mail = Mail("asha@demo.example", "s", "t", "h")
    assert parsed(mail)["Message-ID"] != parsed(mail)["Message-ID"]


@pytest.mark.parametrize("where", ["to", "subject", "header", "sender"])
def test_p06_a_line_break_starts_no_header(where: str) -> None:
    given = {"to": "asha@demo.example", "subject": "s", "text": "t", "html": "h"}
    if where in given:
        given[where] = BREAKS
    headers = {"Insurenz-Delivery": BREAKS if where == "header" else "k"}
    mail = parsed(Mail(**given, headers=headers), f"{BREAKS} <a@b.example>" if where == "sender" else SENDER)
    assert mail.keys() == [
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Insurenz-Delivery", "MIME-Version",
        "Content-Type",
    ]  # fmt: skip


def test_p06_words_that_look_encoded_stay_what_they_are() -> None:
    subject = "=?utf-8?q?evil=0D=0ABcc:_x?="
    assert parsed(Mail("a@demo.example", subject, "t", "h"))["Subject"] == subject


def test_p06_what_people_wrote_is_text_in_every_place_of_a_letter() -> None:
    letter = Letter(
        TAGS, TAGS, [TAGS], Badge(TAGS, "review"), [(TAGS, TAGS)], [Quote(TAGS, [TAGS, TAGS])],
        next_step=TAGS, button=Link(TAGS, "https://claims.example/app"), small=[TAGS], shows_address=True,
        links=[Link(TAGS, "https://claims.example/app/account")], unbroken="script",
    )  # fmt: skip
    mail = letter.mail("asha@demo.example", "https://claims.example")
    assert ("<script" in mail.html, "<img" in mail.html, TAGS in mail.text) == (False, False, True)


def test_a_letter_needs_no_picture_and_loads_nothing() -> None:
    html = Letter("s", "h", ["l"]).mail("a@demo.example", "https://claims.example").html
    assert [word for word in ("<img", "src=", "url(", "<link", "@import", "<script") if word in html] == []
    assert 'name="color-scheme" content="light dark"' in html
    assert "prefers-color-scheme: dark" in html

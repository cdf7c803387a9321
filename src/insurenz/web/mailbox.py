"""The mailbox of development at /mailbox: the mails that would have been sent, to be read in the browser."""

import re
from email.message import EmailMessage
from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from insurenz.core.edge import Route
from insurenz.core.errors import NotFound
from insurenz.core.mail import LocalMailbox, has_mailbox, mailer_for
from insurenz.core.settings import Settings
from insurenz.web.rendering import page

router = APIRouter(route_class=Route, prefix="/mailbox", include_in_schema=False)

# A mail is what strangers may have had a hand in: no script, no request, in a place without an origin.
MAIL_CSP = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'; "
    "base-uri 'none'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
# Up to the punctuation of the sentence around it.
_LINK = re.compile(r"(https?://[^\s<>\"']*[^\s<>\"'.,;:!?)])")


@router.get("")
async def mailbox(request: Request, to: str | None = None) -> Response:
    """The newest mails, or those to one address."""
    mails = await run_in_threadpool(partial(_mailbox(request).mails, to=to))
    return page("mailbox.html", mails=[_headline(id_, mail) for id_, mail in mails], to=to)


@router.get("/{mail_id}")
async def mailbox_mail(request: Request, mail_id: str) -> Response:
    """One mail: its text with links, its HTML in a frame of its own."""
    mail = await run_in_threadpool(_find, _mailbox(request), mail_id)
    text = _body(mail, "plain")
    pieces = [(part, index % 2 == 1) for index, part in enumerate(_LINK.split(text))]
    return page(
        "mail.html",
        mail=_headline(mail_id, mail),
        pieces=pieces,
        has_html=bool(_body(mail, "html")),
        headers=[(name, str(value)) for name, value in mail.items()],
    )


@router.get("/{mail_id}/html")
async def mailbox_html(request: Request, mail_id: str) -> Response:
    """The HTML of one mail as it came."""
    mail = await run_in_threadpool(_find, _mailbox(request), mail_id)
    headers = {"Content-Security-Policy": MAIL_CSP, "X-Frame-Options": "SAMEORIGIN"}
    return Response(_body(mail, "html"), headers=headers, media_type="text/html")


def _mailbox(request: Request) -> LocalMailbox:
    settings: Settings = request.app.state.settings
    mailer = mailer_for(settings)
    if not has_mailbox(settings) or not isinstance(mailer, LocalMailbox):
        raise NotFound
    return mailer


def _find(mailbox: LocalMailbox, mail_id: str) -> EmailMessage:
    found = mailbox.mail(mail_id)
    if found is None:
        raise NotFound
    return found


def _headline(mail_id: str, mail: EmailMessage) -> dict[str, Any]:
    return {
        "id": mail_id,
        "to": mail["To"],
        "sender": mail["From"],
        "subject": mail["Subject"],
        "at": mail["Date"],
    }


def _body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    return str(part.get_content()) if part else ""

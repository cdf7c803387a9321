"""The request that reports bounces and complaints: whose signature is looked at before its body is."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request

from insurenz.core import clock, signing
from insurenz.core.errors import NotFound, Unauthenticated, invalid
from insurenz.core.settings import Settings
from insurenz.deliveries.feedback import FeedbackIn, Report, reports_in

MOST_ID = 255


@dataclass(frozen=True)
class SignedReports:
    """Reports whose sender has the secret, and the id of their message."""

    id: str
    reports: Sequence[Report]


async def signed_reports(request: Request) -> SignedReports:
    """The reports in a request. Raises NotFound where no secret is set, Unauthenticated, or Invalid."""
    settings: Settings = request.app.state.settings
    key = signing.key_of(settings.mail_feedback_secret.get_secret_value())
    if not key:
        raise NotFound
    raw, id_ = await request.body(), request.headers.get("webhook-id", "")
    now = int(clock.now().timestamp())
    if len(id_) > MOST_ID or not signing.is_genuine(key, request.headers, raw, now=now):
        raise Unauthenticated("Sign it by Standard Webhooks, now.", code="signature_invalid")
    return SignedReports(id_, reports_in(_json(raw)))


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError as error:
        raise invalid("body", "malformed", "The body is not JSON.") from error


Reported = Annotated[SignedReports, Depends(signed_reports)]


def body_schema() -> dict[str, Any]:
    """The body for the OpenAPI document."""
    ours = FeedbackIn.model_json_schema()
    report = ours.pop("$defs")["Report"]
    ours["properties"]["reports"]["items"] = report
    ses = {"type": "object", "description": "A notification of Amazon SES.", "required": ["notificationType"]}
    schema = {"anyOf": [ours, ses]}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}

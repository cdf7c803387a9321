"""Routes for operators and machines: liveness, readiness, metrics, and the settings that clients may know."""

import hmac
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from insurenz.core.edge import Db, Route, database_of
from insurenz.core.errors import NotFound, Unavailable
from insurenz.core.settings import Settings

router = APIRouter(route_class=Route, tags=["operations"])

ALLOWED_TYPES = ["pdf", "jpg", "jpeg", "png", "doc", "docx"]


class Health(BaseModel):
    """`ok` when the process lives, or is ready for work."""

    status: str


class DemoPerson(BaseModel):
    """Somebody of the demo world, to sign in as with one press; `role` carries a processor's level."""

    email: str
    name: str
    role: str


class DemoWorld(BaseModel):
    """The people of the demo world, who all have the same password; what it is, everybody may know."""

    password: str
    people: list[DemoPerson]


class PublicConfig(BaseModel):
    """What clients should know before they send anything; `demo` is null without a demo world, as in production."""

    currency: str
    timezone: str
    max_file_bytes: int
    max_files: int
    max_request_bytes: int
    max_claim_files: int
    max_day_bytes: int
    upload_hours: int
    file_types: list[str]
    appeal_days: int
    contest_days: int
    contest_rounds: int
    is_demo: bool
    demo: DemoWorld | None


@router.get("/health/live")
async def live() -> Health:
    """The process answers."""
    return Health(status="ok")


@router.get("/health/ready")
async def ready(request: Request) -> Health:
    """The database answers, its schema is current, and what was recorded before the start has been relayed."""
    try:
        await run_in_threadpool(database_of(request).ping)
    except SQLAlchemyError as error:
        raise Unavailable("The database does not answer.", code="database_down") from error
    if not request.app.state.is_ready():
        raise Unavailable("Still starting: events recorded before are being relayed.", code="starting")
    return Health(status="ok")


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def metrics(request: Request, authorization: Annotated[str, Header()] = "") -> Response:
    """Prometheus metrics of this process; with `INSURENZ_SERVER__METRICS_TOKEN` set, as its bearer only.

    Without that token they are open in development, and to nobody in production.
    """
    settings: Settings = request.app.state.settings
    token = settings.server.metrics_token
    if token is None:
        is_open = not settings.is_production
    else:
        is_open = hmac.compare_digest(authorization.encode(), f"Bearer {token.get_secret_value()}".encode())
    if not is_open:
        raise NotFound
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


@router.get("/config/public")
def public_config(request: Request, db: Db) -> PublicConfig:
    """Limits and defaults of this install."""
    settings: Settings = request.app.state.settings
    limits, claims = settings.documents, settings.claims
    return PublicConfig(
        currency=claims.currency,
        timezone=settings.timezone,
        max_file_bytes=limits.max_file_bytes,
        max_files=limits.max_files,
        max_request_bytes=limits.max_request_bytes,
        max_claim_files=limits.max_claim_files,
        max_day_bytes=limits.max_day_bytes,
        upload_hours=limits.upload_hours,
        file_types=ALLOWED_TYPES,
        appeal_days=claims.appeal_days,
        contest_days=claims.contest_days,
        contest_rounds=claims.contest_rounds,
        is_demo=not settings.is_production,
        demo=None if settings.is_production else request.app.state.demo(db),
    )

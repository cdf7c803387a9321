"""The route of files that are sent ahead of the claim they are for."""

from typing import Any

from fastapi import APIRouter, Request, Response

from insurenz.core.db import Session
from insurenz.core.edge import Route
from insurenz.core.permissions import Actor
from insurenz.core.problems import validated
from insurenz.core.settings import Settings
from insurenz.documents import uploads
from insurenz.documents.intake import with_files
from insurenz.documents.openapi import UPLOAD_BODY
from insurenz.documents.schemas import UploadIn, UploadOut

router = APIRouter(route_class=Route, tags=["documents"])


@router.post("/uploads", status_code=201, response_model=UploadOut, openapi_extra=UPLOAD_BODY)
async def upload(request: Request) -> Response:
    """Send one file ahead; name its id in `upload_ids` when you file a claim or add documents, before it expires."""
    settings: Settings = request.app.state.settings

    def work(session: Session, actor: Actor, fields: dict[str, Any], files: Any) -> UploadOut:
        validated(UploadIn, fields)
        return UploadOut.of(uploads.keep(session, actor, files, hours=settings.documents.upload_hours))

    return await with_files(
        request, check=lambda _session, _actor: None, work=work, status_code=201, takes_one=True
    )

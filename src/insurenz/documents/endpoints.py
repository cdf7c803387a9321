"""The routes of files that are sent ahead of the claim they are for, whole or in pieces."""

from typing import Any

from fastapi import APIRouter, Request, Response

from insurenz.core.caller import CurrentUser
from insurenz.core.db import Session
from insurenz.core.edge import Db, Route, answer
from insurenz.core.permissions import Actor
from insurenz.core.problems import validated
from insurenz.core.settings import Settings
from insurenz.documents import direct, joining, partial, tus, uploads
from insurenz.documents.allowance import Allowance
from insurenz.documents.arriving import Arrival
from insurenz.documents.intake import beside, with_files
from insurenz.documents.openapi import DIRECT_BODY, PIECE, UPLOAD_BODY
from insurenz.documents.schemas import (
    BegunOut,
    DirectOut,
    UnfinishedList,
    UnfinishedOut,
    UploadIn,
    UploadOut,
    upload_out,
)
from insurenz.documents.tus import TusRoute

router = APIRouter(route_class=Route, tags=["documents"])
# Before those of whole files: a request that speaks the protocol is told by a header.
pieces = APIRouter(route_class=TusRoute, tags=["documents"])


@pieces.options("/uploads", status_code=204, include_in_schema=False)
def tell_tus(request: Request) -> Response:
    """What is spoken here of tus."""
    return Response(status_code=204, headers=tus.told(request.app.state.settings))


@pieces.post("/uploads", status_code=201, include_in_schema=False)
def begin_upload(request: Request, actor: CurrentUser, db: Db) -> BegunOut:
    """Announce a file that comes in pieces."""
    settings: Settings = request.app.state.settings
    tus.require_version(request)
    upload = partial.begin(
        db,
        actor,
        tus.announced(request),
        limits=settings.documents,
        allowance=Allowance.of_files(settings),
    )
    return BegunOut.of(upload)


@pieces.head("/uploads/{upload_id}", include_in_schema=False)
async def stand_of_upload(request: Request) -> Response:
    """How much has come."""
    return await beside(request, lambda _given: tus.stands(joining.stand(request)))


@pieces.patch("/uploads/{upload_id}", status_code=204, openapi_extra=PIECE)
async def continue_upload(request: Request) -> Response:
    """Go on with a file of yours by tus 1.0, at the offset that HEAD tells. Its last byte makes an upload of it."""
    return await Arrival(request).answered()


@router.post("/uploads", status_code=201, response_model=UploadOut, openapi_extra=UPLOAD_BODY)
async def upload(request: Request) -> Response:
    """Send one file ahead; name its id in `upload_ids` when you file a claim or add documents, before it expires.

    With `Tus-Resumable: 1.0.0` this announces a file that comes in pieces: `Upload-Length`, and `Upload-Metadata` with
    its `filename` and, to be checked at the end, its `sha256`. The answer's `Location` takes the pieces.
    """
    settings: Settings = request.app.state.settings

    def work(session: Session, actor: Actor, fields: dict[str, Any], files: Any) -> UploadOut:
        validated(UploadIn, fields)
        return UploadOut.of(uploads.keep(session, actor, files, hours=settings.documents.upload_hours))

    return await with_files(
        request, check=lambda _session, _actor: None, work=work, status_code=201, takes_one=True
    )


@router.get("/uploads")
def list_uploads(actor: CurrentUser, db: Db) -> UnfinishedList:
    """Your files of which not all has come yet, newest first."""
    return UnfinishedList(items=[UnfinishedOut.of(each) for each in partial.of_actor(db, actor)])


@router.get("/uploads/{upload_id}")
def show_upload(upload_id: str, actor: CurrentUser, db: Db) -> UploadOut | UnfinishedOut:
    """A file of yours that no claim uses yet: what it is once it is whole, how much has come before."""
    return upload_out(partial.own(db, actor, upload_id))


@pieces.delete("/uploads/{upload_id}", status_code=204)
def end_upload(upload_id: str, request: Request, actor: CurrentUser, db: Db) -> None:
    """Remove a file of yours that no claim uses, with all that has come of it."""
    partial.end(db, actor, upload_id, store=request.app.state.store)


@router.post("/uploads/direct", status_code=201, response_model=DirectOut, openapi_extra=DIRECT_BODY)
async def begin_direct_upload(request: Request) -> Response:
    """Announce a file that goes straight to the bucket, where this install allows it: PUT each part to its address."""
    return await beside(request, lambda given: answer(direct.begin(request, given), 201))


@router.post("/uploads/{upload_id}/complete", status_code=201, response_model=UploadOut)
async def complete_direct_upload(request: Request) -> Response:
    """All parts are in the bucket: it is looked into, and becomes an upload like any other."""
    return await beside(request, lambda _given: direct.Completion(request).answered())

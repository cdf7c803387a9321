"""Routes of claims: parse, authenticate, call."""

from fastapi import APIRouter

from insurenz.claims.endpoints import (
    acting,
    assignment,
    bulk,
    conversation,
    documents,
    drafts,
    export,
    filing,
    reading,
    views,
)

router = APIRouter()
# In the order in which paths are matched: fixed words before ids.
for part in (bulk, assignment, filing, export, reading, conversation, acting, documents, drafts, views):
    router.include_router(part.router)

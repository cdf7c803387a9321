"""Routes of claims: parse, authenticate, call."""

from fastapi import APIRouter

from insurenz.claims.endpoints import acting, documents, filing, reading

router = APIRouter()
# In the order in which paths are matched: fixed words before ids.
for part in (filing, reading, acting, documents):
    router.include_router(part.router)

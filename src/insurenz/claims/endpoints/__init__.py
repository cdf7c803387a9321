"""Routes of claims: parse, authenticate, call."""

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

# In the order in which paths are matched: fixed words before ids.
ROUTERS = [
    part.router
    for part in (bulk, assignment, filing, export, reading, conversation, acting, documents, drafts, views)
]

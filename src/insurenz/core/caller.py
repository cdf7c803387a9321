"""The caller of a request: who it is tells the function that accounts hands to the app; what it may do, the route table."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request

from insurenz.core.db import Session
from insurenz.core.edge import Pending, deferred
from insurenz.core.permissions import OBJECT_FIRST, Actor, require

Authenticate = Callable[[Request, Session], Actor]


def authenticated(request: Request, session: Session) -> Actor:
    """The caller, allowed by the route table (unless the object is judged first); also for `async` routes.

    Raises Unauthenticated, or Forbidden.
    """
    authenticate: Authenticate = request.app.state.authenticate
    actor = authenticate(request, session)
    request.state.actor = actor
    if request.state.operation not in OBJECT_FIRST:
        require(actor, request.state.operation)
    return actor


_caller = deferred(1)(authenticated)

CurrentUser = Annotated[Actor, Depends(_caller)]
# For `async` endpoints, which resolve it in a unit of their own.
Caller = Annotated[Pending, Depends(_caller)]

"""Routes that tell clients how claims move."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from insurenz.core.caller import CurrentUser
from insurenz.core.edge import Db, Route
from insurenz.core.errors import NotFound
from insurenz.definitions import service
from insurenz.definitions.schemas import WorkflowList, WorkflowOut, summary
from insurenz.workflow import Registry, UnknownWorkflow

router = APIRouter(route_class=Route, prefix="/workflows", tags=["workflows"])


async def _registry(request: Request) -> Registry:
    registry: Registry = request.app.state.registry
    return registry


Workflows = Annotated[Registry, Depends(_registry)]


@router.get("")
def list_workflows(registry: Workflows, actor: CurrentUser, db: Db) -> WorkflowList:
    """Every workflow of this install: what new claims follow, and which versions older ones have pinned."""
    return WorkflowList(
        items=[
            summary(newest, sorted(version for known, version in registry.versions if known == name))
            for name, newest in sorted(registry.newest.items())
        ]
    )


@router.get("/{name}")
def show_workflow(
    name: Annotated[str, Path(max_length=64, pattern=r"^[^\x00]*$")],
    registry: Workflows,
    actor: CurrentUser,
    db: Db,
    *,
    version: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> WorkflowOut:
    """States, actions with their fields, documents asked for and events of a workflow, by default the newest."""
    try:
        if version is None:
            return WorkflowOut.of(registry.current(name))
        return WorkflowOut.of(service.definition(db, registry, name, version))
    except UnknownWorkflow as error:
        raise NotFound(str(error)) from error

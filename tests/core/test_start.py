"""What a start leaves for later, so that it is quick: a process loads and builds what it needs."""

import json
import subprocess
import sys
import threading

import pytest

from insurenz.core.background import Loop
from tests.waiting import PATIENCE_SECONDS

# What is loaded when the app's routes are there, how many of them are analysed, and which of our shapes are built.
LOADED = """
import json, sys
from pydantic import BaseModel
from insurenz.asgi import ROUTERS

def below(kind):
    for each in kind.__subclasses__():
        yield each
        yield from below(each)

routes = [route for router in ROUTERS for route in router.routes]
print(json.dumps({
    "loaded": sorted({"psycopg", "jinja2", "alembic", "pydantic.v1"} & sys.modules.keys()),
    "analysed": sum("dependant" in vars(route) for route in routes),
    "built": sorted(k.__name__ for k in below(BaseModel) if "Out" in k.__name__ and k.__pydantic_complete__),
}))
"""
HOST = """
import json
import insurenz.notifications
from pydantic import BaseModel

class Own(BaseModel):
    name: str

print(json.dumps(Own.__pydantic_complete__))
"""
HELP = """
import json, sys
from insurenz.cli.commands import app
print(json.dumps(sorted({"sqlalchemy", "pydantic", "fastapi"} & sys.modules.keys())))
"""


def printed(code: str) -> object:
    """What a Python of its own prints as JSON."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_an_app_whose_routes_are_there_has_analysed_none_and_built_no_answer() -> None:
    assert printed(LOADED) == {"loaded": [], "analysed": 0, "built": []}


def test_the_help_of_the_commands_needs_neither_database_nor_web() -> None:
    assert printed(HELP) == []


def test_a_program_that_uses_the_facade_builds_its_own_shapes_as_ever() -> None:
    assert printed(HOST) is True


@pytest.mark.parametrize("after", [0, 3600])
def test_a_loop_that_is_to_wait_at_first_has_not_begun_and_stops_at_once(after: float) -> None:
    began = threading.Event()
    loop = Loop("late", began.set, interval=3600, after=after)
    loop.start()
    if not after:
        assert began.wait(PATIENCE_SECONDS)
    loop.stop()
    loop.join(PATIENCE_SECONDS)
    assert (loop.is_alive(), began.is_set()) == (False, after == 0)

"""What every feature stands on: settings, database, errors, ids, clock, the HTTP edge. Knows no feature."""

from pydantic import BaseModel, ConfigDict

# Shapes of requests and answers, FastAPI's own included: a process builds each when it is first used, and most never.
BaseModel.model_config = ConfigDict(defer_build=True)

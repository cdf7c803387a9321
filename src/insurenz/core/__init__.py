"""What every feature stands on: settings, database, errors, ids, clock, the HTTP edge. Knows no feature."""

import warnings

from pydantic import BaseModel, ConfigDict
from pydantic.warnings import UnsupportedFieldAttributeWarning

# Shapes of requests and answers, FastAPI's own included: a process builds each when it is first used, and most never.
BaseModel.model_config = ConfigDict(defer_build=True)
# FastAPI makes fields that deserve it, and silences it only while it makes them.
warnings.filterwarnings("ignore", category=UnsupportedFieldAttributeWarning)

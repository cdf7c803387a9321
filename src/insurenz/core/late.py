"""Shapes of requests and answers, FastAPI's own included, are built when first used: a process needs few of them.

To be imported before they are, and only by a process that is the server's: it is about every shape made after it.
"""

import warnings

from pydantic import BaseModel, ConfigDict
from pydantic.warnings import UnsupportedFieldAttributeWarning

BaseModel.model_config = ConfigDict(defer_build=True)
# FastAPI makes fields that deserve it, and silences it only while it makes them.
warnings.filterwarnings("ignore", category=UnsupportedFieldAttributeWarning)

"""What a hospital says of a patient: a JSON object whose few known fields are judged, and whose others are kept."""

import json
import math
from collections.abc import Iterator
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from insurenz.claims.bodies import In, UploadIds
from insurenz.core.db import is_storable
from insurenz.core.money import AmountIn

MAX_BYTES = 64 * 1024
MAX_DEPTH = 32

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Reference = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class FormData(BaseModel):
    """The form about a patient: these three fields, and whatever else the hospital's own form has."""

    model_config = ConfigDict(extra="allow")

    patient_name: Name = Field(examples=["Ravi Kumar"])
    claimed_amount: AmountIn = Field(description="In the currency of the install")
    payer_name: Name = Field(examples=["Suraksha General"])
    _sent: dict[str, Any] = PrivateAttr(default_factory=dict)

    @model_validator(mode="wrap")
    @classmethod
    def _keep(cls, given: Any, read: ModelWrapValidatorHandler[Self]) -> Self:
        if isinstance(given, dict):
            judge_form(given)
        made = read(given)
        made._sent = given
        return made

    @property
    def sent(self) -> dict[str, Any]:
        """The object as it was sent, in its own spelling."""
        return self._sent


class HospitalClaimIn(In):
    """A hospital claim as it is submitted."""

    workflow: str = Field("hospital", max_length=64)
    hospital_id: Reference = Field(description="Id or number of a hospital of yours", examples=["HOSP_001"])
    payer_id: Reference = Field(
        description="Id or number of a payer the hospital works with", examples=["PAY_001"]
    )
    form_data: FormData
    upload_ids: UploadIds = Field(default_factory=list)


class HospitalClaimPatch(In):
    """Content of a hospital claim that is still in intake: another form in place of the present one."""

    form_data: FormData | None = None


def spelled(form: dict[str, Any]) -> str:
    """The form as JSON, by which two are compared: what Python calls equal, such as 1 and true, differs here."""
    return json.dumps(form, separators=(",", ":"), ensure_ascii=False)


def judge_form(form: dict[str, Any]) -> None:
    """Refuse a form with what no database keeps as it is, and what is too much. Raises PydanticCustomError."""
    for value, depth in _everything(form):
        if depth > MAX_DEPTH:
            raise PydanticCustomError("too_deep", f"A form is at most {MAX_DEPTH} levels deep.")
        if isinstance(value, str) and not is_storable(value):
            raise PydanticCustomError("not_storable", "A text cannot hold U+0000 or lone surrogates.")
        if isinstance(value, float) and not math.isfinite(value):
            raise PydanticCustomError("not_finite", "A number must be finite.")
    if len(spelled(form).encode()) > MAX_BYTES:
        raise PydanticCustomError("too_large", f"A form has at most {MAX_BYTES} bytes of JSON.")


def _everything(form: dict[str, Any]) -> Iterator[tuple[Any, int]]:
    """Every name and value in a form, with its depth; no further down than `MAX_DEPTH`, and one more."""
    waiting: list[tuple[Any, int]] = [(form, 1)]
    while waiting:
        value, depth = waiting.pop()
        yield value, depth
        if isinstance(value, dict):
            waiting += [(each, depth + 1) for pair in value.items() for each in pair]
        elif isinstance(value, list):
            waiting += [(each, depth + 1) for each in value]

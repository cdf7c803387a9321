"""Money: decimal texts outside, whole minor units of a currency (paise, cents) inside; never a binary fraction."""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from insurenz.core.errors import invalid

# ISO 4217: how many decimals a currency has, where it is not two.
_UNUSUAL = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_DECIMALS = {currency: places for places, currencies in _UNUSUAL.items() for currency in currencies.split()}
# Far above any claim, and exact both in a BIGINT and in a number of JavaScript.
MAX_MINOR = 10**15 - 1

# ASCII digits only: Decimal would also take `1_000`, `1e3`, spaces and digits of other scripts.
_SPELLING = re.compile(r"(-?)([0-9]{1,15})(?:\.([0-9]{1,9}))?", re.ASCII)

Given = str | int | float | Decimal


def decimals(currency: str) -> int:
    """How many decimals the currency has, e.g. 2 for INR, 0 for JPY."""
    return _DECIMALS.get(currency, 2)


def parse_amount(value: Given, currency: str, field: str, *, at_least: int = 0) -> int:
    """The amount in minor units of the currency, from a decimal text or a number.

    Raises Invalid about `field` for anything else, for more decimals than the currency has (a number is judged by its
    value, a text by its spelling), and for less than `at_least` or more than `MAX_MINOR` minor units.
    """
    match = None if isinstance(value, bool) else _SPELLING.fullmatch(_text(value))
    if match is None:
        raise invalid(field, "amount_malformed", 'An amount is a decimal number such as "18250.00".')
    sign, whole, fraction = match[1], match[2], match[3] or ""
    places = decimals(currency)
    if len(fraction) > places:
        raise invalid(field, "too_precise", f"{currency} has {places} decimals; give no more.")
    minor = int(f"{sign}{whole}{fraction.ljust(places, '0')}")
    if not at_least <= minor <= MAX_MINOR:
        least, most = format_amount(at_least, currency), format_amount(MAX_MINOR, currency)
        raise invalid(field, "out_of_range", f"The amount must be from {least} to {most}.")
    return minor


def format_amount(minor: int, currency: str) -> str:
    """Minor units as the API shows them: `1825000` paise are `18250.00`."""
    places = decimals(currency)
    return f"{Decimal(minor).scaleb(-places):.{places}f}"


def _text(value: Given) -> str:
    """A text as it is; a number by its value, so that `100.0` has no decimals."""
    if isinstance(value, str):
        return value
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        return str(number)
    return f"{number.normalize():f}"


def _spelled(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise PydanticCustomError("amount_malformed", 'An amount is a decimal number such as "18250.00".')
    if not _SPELLING.fullmatch(_text(value)):
        raise PydanticCustomError("amount_malformed", 'An amount is a decimal number such as "18250.00".')
    return _text(value)


# The field of a body: kept as text until the currency is known, then `parse_amount`.
AmountIn = Annotated[
    str,
    BeforeValidator(_spelled),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": r"^[0-9]{1,13}(\.[0-9]{1,2})?$"},
                {"type": "number", "minimum": 0, "maximum": 9_999_999_999_999},
            ],
            "examples": ["18250.00"],
        }
    ),
]
AmountOut = Annotated[
    str, WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$", "examples": ["18250.00"]})
]

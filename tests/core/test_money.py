"""Money goes in and out as decimal text and is whole minor units inside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from insurenz.core.errors import Invalid
from insurenz.core.money import MAX_MINOR, AmountIn, format_amount, parse_amount


class Body(BaseModel):
    amount: AmountIn


@pytest.mark.parametrize(
    ("given", "currency", "minor"),
    [
        ("18250", "INR", 1_825_000),
        ("18250.5", "INR", 1_825_050),
        ("0018250.50", "INR", 1_825_050),
        (18250, "INR", 1_825_000),
        (18250.5, "INR", 1_825_050),
        (0.1, "INR", 10),
        (1.1, "INR", 110),
        ("0", "INR", 0),
        ("500", "JPY", 500),
        (500.0, "JPY", 500),
        ("1.234", "KWD", 1234),
    ],
)
def test_an_amount_is_taken_as_text_or_number(given: str | float, currency: str, minor: int) -> None:
    assert parse_amount(given, currency, "claim_amount") == minor
    assert parse_amount(Body(amount=given).amount, currency, "claim_amount") == minor  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("", "amount_malformed"),
        (" 5", "amount_malformed"),
        ("5\n", "amount_malformed"),
        ("1e3", "amount_malformed"),
        ("1_000", "amount_malformed"),
        ("1,000", "amount_malformed"),
        ("१२", "amount_malformed"),
        ("NaN", "amount_malformed"),
        ("Infinity", "amount_malformed"),
        (float("nan"), "amount_malformed"),
        (float("inf"), "amount_malformed"),
        (True, "amount_malformed"),
        ("1.", "amount_malformed"),
        (".5", "amount_malformed"),
        ("1.001", "too_precise"),
        ("1.000", "too_precise"),
        (1.001, "too_precise"),
        ("-1", "out_of_range"),
        (-0.01, "out_of_range"),
        ("99999999999999", "out_of_range"),
        (1e30, "amount_malformed"),
    ],
)
def test_everything_else_is_refused_and_names_the_field(given: str | float, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_amount(given, "INR", "claim_amount")
    assert [(e.field, e.code) for e in refused.value.errors] == [("claim_amount", code)]


def test_a_field_can_want_more_than_nothing() -> None:
    assert parse_amount("0.01", "INR", "approved_amount", at_least=1) == 1
    with pytest.raises(Invalid, match=r"from 0\.01 to"):
        parse_amount("0", "INR", "approved_amount", at_least=1)


@pytest.mark.parametrize("given", ["1e3", True, None, [], {}, "", float("nan")])
def test_a_body_refuses_what_is_no_amount(given: object) -> None:
    with pytest.raises(ValidationError, match="decimal number"):
        Body(amount=given)  # type: ignore[arg-type]


@given(st.integers(0, MAX_MINOR), st.sampled_from(["INR", "JPY", "KWD", "CLF"]))
def test_what_is_shown_can_be_sent_back(minor: int, currency: str) -> None:
    assert parse_amount(format_amount(minor, currency), currency, "claim_amount") == minor

"""The period that is looked at, and how it is cut: days, weeks and months of the install's zone."""

from datetime import UTC, date, datetime, timedelta

from insurenz.analytics.period import Period

INDIA, BERLIN = "Asia/Kolkata", "Europe/Berlin"


def days(period: Period, bucket: str) -> list[str]:
    return [f"{part.first} {part.last}" for part in period.buckets(bucket)]


def test_without_days_it_is_the_last_ninety_with_today() -> None:
    period = Period.of(None, None, today=date(2026, 11, 22), zone=INDIA)
    assert (period.first, period.last, period.days) == (date(2026, 8, 25), date(2026, 11, 22), 90)
    before = Period.of(None, date(2026, 3, 31), today=date(2026, 11, 22), zone=INDIA)
    assert (before.first, before.last) == (date(2026, 1, 1), date(2026, 3, 31))


def test_weeks_begin_on_monday_and_the_ends_may_be_parts_of_one() -> None:
    period = Period(date(2026, 3, 4), date(2026, 3, 17), INDIA)
    assert days(period, "week") == ["2026-03-04 2026-03-08", "2026-03-09 2026-03-15", "2026-03-16 2026-03-17"]


def test_months_are_those_of_the_calendar() -> None:
    period = Period(date(2027, 12, 31), date(2028, 3, 1), INDIA)
    assert days(period, "month") == [
        "2027-12-31 2027-12-31",
        "2028-01-01 2028-01-31",
        "2028-02-01 2028-02-29",
        "2028-03-01 2028-03-01",
    ]
    assert days(Period(date(2028, 2, 29), date(2028, 2, 29), INDIA), "day") == ["2028-02-29 2028-02-29"]


def test_a_day_is_the_zones_own_also_when_its_clocks_change() -> None:
    assert Period(date(2026, 3, 1), date(2026, 3, 1), INDIA).moments == (
        datetime(2026, 2, 28, 18, 30, tzinfo=UTC),
        datetime(2026, 3, 1, 18, 30, tzinfo=UTC),
    )
    # The day on which summer time begins has 23 hours.
    assert Period(date(2026, 3, 29), date(2026, 3, 29), BERLIN).moments == (
        datetime(2026, 3, 28, 23, tzinfo=UTC),
        datetime(2026, 3, 29, 22, tzinfo=UTC),
    )


def test_what_it_is_cut_into_follows_from_its_length() -> None:
    last = date(2026, 12, 31)

    def best(length: int) -> str:
        return Period(last - timedelta(days=length - 1), last, INDIA).bucket

    assert [best(length) for length in (1, 31, 32, 182, 183, 3000)] == [
        "day",
        "day",
        "week",
        "week",
        "month",
        "month",
    ]

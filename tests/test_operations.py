"""What operators are told of is there: every metric and kind of alert has its place in the rules and on the page."""

import re
from typing import Any

import pytest
import yaml
from prometheus_client import Counter, Gauge, Histogram

from insurenz.core import metrics
from tests.test_docs import ROOT, anchors

PAGE = ROOT / "docs" / "operations.md"
RULES = ROOT / "deploy" / "alerts.yaml"
SOURCES = sorted((ROOT / "src" / "insurenz").rglob("*.py"))
SUFFIX = {Counter: "_total", Gauge: "", Histogram: ""}


def names() -> set[str]:
    """Every metric as Prometheus knows it."""
    made = [each for each in vars(metrics).values() if isinstance(each, tuple(SUFFIX))]
    return {each._name + SUFFIX[type(each)] for each in made}


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def test_rules_speak_of_metrics_and_kinds_that_exist_and_lead_to_what_to_do() -> None:
    known = names() | {f"{name}_bucket" for name in names()}
    for rule in rules():
        assert set(re.findall(r"insurenz_\w+", rule["expr"])) <= known, rule["alert"]
        kinds = [kind for match in re.findall(r'kind=~?"([^"]+)"', rule["expr"]) for kind in match.split("|")]
        assert {kind for kind in kinds if kind != "loop_.*"} <= set(metrics.KINDS), rule["alert"]
        page, _, anchor = rule["annotations"]["runbook"].partition("#")
        assert ((ROOT / page) == PAGE, anchor) == (True, rule["alert"].lower())
        assert anchor in anchors(PAGE)
        assert rule["labels"]["severity"] in ("page", "ticket")


@pytest.mark.parametrize("kind", metrics.KINDS)
def test_every_kind_of_alert_has_a_rule(kind: str) -> None:
    assert any(re.search(rf'kind=~?"([^"]*\|)?{kind}(\|[^"]*)?"', rule["expr"]) for rule in rules()), kind


def test_every_metric_is_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert {name for name in names() if f"`{name}`" not in page} == set()


def test_every_kind_that_is_counted_is_known_and_begun_at_nought() -> None:
    counted = {
        kind
        for path in SOURCES
        for kind in re.findall(r'ALERTS\.labels\("(\w+)"\)', path.read_text(encoding="utf-8"))
    }
    assert counted <= set(metrics.KINDS)
    begun = {sample.labels["kind"] for family in metrics.ALERTS.collect() for sample in family.samples}
    assert set(metrics.KINDS) <= begun

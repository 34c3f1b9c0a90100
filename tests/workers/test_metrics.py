"""Metrics: what Prometheus reads, and what deploy/monitoring makes of it."""

import json
import re
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.runtime import Runtime
from campaign.services.ledger import count
from campaign.services.signatures import sign
from campaign.services.site import health
from campaign.services.site.metrics import prometheus_text, read_metrics
from tests.support.factories import ManualClock, new_campaign, sign_form_data, verify_link_of
from tests.support.heartbeats import record_all_alive
from tests.support.servers import RedisServer
from workers.metrics_server import CONTENT_TYPE, MetricsServer

MONITORING = Path(__file__).parents[2] / "deploy" / "monitoring"
_LABEL = r'[a-z_]+="(?:[^"\\]|\\.)*"'
_SAMPLE = re.compile(rf"(?P<name>[a-z_]+)(?:\{{(?P<labels>{_LABEL}(?:,{_LABEL})*)\}})? (?P<value>\S+)")


def parsed(written: str) -> dict[str, float]:
    """Text format 0.0.4: each sample under its name and labels; each name has its HELP and TYPE before it."""
    found: dict[str, float] = {}
    declared: set[str] = set()
    for line in written.splitlines():
        if line.startswith("# "):
            _, kind, name, rest = line.split(" ", 3)
            assert kind in ("HELP", "TYPE")
            assert rest
            if kind == "TYPE":
                assert rest == "gauge"
                assert name not in declared, name
                declared.add(name)
            continue
        match = _SAMPLE.fullmatch(line)
        assert match, line
        assert match["name"] in declared
        key = f"{match['name']}{{{match['labels']}}}" if match["labels"] else match["name"]
        assert key not in found, key
        found[key] = float(match["value"])
    assert written.endswith("\n")
    return found


def test_counted_owed_and_living_are_told(runtime: Runtime) -> None:
    record_all_alive(runtime, machine='o"dd\\')
    campaign = new_campaign(runtime)
    for number in (1, 2):
        sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data(f"{number}@example.org"))
    sign.verify_signature(runtime, verify_link_of(runtime, 1))
    count.advance_ledgers(runtime)
    found = parsed(prometheus_text(read_metrics(runtime)))
    assert found['countersign_signatures{state="verified"}'] == 1
    assert found['countersign_mails_owed{to="signatories"}'] >= 2
    assert found['countersign_processes_alive{role="countersign-mail"}'] == 1
    assert found['countersign_ready{part="database"}'] == 1
    assert found['countersign_clock_skew_seconds{machine="o\\"dd\\\\"}'] == 0
    assert not any("@" in key or "pond" in key for key in found)


@pytest.mark.parametrize("drifts", [{}, {"save-the-pond": 2, "moor": 1}])
def test_the_last_proof_of_the_counts_is_told(runtime: Runtime, now: ManualClock, drifts: dict[str, int]) -> None:
    assert "countersign_drift" not in prometheus_text(read_metrics(runtime))
    health.record_reconciliation(runtime, COMMAND_LINE, 3, drifts)
    now.advance(hours=1)
    found = parsed(prometheus_text(read_metrics(runtime)))
    assert (found["countersign_drift"], found["countersign_reconciled_seconds"]) == (sum(drifts.values()), 3600)


def test_without_redis_the_rest_is_told(runtime: Runtime, redis_server: RedisServer) -> None:
    redis_server.kill()
    try:
        found = parsed(prometheus_text(read_metrics(runtime)))
    finally:
        redis_server.start()
    assert found['countersign_ready{part="redis"}'] == 0
    assert found['countersign_signatures{state="verified"}'] == 0
    assert not any("processes" in key for key in found)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_they_are_served_on_a_port_of_their_own(runtime: Runtime) -> None:
    server = MetricsServer(runtime, "127.0.0.1", 0)
    try:
        with urlopen(f"http://127.0.0.1:{server.port}/metrics", timeout=10) as answer:
            assert answer.headers["Content-Type"] == CONTENT_TYPE
            assert parsed(answer.read().decode())
        with pytest.raises(HTTPError, match="404"):
            urlopen(f"http://127.0.0.1:{server.port}/", timeout=10)
    finally:
        server.close()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_dashboard_and_alerts_ask_for_metrics_there_are(runtime: Runtime) -> None:
    record_all_alive(runtime)
    campaign = new_campaign(runtime)
    sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data())
    names = {metric.name for metric in read_metrics(runtime)}
    # Told once there is something to tell.
    names |= {"countersign_drift", "countersign_reconciled_seconds", "countersign_mail_wait_seconds"}
    dashboard = json.loads((MONITORING / "grafana-dashboard.json").read_text())
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    alerts = (MONITORING / "alerts.yml").read_text()
    rules = re.findall(r"^ +- alert: (\w+)\n +expr: (.+)\n +for: (\w+)\n", alerts, re.MULTILINE)
    assert len(rules) == 5
    assert alerts.count("summary:") == 5
    used = {name for text in (*asked, *(rule[1] for rule in rules)) for name in re.findall(r"countersign_\w+", text)}
    assert used
    assert used <= names, used - names

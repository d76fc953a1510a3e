"""Events of tasks and jobs: whose, only the permitted fields, in the one form CloudWatch Logs takes."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pulumi
import pytest

from components.args import ArgumentError
from components.braket.events import event_rule
from components.braket.log_sinks import events_policy
from tests.components.conftest import PLACE, SV1, run_environment
from tests.components.iam import Request, decide
from tests.components.runner import ACCOUNT, Run

BUCKET = f"amazon-braket-optimus-sandbox-{ACCOUNT}"
EVENT: dict[str, Any] = {
    "source": "aws.braket",
    "detail-type": "Braket Task State Change",
    "time": "2026-12-01T09:00:00Z",
    "region": "eu-west-2",
    "account": ACCOUNT,
    "detail": {
        "quantumTaskArn": f"arn:aws:braket:eu-west-2:{ACCOUNT}:quantum-task/1",
        "status": "COMPLETED",
        "deviceArn": SV1,
        "shots": "100",
        "outputS3Bucket": BUCKET,
        "outputS3Directory": "tasks/1",
        "createdAt": "2026-12-01T08:00:00Z",
        "endedAt": "2026-12-01T08:59:00Z",
        "eventName": "MODIFY",
        "circuit": "OPENQASM 3.0; secret",
    },
}


def matches(pattern: Any, event: Any) -> bool:
    """EventBridge's matching, as far as the pattern goes: every field is there with one of the values."""
    return all(
        matches(wanted, event.get(key, {})) if isinstance(wanted, dict) else event.get(key) in wanted
        for key, wanted in pattern.items()
    )


def delivered(found: Run, target: str, event: dict[str, Any] = EVENT) -> dict[str, Any]:
    """What a target delivers: its template with the event's fields filled in, nothing for those it lacks."""
    transformer = found.one("aws:cloudwatch/eventTarget:EventTarget", target).inputs["inputTransformer"]

    def field(match: re.Match[str]) -> str:
        value: Any = event
        for part in transformer["inputPaths"][match[1]].removeprefix("$.").split("."):
            value = value.get(part, {})
        quoted = transformer["inputTemplate"][: match.start()].count('"') % 2
        return str(value or "") if quoted else json.dumps(value)

    text: dict[str, Any] = json.loads(re.sub(r"<(\w+)>", field, transformer["inputTemplate"]))
    return text


def test_only_the_projects_own_tasks(project: Run) -> None:
    pattern = json.loads(project.one("aws:cloudwatch/eventRule:EventRule", "tasks").inputs["eventPattern"])
    assert matches(pattern, EVENT)
    other = {
        **EVENT,
        "detail": {**EVENT["detail"], "outputS3Bucket": BUCKET.replace("optimus", "optimus-two")},
    }
    assert not matches(pattern, other)
    assert not matches(pattern, {**EVENT, "source": "aws.s3"})
    assert not matches(pattern, {**EVENT, "detail-type": "Braket Device Status Change"})


def test_the_operational_log_says_what_happened_and_no_more(project: Run) -> None:
    entry = delivered(project, "tasks-operational")
    assert set(entry) == {"timestamp", "message"}
    assert entry["timestamp"] == EVENT["time"]
    detail = EVENT["detail"]
    for told in ("project=optimus", detail["quantumTaskArn"], SV1, "COMPLETED", "eu-west-2"):
        assert told in entry["message"]
    for kept in ("circuit", "secret", "tasks/1", "shots"):
        assert kept not in entry["message"]


def test_sensitive_metadata_goes_to_the_restricted_log_alone(project: Run) -> None:
    entry = delivered(project, "tasks-security")
    for told in ("shots=100", "output=tasks/1", EVENT["detail"]["endedAt"]):
        assert told in entry["message"]
    assert "secret" not in entry["message"]
    targets = project.all("aws:cloudwatch/eventTarget:EventTarget")
    assert {made.inputs["arn"] for made in targets} == {
        PLACE.log_group_arn(PLACE.operational_log),
        PLACE.log_group_arn(PLACE.security_log),
    }
    assert all("roleArn" not in made.inputs for made in targets)


JOB: dict[str, Any] = {
    "source": "aws.braket",
    "detail-type": "Braket Job State Change",
    "time": "2026-12-01T10:00:00Z",
    "region": "eu-north-1",
    "account": ACCOUNT,
    "detail": {
        "jobArn": f"arn:aws:braket:eu-north-1:{ACCOUNT}:job/1",
        "status": "COMPLETED",
        "startedAt": "2026-12-01T09:00:00Z",
        "endedAt": "2026-12-01T09:59:00Z",
        "hyperParameters": {"p": "secret"},
    },
}


def rule(found: Run, name: str) -> dict[str, Any]:
    return found.one("aws:cloudwatch/eventRule:EventRule", name).inputs


def test_hybrid_jobs_are_told_of_and_no_more_than_that(environment: Run) -> None:
    pattern = json.loads(rule(environment, "jobs")["eventPattern"])
    assert matches(pattern, JOB)
    assert not matches(pattern, EVENT), "tasks are told by their projects"
    assert not matches(pattern, {**JOB, "source": "acme"})
    operational = delivered(environment, "jobs-operational", JOB)
    assert operational["timestamp"] == JOB["time"]
    for told in ("environment=sandbox", JOB["detail"]["jobArn"], "status=COMPLETED", "region=eu-north-1"):
        assert told in operational["message"]
    security = delivered(environment, "jobs-security", JOB)
    for told in (JOB["detail"]["jobArn"], JOB["detail"]["startedAt"], JOB["detail"]["endedAt"]):
        assert told in security["message"]
    assert JOB["detail"]["endedAt"] not in operational["message"]
    assert "secret" not in operational["message"] + security["message"]


def test_a_field_that_an_event_lacks_does_not_stop_the_entry(environment: Run) -> None:
    early = {**JOB, "detail": {"jobArn": "job/1", "status": "QUEUED"}}
    message = delivered(environment, "jobs-security", early)["message"]
    assert message == "environment=sandbox job=job/1 started= ended="


def test_events_of_further_regions_come_home(environment: Run, project: Run) -> None:
    """And there a project's own rule finds them: the region they come from stays in them."""
    far = rule(environment, "home-from-eu-north-1")
    assert far["region"] == "eu-north-1"
    there = {**EVENT, "region": "eu-north-1"}
    for event in (there, JOB):
        assert matches(json.loads(far["eventPattern"]), event)
    assert not matches(json.loads(far["eventPattern"]), {**JOB, "source": "aws.s3"})
    assert matches(json.loads(rule(project, "tasks")["eventPattern"]), there)
    target = environment.one("aws:cloudwatch/eventTarget:EventTarget", "home-from-eu-north-1").inputs
    assert target["arn"] == f"arn:aws:events:eu-west-2:{ACCOUNT}:event-bus/default"
    assert target["region"] == "eu-north-1"
    assert target["roleArn"] == PLACE.role_arn("events")
    assert "region" not in rule(environment, "jobs")


def test_the_role_of_the_way_home_serves_these_rules_alone(environment: Run) -> None:
    role = environment.one("aws:iam/role:Role", "events")
    trust = role.document("assumeRolePolicy")
    right = f"arn:aws:events:eu-north-1:{ACCOUNT}:rule/qlz-sandbox-home"
    for source, expected in (
        (right, "allow"),
        (right.replace("home", "other"), "none"),
        (right.replace("north", "west"), "none"),
        (right.replace(ACCOUNT, "9" * 12), "none"),
    ):
        context: dict[str, str | list[str]] = {
            "aws:SourceAccount": source.split(":")[4],
            "aws:SourceArn": source,
        }
        request = Request("sts:AssumeRole", "", context, "events.amazonaws.com")
        assert decide([trust], request) == expected, source
    grant = environment.one("aws:iam/rolePolicy:RolePolicy", "events")
    (statement,) = grant.document("policy")["Statement"]
    assert (statement["Action"], statement["Resource"]) == (
        "events:PutEvents",
        f"arn:aws:events:eu-west-2:{ACCOUNT}:event-bus/default",
    )
    far = environment.one("aws:cloudwatch/eventRule:EventRule", "home-from-eu-north-1")
    assert grant.urn in environment.before(far), "the role can pass events on before there are any"


def test_without_further_regions_there_is_no_way_home() -> None:
    found = run_environment(names=replace(PLACE, also=()), spending={})
    assert not [made for made in found.made if made.name == "events" and "iam" in made.type]
    assert {made.name for made in found.all("aws:cloudwatch/eventRule:EventRule")} == {"jobs", "idle"}


def test_an_environments_rules_wait_for_the_logs(environment: Run) -> None:
    logs = {made.urn for made in environment.all("aws:cloudwatch/logGroup:LogGroup")}
    logs |= {made.urn for made in environment.all("aws:cloudwatch/logResourcePolicy:LogResourcePolicy")}
    for made in environment.all("aws:cloudwatch/eventRule:EventRule"):
        assert logs <= environment.before(made), made.name


def test_a_rules_name_longer_than_aws_takes_is_refused() -> None:
    with pytest.raises(ArgumentError, match="at most 64"):
        event_rule("x", "q" * 65, "", "{}", {}, pulumi.ResourceOptions())


def test_the_environment_lets_events_into_the_two_logs_alone() -> None:
    document = json.loads(events_policy(PLACE))
    own = f"arn:aws:events:eu-west-2:{ACCOUNT}:rule/qlz-optimus-sandbox-tasks"
    for log, rule_arn, expected in (
        (PLACE.operational_log, own, "allow"),
        (PLACE.security_log, own, "allow"),
        ("/aws/braket/jobs", own, "none"),
        (PLACE.security_log, own.replace(ACCOUNT, "9" * 12), "none"),
        (PLACE.security_log, own.replace("qlz-", "else-"), "none"),
    ):
        stream = f"{PLACE.log_group_arn(log)}:log-stream:x"
        request = Request("logs:PutLogEvents", stream, {"aws:SourceArn": rule_arn}, "events.amazonaws.com")
        assert decide([document], request) == expected
        made = Request("logs:CreateLogStream", stream, {}, "events.amazonaws.com")
        assert decide([document], made) == ("none" if "braket" in log else "allow"), "no source is shown"

"""Task events: the project's own, only the permitted fields, in the one form CloudWatch Logs takes."""

from __future__ import annotations

import json
import re
from typing import Any

from components.braket.log_sinks import events_policy
from tests.components.conftest import PLACE, SV1
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


def delivered(found: Run, store: str) -> dict[str, Any]:
    """What a target delivers: its template with the event's fields filled in."""
    transformer = found.one("aws:cloudwatch/eventTarget:EventTarget", f"tasks-{store}").inputs[
        "inputTransformer"
    ]

    def field(match: re.Match[str]) -> str:
        value: Any = EVENT
        for part in transformer["inputPaths"][match[1]].removeprefix("$.").split("."):
            value = value[part]
        quoted = transformer["inputTemplate"][: match.start()].count('"') % 2
        return str(value) if quoted else json.dumps(value)

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
    entry = delivered(project, "operational")
    assert set(entry) == {"timestamp", "message"}
    assert entry["timestamp"] == EVENT["time"]
    detail = EVENT["detail"]
    for told in ("project=optimus", detail["quantumTaskArn"], SV1, "COMPLETED", "eu-west-2"):
        assert told in entry["message"]
    for kept in ("circuit", "secret", "tasks/1", "shots"):
        assert kept not in entry["message"]


def test_sensitive_metadata_goes_to_the_restricted_log_alone(project: Run) -> None:
    entry = delivered(project, "security")
    for told in ("shots=100", "output=tasks/1", EVENT["detail"]["endedAt"]):
        assert told in entry["message"]
    assert "secret" not in entry["message"]
    targets = project.all("aws:cloudwatch/eventTarget:EventTarget")
    assert {made.inputs["arn"] for made in targets} == {
        PLACE.log_group_arn(PLACE.operational_log),
        PLACE.log_group_arn(PLACE.security_log),
    }
    assert all("roleArn" not in made.inputs for made in targets)


def test_the_environment_lets_events_into_the_two_logs_alone() -> None:
    document = json.loads(events_policy(PLACE))
    for log, expected in (
        (PLACE.operational_log, "allow"),
        (PLACE.security_log, "allow"),
        ("/aws/braket/jobs", "none"),
    ):
        stream = f"{PLACE.log_group_arn(log)}:log-stream:x"
        request = Request("logs:PutLogEvents", stream, {"aws:SourceAccount": ACCOUNT}, "events.amazonaws.com")
        assert decide([document], request) == expected

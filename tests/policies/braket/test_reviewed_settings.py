"""Cases of qlz-c1-reviewed-settings; the real stacks are held to it by the mutants."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest

from components.braket.environment_names import EnvironmentNames
from components.braket.names import ProjectNames
from components.braket.notebooks import on_start
from policy_packs.controls.aws import ALARM, SECRET, SECRET_POLICY, SUBSCRIPTION
from policy_packs.controls.braket.reviewed_settings import CONTROL
from policy_packs.controls.reviewed_settings import rows
from policy_packs.controls.stack_facts import Declared
from tests.policies.support import (
    ACCOUNT,
    ENVIRONMENT,
    REGION,
    UNKNOWN,
    UNREADABLE,
    Case,
    Cases,
    Res,
    analyze_stack,
)

# Outside projects, environments and the organization only the rows for any stack count.
NEITHER: Declared = replace(ENVIRONMENT, kind="other", label="sandbox")
CASES = Cases(CONTROL, NEITHER)
PROJECT = replace(ENVIRONMENT, kind="project", project="optimus", environment="sandbox")


def alarm(**changes: Any) -> Res:
    right = {
        "comparisonOperator": "GreaterThanOrEqualToThreshold",
        "evaluationPeriods": 1,
        "period": 300,
        "statistic": "Sum",
        "treatMissingData": "notBreaching",
        "namespace": "qlz/sandbox",
    }
    return Res(ALARM, {**right, **changes})


CASES.passes("an alarm as reviewed", alarm())
CASES.passes("nothing it speaks of", Res("aws:sns/topic:Topic"))
CASES.fails(
    "an alarm the wrong way round", alarm(comparisonOperator="LessThanThreshold"), "comparisonOperator"
)
CASES.fails("an alarm over a day", alarm(period=86400), "its period is set to 86400")
CASES.fails(
    "an alarm over another's metrics", alarm(namespace="qlz/dev"), "its namespace is set to 'qlz/dev'"
)
CASES.fails("an alarm without a statistic", alarm(statistic=None), "its statistic is left out")
CASES.fails("true is no number", alarm(evaluationPeriods=True), "its evaluationPeriods is set to True")
CASES.unknown("a namespace to come", alarm(namespace=UNKNOWN), "namespace is unknown at preview")
LIMIT = Res("aws:cloudcontrol/resource:Resource", {"typeName": "AWS::Braket::SpendingLimit"}, protect=True)
CASES.passes("a protected limit", LIMIT)
CASES.fails("a limit that is not protected", replace(LIMIT, protect=False), "it is not protected")
CASES.passes(
    "a limit of a stack on its way out",
    replace(LIMIT, protect=False),
    replace(NEITHER, lifecycle="decommissioned"),
)


def said(resources: list[Res], declared: Declared) -> str:
    from policy_packs.controls.stack_facts import StackFacts

    found = analyze_stack([CONTROL], resources, StackFacts(declared))
    return "\n".join(each.message.split("\nWhy: ")[0] for each in found)


def test_case(case: Case) -> None:
    case.check()


def test_what_has_to_be_there_is_missed() -> None:
    text = said([], replace(ENVIRONMENT, label="sandbox"))
    assert "it has no Trail with name qlz-sandbox" in text
    assert f"it has no Bucket with bucket qlz-sandbox-trail-{ACCOUNT}" in text
    assert "it has no MetricAlarm with name qlz-sandbox-denied-calls" in text
    assert "break-glass" not in text, "an environment without a break-glass role has no alarm for it"
    assert "archive" not in text


def test_what_lies_beside_another_is_missed_with_it_only() -> None:
    archive = Res("aws:s3/bucket:Bucket", {"bucket": f"qlz-optimus-sandbox-archive-{ACCOUNT}"})
    assert "BucketReplicationConfig" not in said([], PROJECT)
    assert "it has no BucketReplicationConfig" in said([archive], PROJECT)


RULE, TARGET = "aws:cloudwatch/eventRule:EventRule", "aws:cloudwatch/eventTarget:EventTarget"


@pytest.mark.parametrize(
    ("token", "props", "of"),
    [
        (RULE, {"name": "qlz-sandbox-jobs"}, "its name is set to"),
        (RULE, {"name": "wide", "eventPattern": '{"source":["aws.braket"]}'}, "its name is set to"),
        (RULE, {}, "its name is left out"),
        (
            RULE,
            {"name": "qlz-optimus-sandbox-tasks", "eventPattern": '{"source":["aws.braket"]}'},
            "its eventPattern is",
        ),
        (RULE, {"scheduleExpression": "rate(1 minute)"}, "its scheduleExpression is"),
        (TARGET, {"rule": "qlz-sandbox-jobs", "targetId": "operational"}, "its rule is set to"),
        (TARGET, {"rule": "qlz-optimus-sandbox-tasks", "targetId": "t"}, "its targetId is set to 't'"),
        (TARGET, {"inputPath": "$.nothing"}, "its inputPath is"),
        (TARGET, {"input": "{}"}, "its input is"),
    ],
)
def test_a_project_hears_its_own_tasks_alone(token: str, props: dict[str, Any], of: str) -> None:
    assert of in said([Res(token, props)], PROJECT)


def test_an_environment_hears_what_was_reviewed_alone() -> None:
    here = replace(ENVIRONMENT, label="sandbox")
    assert "its name is set to 'w'" in said([Res(RULE, {"name": "w"})], here)
    assert "its name is" not in said([Res(RULE, {"name": "qlz-sandbox-jobs"})], here)
    assert "its rule is set to 'w'" in said([Res(TARGET, {"rule": "w"})], here)


def test_a_reference_is_followed_by_dependency_and_by_value() -> None:
    secret = Res(SECRET, {"arn": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:a"}, name="mine")

    def policy(arn: object, *behind: str) -> Res:
        return Res(
            SECRET_POLICY, {"secretArn": arn, "blockPublicPolicy": True}, "policy", refs={"secretArn": behind}
        )

    assert "names no Secret" not in said([secret, policy(secret.props["arn"])], PROJECT)
    assert "names no Secret" not in said([secret, policy(UNKNOWN, "mine")], PROJECT)
    assert "its secretArn names no Secret" in said([secret, policy(UNKNOWN)], PROJECT)
    assert "its secretArn names no Secret" in said([secret, policy("arn:aws:other")], PROJECT)


def test_each_secret_has_a_policy_of_its_own() -> None:
    first = Res(SECRET, {"name": "qlz/sandbox/optimus/secrets"}, name="first")
    second = Res(SECRET, {"name": "qlz/sandbox/optimus/second"}, name="second")

    def policy(of: str) -> Res:
        return Res(SECRET_POLICY, {"secretArn": UNKNOWN}, f"policy-of-{of}", refs={"secretArn": [of]})

    missing = "second (aws:secretsmanager/secret:Secret): it has no SecretPolicy of its own"
    assert "SecretPolicy of its own" not in said([first, second, policy("first"), policy("second")], PROJECT)
    assert missing in said([first, second, policy("first")], PROJECT)
    assert missing in said([first, second, policy("first"), policy("first")], PROJECT)


@pytest.mark.parametrize(
    "name",
    ["qlz/sandbox/borealis/secrets", "qlz/dev/optimus/secrets", "secrets", "qlz/sandbox/optimus/a/b", ""],
)
def test_a_secret_lies_in_its_projects_folder(name: str) -> None:
    assert "its name is" in said([Res(SECRET, {"name": name} if name else {})], PROJECT)
    assert "its name is" not in said([Res(SECRET, {"name": "qlz/sandbox/optimus/token"})], PROJECT)


def test_every_row_knows_its_tests() -> None:
    tests = {"is", "in", "most", "least", "json", "matches", "ref", "later", "script"}
    for cloud in ("aws", "azure"):
        assert len(rows(cloud)) > 10
        for row in rows(cloud):
            for spec in row.get("settings", {}).values():
                assert not isinstance(spec, dict) or set(spec) <= tests


def test_an_unreadable_stack_is_undecided() -> None:
    (found,) = analyze_stack([CONTROL], [], UNREADABLE)
    assert "cannot be decided" in found.message


def test_a_secret_is_gone_at_once_only_on_the_way_out() -> None:
    gone = Res(SECRET, {"recoveryWindowInDays": 0})
    assert "its recoveryWindowInDays is set to 0" in said([gone], PROJECT)
    assert "recoveryWindowInDays" not in said([gone], replace(PROJECT, lifecycle="decommissioned"))


FILTER, TOPIC = "aws:cloudwatch/logMetricFilter:LogMetricFilter", "aws:sns/topic:Topic"
ANALYZER, FLOW_LOG = "aws:accessanalyzer/analyzer:Analyzer", "aws:ec2/flowLog:FlowLog"
LOG_POLICY = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
ISSUER = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
RULED = {"exclusions": [{"accountIds": [ACCOUNT]}]}


@pytest.mark.parametrize(
    ("token", "path", "bent", "left"),
    [
        (ALARM, "dimensions", {"x": "y"}, {}),
        (ALARM, "unit", "Bytes", ""),
        (ALARM, "metricQueries", [{"id": "a", "expression": "0*1"}], []),
        (ALARM, "extendedStatistic", "p1", ""),
        (FILTER, "metricTransformation.dimensions", {"n": "$.eventName"}, {}),
        (FILTER, "metricTransformation.unit", "Bytes", "None"),
        (FILTER, "metricTransformation.defaultValue", "-9", ""),
        (FILTER, "applyOnTransformedLogs", True, False),
        (ANALYZER, "configuration.unusedAccess.analysisRule", RULED, {"exclusions": []}),
        (ANALYZER, "analyzerName", "mine", "qlz-sandbox"),
        (FLOW_LOG, "logFormat", "${version}", ""),
        (TOPIC, "policy", '{"Statement":[]}', ""),
        (TOPIC, "deliveryPolicy", '{"http":{}}', ""),
        (SUBSCRIPTION, "filterPolicyScope", "MessageBody", ""),
        (SUBSCRIPTION, "redrivePolicy", "{}", ""),
        (LOG_POLICY, "policyName", "x", "qlz-sandbox-events"),
        (LOG_POLICY, "resourceArn", "arn:aws:logs:x", ""),
        (ISSUER, "thumbprintLists", ["0" * 40], []),
    ],
)
def test_what_makes_a_guard_blind_is_left_out(token: str, path: str, bent: object, left: object) -> None:
    def set_to(value: object) -> str:
        props: dict[str, Any] = {}
        *parts, last = path.split(".")
        inner = props
        for part in parts:
            inner = inner.setdefault(part, {})
        inner[last] = value
        return said([Res(token, props)], replace(ENVIRONMENT, label="sandbox"))

    assert f"its {path} is set to" in set_to(bent)
    assert f"its {path} is" not in set_to(left)
    assert f"{path} is unknown at preview" in set_to(UNKNOWN)


SCRIPTS = "aws:sagemaker/notebookInstanceLifecycleConfiguration:NotebookInstanceLifecycleConfiguration"
NOTEBOOK = "aws:sagemaker/notebookInstance:NotebookInstance"
STOPS = base64.b64decode(
    on_start(ProjectNames("optimus", EnvironmentNames(ACCOUNT, REGION, "sandbox")), 60)
).decode()
SUDO = 'echo "ec2-user ALL=(ALL) NOPASSWD:ALL" > /etc/sudoers.d/x\n'


def script(text: str, **more: Any) -> Res:
    return Res(SCRIPTS, {"onStart": base64.b64encode(text.encode()).decode(), **more}, name="scripts")


def test_a_notebook_starts_with_the_reviewed_script_alone() -> None:
    assert "its on" not in said([script(STOPS, onCreate="")], PROJECT)
    assert "its on" not in said([script(STOPS.replace("= 60,", "= 720,"))], PROJECT)


@pytest.mark.parametrize(
    "bent",
    [
        STOPS + SUDO,
        SUDO + STOPS,
        STOPS.replace("MINUTES", SUDO + "MINUTES", 1),
        STOPS.replace("= 60,", "= 99999,"),
        STOPS.replace("= 60,", "= 1 or 60,"),
        STOPS.replace("optimus", "borealis"),
        "",
    ],
)
def test_another_script_is_refused(bent: str) -> None:
    assert "its onStart is" in said([script(bent)], PROJECT)


def test_a_script_when_it_is_made_a_missing_one_and_one_in_no_base64_are_refused() -> None:
    assert "its onCreate is" in said([script(STOPS, onCreate="ZWNobyBoaQ==")], PROJECT)
    assert "its onStart is" in said([Res(SCRIPTS, {})], PROJECT)
    assert "its onStart is" in said([Res(SCRIPTS, {"onStart": STOPS})], PROJECT)


def test_a_notebook_takes_its_own_script() -> None:
    scripts = script(STOPS, name="mine")

    def notebook(name: object, *behind: str) -> Res:
        refs = {"lifecycleConfigName": behind}
        return Res(NOTEBOOK, {"lifecycleConfigName": name} if name else {}, name="notebook", refs=refs)

    missing = "its lifecycleConfigName names no"
    assert missing not in said([scripts, notebook("mine")], PROJECT)
    assert missing not in said([scripts, notebook(UNKNOWN, "scripts")], PROJECT)
    assert missing in said([scripts, notebook("theirs", "scripts")], PROJECT)
    assert missing in said([scripts, notebook(None)], PROJECT)

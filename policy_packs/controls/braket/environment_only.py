"""W3, T4: what serves or shows a whole account is made by its environment, never by a project in it."""

from __future__ import annotations

from policy_packs.controls.aws import (
    ACCOUNT_ACCESS,
    ALARM,
    LOG_GROUP,
    LOG_POLICY,
    SERVICE_LINKED_ROLE,
    SUBSCRIPTION,
    TOPIC,
    TOPIC_POLICY,
    TRAIL,
)
from policy_packs.controls.control import Control, Severity
from policy_packs.controls.environment_only import left_to_environments

# Identity providers and alert addresses are judged by qlz-i1-declared-ways-in. Most of these are put by name:
# whoever makes another's anew has changed it.
_WHOLE_ACCOUNT = {
    TRAIL: "it shows everything that the account's other projects do",
    LOG_POLICY: "it opens log groups of the whole account",
    ACCOUNT_ACCESS: "it is the whole account's setting, and would go with the project",
    SERVICE_LINKED_ROLE: "all projects of the account need it, and it would go with this one",
    ALARM: "the account's alarms look at all its projects, and one of the same name takes another's place",
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": "it reads logs that other projects write, too",
    LOG_GROUP: "logs are the environment's, whose readers a project does not choose",
    TOPIC: "it is where the account's alarms ring, and one of the same name takes another's place",
    TOPIC_POLICY: "it decides who hears the account's alarms",
    SUBSCRIPTION: "it decides who hears the account's alarms",
    "aws:accessanalyzer/analyzer:Analyzer": "it looks at the whole account",
    "aws:cloudcontrol/resource:Resource": "a limit of spending holds for all projects of the account",
}
_ORGANIZATION = {
    "aws:costexplorer/costAllocationTag:CostAllocationTag": "it splits the bill of the whole organization",
    "aws:organizations/policy:Policy": "it stands above the accounts",
    "aws:organizations/policyAttachment:PolicyAttachment": "it stands above the accounts",
}

CONTROL = Control(
    id="qlz-w3-environment-only",
    title="Projects make nothing that concerns the whole account",
    why="A project that owns a part of its account can watch the other projects, or take it away from them.",
    fix="Leave it to the environment's stack, or the organization's, and read what that exports.",
    requirements=("W3", "T4"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("AC-6", "AU-9(4)"),
        "iso-27001-2022-annex-a": ("A.5.3", "A.8.22"),
        "ncsc-cloud-principles": ("3",),
        "csa-ccm-4": ("IVS-06", "LOG-04"),
    },
    types=(*_WHOLE_ACCOUNT, *_ORGANIZATION),
    judge=left_to_environments(_WHOLE_ACCOUNT, _ORGANIZATION),
    admits_exceptions=False,
)

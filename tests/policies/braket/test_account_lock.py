from __future__ import annotations

import json

from policy_packs.controls.braket.account_lock import CONTROL
from tests.policies.support import ACCOUNT, REGION, UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL)


def provider(**props: object) -> Res:
    return Res(
        "pulumi:providers:aws", {"region": REGION, "allowedAccountIds": json.dumps([ACCOUNT]), **props}
    )


CASES.passes("one account, as JSON", provider())
CASES.passes("one account, as a list", provider(allowedAccountIds=[ACCOUNT]))
CASES.passes("a check not skipped", provider(skipCredentialsValidation="false"))
CASES.fails("no account", Res("pulumi:providers:aws", {"region": REGION}), "it may work in other accounts")
CASES.fails("another account", provider(allowedAccountIds='["999999999999"]'), "other accounts")
CASES.fails("two accounts", provider(allowedAccountIds=[ACCOUNT, "999999999999"]), "other accounts")
CASES.fails("broken list", provider(allowedAccountIds='["1'), "other accounts")
CASES.fails(
    "own endpoint", provider(endpoints='[{"s3": "https://evil.example"}]'), "endpoints lets its requests go"
)
CASES.fails("unknown endpoint", provider(endpoints=UNKNOWN), "endpoints lets its requests go")
CASES.fails("another plugin", provider(pluginDownloadURL="https://evil.example"), "pluginDownloadURL")
CASES.fails("proxy", provider(httpsProxy="http://evil.example"), "httpsProxy")
CASES.fails("checks skipped", provider(skipCredentialsValidation=True), "skipCredentialsValidation")
CASES.fails("settings from a file", provider(sharedConfigFiles='["/tmp/c"]'), "sharedConfigFiles lets its")
CASES.fails(
    "tags overlooked", provider(ignoreTags='{"keys":["project"]}'), "ignoreTags is a setting that nobody"
)
CASES.passes("reviewed settings", provider(maxRetries="5", useFipsEndpoint="true", version="7.51.1"))
CASES.unknown("accounts unknown", provider(allowedAccountIds=UNKNOWN), "allowedAccountIds is unknown")


def test_case(case: Case) -> None:
    case.check()

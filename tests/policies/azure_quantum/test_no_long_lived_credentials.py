from __future__ import annotations

from policy_packs.controls.azure_quantum.no_long_lived_credentials import CONTROL
from tests.policies.azure_quantum.things import PROJECT, account, log, workspace
from tests.policies.support import UNKNOWN, Case, Cases, Res, secret

CASES = Cases(CONTROL, PROJECT)
PROVIDER = "pulumi:providers:azure-native"

CASES.passes("all off", [account(), workspace(), log()])
CASES.passes("a provider by federation", Res(PROVIDER, {"useOidc": True}))
CASES.fails(
    "a secret in the provider", Res(PROVIDER, {"clientSecret": secret("s")}), "clientSecret is written"
)
CASES.fails("a token in it", Res(PROVIDER, {"oidcToken": "t"}), "oidcToken is written")
CASES.fails("API keys on", workspace(properties={"apiKeyEnabled": True}), "API keys are not off")
CASES.fails("API keys left out", workspace(properties={"apiKeyEnabled": None}), "API keys are not off")
CASES.fails("shared keys", account(allowSharedKeyAccess=True), "shared keys are not off")
CASES.fails("shared keys left out", account(allowSharedKeyAccess=None), "shared keys are not off")
CASES.fails("local users", account(isLocalUserEnabled=True), "local users are not off")
CASES.fails("SFTP", account(isSftpEnabled=True), "isSftpEnabled opens it")
CASES.fails("a log's keys", log(features={"disableLocalAuth": False}), "its own keys are not off")
CASES.unknown("perhaps", workspace(properties={"apiKeyEnabled": UNKNOWN}), "apiKeyEnabled is unknown")
CASES.unknown("perhaps shared", account(allowSharedKeyAccess=UNKNOWN), "allowSharedKeyAccess is unknown")


def test_case(case: Case) -> None:
    case.check()

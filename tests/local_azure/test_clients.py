"""Azure's own clients against the local Azure: management, authorization, and login by federation."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError
from azure.identity import ClientAssertionCredential
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.quantum import AzureQuantumMgmtClient
from azure.mgmt.resource.resources import ResourceManagementClient

from rehearsal.local_azure.credential import LocalCredential
from rehearsal.local_azure.names import OWNER, TENANT
from tests.local_azure.arm import BLOB_CONTRIBUTOR, QUANTUM, READER, Arm

ISSUER = "https://token.actions.githubusercontent.com"
AUDIENCE = "api://AzureADTokenExchange"


def client(arm: Arm, kind: Any, principal: str = OWNER, **more: Any) -> Any:
    return kind(
        LocalCredential(arm.cloud, principal),
        arm.subscription.rpartition("/")[2],
        base_url=arm.cloud.endpoint,
        connection_verify=str(arm.cloud.ca_file),
        retry_total=0,
        **more,
    )


def test_the_resource_client(arm: Arm) -> None:
    resources = client(arm, ResourceManagementClient)
    group = resources.resource_groups.create_or_update("rg-catalyst", {"location": "westeurope"})
    assert (group.name, group.properties.provisioning_state) == ("rg-catalyst", "Succeeded")
    arm.account(group.id)
    assert [each.type for each in resources.resources.list_by_resource_group("rg-catalyst")] == [
        "Microsoft.Storage/storageAccounts"
    ]
    resources.resource_groups.begin_delete("rg-catalyst").result()
    assert not resources.resource_groups.check_existence("rg-catalyst")
    assert list(resources.resource_groups.list()) == []


def test_the_quantum_client(arm: Arm) -> None:
    quantum = client(arm, AzureQuantumMgmtClient)
    group = arm.group()
    account = arm.account(group)
    told = {
        "location": "westeurope",
        "identity": {"type": "SystemAssigned"},
        "properties": {
            "storageAccount": account,
            "apiKeyEnabled": False,
            "providers": [{"providerId": "ionq", "providerSku": "aqt-pay-as-you-go"}],
        },
    }
    made = quantum.workspaces.begin_create_or_update("rg-catalyst", "qw-catalyst", told).result()
    assert made.identity.principal_id
    assert made.properties.api_key_enabled is False
    assert made.properties.provisioning_state == "Succeeded"
    assert [each.name for each in quantum.workspaces.list_by_subscription()] == ["qw-catalyst"]
    assert quantum.workspace.list_keys("rg-catalyst", "qw-catalyst").primary_key is None
    assert "ionq" in [each.id for each in quantum.offerings.list("westeurope")]
    assert quantum.workspaces.update_tags("rg-catalyst", "qw-catalyst", {"tags": {"a": "b"}}).tags == {
        "a": "b"
    }
    quantum.workspaces.begin_delete("rg-catalyst", "qw-catalyst").result()
    with pytest.raises(HttpResponseError, match="ResourceNotFound"):
        quantum.workspaces.get("rg-catalyst", "qw-catalyst")


def test_the_authorization_client(arm: Arm) -> None:
    authorization = client(arm, AuthorizationManagementClient)
    group = arm.group()
    person = arm.person()
    role_id = f"{arm.subscription}/providers/Microsoft.Authorization/roleDefinitions/{READER}"
    told = {"role_definition_id": role_id, "principal_id": person, "principal_type": "User"}
    made = authorization.role_assignments.create(group, str(uuid.uuid4()), told)
    listed = authorization.role_assignments.list_for_scope(group, filter=f"principalId eq '{person}'")
    assert [each.id for each in listed] == [made.id]
    reader = client(arm, AuthorizationManagementClient, person)
    with pytest.raises(HttpResponseError, match="AuthorizationFailed"):
        reader.role_assignments.create(group, str(uuid.uuid4()), told)
    names = [
        each.role_name for each in authorization.role_definitions.list(group, filter="roleName eq 'Owner'")
    ]
    assert names == ["Owner"]
    rules = next(iter(authorization.role_management_policies.list_for_scope(group))).rules
    assert {"Expiration_EndUser_Assignment", "Approval_EndUser_Assignment"} <= {rule.id for rule in rules}
    gone = authorization.role_assignments.delete_by_id(made.id)
    assert gone.principal_id == person


def test_the_authorization_client_elevates(arm: Arm) -> None:
    group, person = arm.group(), arm.person()
    administrator = client(arm, AuthorizationManagementClient)
    role_id = f"{arm.subscription}/providers/Microsoft.Authorization/roleDefinitions/{READER}"
    told: dict[str, Any] = {
        "properties": {
            "roleDefinitionId": role_id,
            "principalId": person,
            "requestType": "AdminAssign",
            "scheduleInfo": {"expiration": {"type": "AfterDuration", "duration": "P30D"}},
        }
    }
    requests = administrator.role_eligibility_schedule_requests
    requests.create(group, str(uuid.uuid4()), requests.models.RoleEligibilityScheduleRequest.from_dict(told))
    own = client(arm, AuthorizationManagementClient, person)
    eligible = list(own.role_eligibility_schedules.list_for_scope(group, filter="asTarget()"))
    assert [each.principal_id for each in eligible] == [person]
    told["properties"] |= {"requestType": "SelfActivate", "justification": "incident 7"}
    told["properties"]["scheduleInfo"] = {"expiration": {"type": "AfterDuration", "duration": "PT1H"}}
    requests = own.role_assignment_schedule_requests
    made = requests.create(
        group, str(uuid.uuid4()), requests.models.RoleAssignmentScheduleRequest.from_dict(told)
    )
    assert (made.status, made.linked_role_eligibility_schedule_id) == ("Provisioned", eligible[0].id)
    assert arm.as_(person).get(group)["name"] == "rg-catalyst"
    active = administrator.role_assignment_schedule_instances.list_for_scope(group)
    assert [each.assignment_type for each in active] == ["Activated"]


def pipeline(
    arm: Arm, identity: dict[str, Any], subject: str, audience: str = AUDIENCE, issuer: str = ISSUER
) -> Any:
    """azure-identity as a pipeline uses it, with the token that its CI system gives."""

    def assertion() -> str:
        told = {"issuer": issuer, "subject": subject, "audience": audience}
        return str(arm.cloud.control("assertion", told)["assertion"])

    return ClientAssertionCredential(
        TENANT,
        identity["properties"]["clientId"],
        assertion,
        authority=arm.cloud.endpoint,
        disable_instance_discovery=True,
        connection_verify=str(arm.cloud.ca_file),
    )


def test_a_pipeline_becomes_an_identity_only_as_its_credential_says(arm: Arm) -> None:
    group = arm.group()
    identity = arm.identity(group)
    subject = "repo:example-org/catalyst:environment:dev"
    credential = f"{identity['id']}/federatedIdentityCredentials/github"
    told = {"issuer": ISSUER, "subject": subject, "audiences": [AUDIENCE]}
    arm.put(credential, {"properties": told})
    arm.give(group, READER, identity["properties"]["principalId"], "ServicePrincipal")

    def reads(**more: str) -> bool:
        with pipeline(arm, identity, **{"subject": subject, **more}) as found:
            resources = ResourceManagementClient(
                found,
                arm.subscription.rpartition("/")[2],
                base_url=arm.cloud.endpoint,
                connection_verify=str(arm.cloud.ca_file),
                credential_scopes=["https://management.azure.com/.default"],
            )
            try:
                return bool(resources.resource_groups.get("rg-catalyst").id)
            except ClientAuthenticationError:
                return False

    assert reads()
    assert not reads(subject=subject.replace("dev", "prod"))
    assert not reads(subject=subject + "x")
    assert not reads(audience="api://other")
    assert not reads(issuer="https://token.actions.githubusercontent.com.evil.example")
    arm.delete(credential)
    assert not reads()


def test_an_assertion_that_nobody_signed_is_worth_nothing(arm: Arm) -> None:
    identity = arm.identity(arm.group())
    told = {
        "grant_type": "client_credentials",
        "client_id": identity["properties"]["clientId"],
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "scope": "https://management.azure.com/.default",
    }
    url = f"{arm.cloud.endpoint}/{TENANT}/oauth2/v2.0/token"
    # A token of the local Azure itself is no assertion of an outside issuer either.
    for assertion in ("", "a.b.c", arm.cloud.token()):
        reply = arm.session.post(url, {**told, "client_assertion": assertion}, verify=str(arm.cloud.ca_file))
        assert (reply.status_code, reply.json()["error"]) == (401, "invalid_client")


def test_at_most_twenty_credentials_each_of_its_own_subject(arm: Arm) -> None:
    at = arm.identity(arm.group())["id"] + "/federatedIdentityCredentials"

    def body(n: int, **more: Any) -> dict[str, Any]:
        return {
            "properties": {
                "issuer": ISSUER,
                "subject": f"repo:o/r:environment:{n}",
                "audiences": [AUDIENCE],
                **more,
            }
        }

    for n in range(20):
        arm.put(f"{at}/c-{n:02}", body(n))
    assert arm.refused("PUT", f"{at}/c-20", body(20)) == "400 TooManyFederatedIdentityCredentials"
    arm.delete(f"{at}/c-19")
    assert arm.refused("PUT", f"{at}/c-20", body(0)) == "409 FederatedIdentityCredentialConflict"
    assert arm.refused("PUT", f"{at}/c-20", body(20, subject="repo:o/*")) == "400 InvalidSubject"
    assert arm.refused("PUT", f"{at}/c-20", body(20, audiences=[])) == "400 InvalidAudiences"
    assert arm.refused("PUT", f"{at}/c-20", body(20, issuer="http://x")) == "400 InvalidIssuer"


def test_a_service_submits_as_its_identity_until_its_role_goes(arm: Arm) -> None:
    group = arm.group()
    identity = arm.identity(group)
    account = arm.account(group)
    work = arm.workspace(group, account)
    arm.give(account, BLOB_CONTRIBUTOR, work["identity"]["principalId"], "ServicePrincipal")
    role = arm.give(work["id"], QUANTUM, identity["properties"]["principalId"], "ServicePrincipal")
    arm.put(
        f"{identity['id']}/federatedIdentityCredentials/pipeline",
        {"properties": {"issuer": ISSUER, "subject": "s", "audiences": [AUDIENCE]}},
    )
    token = pipeline(arm, identity, "s").get_token("https://quantum.microsoft.com/.default").token
    url = f"{arm.cloud.endpoints['quantum']}{work['id']}/jobs?api-version=2026-01-15-preview"

    def status() -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return arm.session.get(url, headers=headers, verify=str(arm.cloud.ca_file)).status_code

    assert status() == 200
    arm.delete(role)
    # The token is still good; what it opens has gone.
    assert status() == 403
    arm_reply = arm.request("GET", group, headers={"Authorization": f"Bearer {token}"})
    assert arm_reply.json()["error"]["code"] == "InvalidAuthenticationTokenAudience"

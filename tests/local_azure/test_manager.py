"""What Resource Manager does whatever the type: ids, versions, bodies, operations, lists, preconditions."""

from __future__ import annotations

import uuid

import pytest

from rehearsal.local_azure.address import parse
from tests.local_azure.arm import Arm, unique

IDENTITY = "providers/Microsoft.ManagedIdentity/userAssignedIdentities"


@pytest.mark.parametrize(
    ("path", "scope", "type_", "names"),
    [
        (
            "/subscriptions/s/resourceGroups/g/providers/N.S/ts/n",
            "/subscriptions/s/resourceGroups/g",
            "N.S/ts",
            ("n",),
        ),
        ("/subscriptions/s/providers/N.S/ts", "/subscriptions/s", "N.S/ts", ()),
        (
            "/subscriptions/s/resourceGroups/g/providers/N.S/ts/n/us/m/providers/E.X/es/e",
            "/subscriptions/s/resourceGroups/g/providers/N.S/ts/n/us/m",
            "E.X/es",
            ("e",),
        ),
        ("/providers/N.S/ts/n", "", "N.S/ts", ("n",)),
    ],
)
def test_ids_are_read(path: str, scope: str, type_: str, names: tuple[str, ...]) -> None:
    found = parse(path)
    assert (found.scope, found.type, found.names) == (scope, type_, names)
    assert found.collection or found.id == path


def test_a_resource_comes_changes_and_goes(arm: Arm) -> None:
    group = arm.group()
    path = f"{group}/{IDENTITY}/id-a"
    made = arm.request("PUT", path, {"location": "West Europe", "tags": {"a": "1"}})
    assert made.status_code == 201
    assert made.json()["location"] == "westeurope"
    assert made.json()["type"] == "Microsoft.ManagedIdentity/userAssignedIdentities"
    again = arm.request("PUT", path, {"location": "westeurope", "tags": {"a": "2"}})
    assert again.status_code == 200
    assert again.json()["properties"] == made.json()["properties"]
    assert arm.request("PATCH", path, {"tags": {"b": "3"}}).json()["tags"] == {"b": "3"}
    upper = f"{group.upper()}/{IDENTITY.upper()}/ID-A".replace("/SUBSCRIPTIONS/", "/subscriptions/")
    assert arm.get(upper)["id"] == path
    assert arm.request("HEAD", path).status_code == 204
    arm.delete(path)
    assert arm.request("DELETE", path).status_code == 204
    assert arm.refused("GET", path) == "404 ResourceNotFound"


def test_what_is_refused_before_anything_is_looked_at(arm: Arm) -> None:
    group = arm.group()
    path = f"{group}/{IDENTITY}/id-a"
    url = arm.cloud.endpoint + path
    assert (
        arm.session.put(url, verify=str(arm.cloud.ca_file)).json()["error"]["code"]
        == "MissingApiVersionParameter"
    )
    assert arm.refused("PUT", url + "?api-version=2001-01-01", {}) == "400 NoRegisteredProviderFound"
    assert (
        arm.refused("GET", f"{group}/providers/Microsoft.Compute/virtualMachines/v")
        == "404 InvalidResourceNamespace"
    )
    assert (
        arm.refused("GET", f"{group}/providers/Microsoft.KeyVault/managedHSMs/v") == "404 InvalidResourceType"
    )
    assert arm.refused("GET", "/resourceGroups/g") == "404 MissingSubscription"
    assert arm.refused("GET", f"{arm.subscription}/colours/red") == "404 InvalidResourceType"
    assert arm.refused("PUT", path, {}) == "400 LocationRequired"
    assert arm.refused("PUT", path, {"location": "westeurope", "sku": {}}) == "400 InvalidRequestContent"
    assert (
        arm.refused("PUT", path, {"location": "westeurope", "properties": {"x": 1}})
        == "400 InvalidRequestContent"
    )
    assert arm.refused("PUT", path + "!", {"location": "westeurope"}) == "400 InvalidResourceName"
    nowhere = f"{arm.subscription}/resourceGroups/none/{IDENTITY}/id-a"
    assert arm.refused("PUT", nowhere, {"location": "westeurope"}) == "404 ResourceGroupNotFound"
    at_subscription = f"{arm.subscription}/{IDENTITY}/id-a"
    assert arm.refused("PUT", at_subscription, {"location": "westeurope"}) == "400 InvalidResourceScope"
    orphan = f"{path}/federatedIdentityCredentials/c"
    body = {"properties": {"issuer": "https://i", "subject": "s", "audiences": ["a"]}}
    assert arm.refused("PUT", orphan, body) == "404 ParentResourceNotFound"
    reply = arm.session.put(f"{url}?api-version=2023-01-31", data=b"{no json", verify=str(arm.cloud.ca_file))
    assert reply.json()["error"]["code"] == "InvalidRequestContent"


def test_a_location_stays(arm: Arm) -> None:
    group = arm.group()
    assert arm.refused("PUT", group, {"location": "northeurope"}) == "409 InvalidResourceLocation"


def test_tokens(arm: Arm) -> None:
    group = arm.group()
    for header in ("", "Basic x", "Bearer nonsense", arm.session.headers["Authorization"][:-4] + "AAAA"):
        reply = arm.request("GET", group, headers={"Authorization": header})
        assert reply.status_code == 401
        assert "WWW-Authenticate" in reply.headers
    for_storage = arm.cloud.token(audience="https://storage.azure.com")
    reply = arm.request("GET", group, headers={"Authorization": f"Bearer {for_storage}"})
    assert reply.json()["error"]["code"] == "InvalidAuthenticationTokenAudience"


def test_a_subscription_that_the_owner_never_named_does_not_exist(arm: Arm) -> None:
    someone = arm.as_(arm.person())
    assert (
        someone.refused("GET", f"/subscriptions/{uuid.uuid4()}/resourceGroups/g")
        == "404 SubscriptionNotFound"
    )
    assert arm.refused("GET", "/subscriptions/no-guid/resourceGroups/g") == "400 InvalidSubscriptionId"
    arm.group()
    assert arm.get(arm.subscription)["state"] == "Enabled"
    assert arm.subscription in [each["id"] for each in arm.get("/subscriptions")["value"]]


def test_what_takes_a_while_is_polled(arm: Arm) -> None:
    group = arm.group()
    arm.cloud.control("settings", {"operationSeconds": 3600})
    path = f"{group}/providers/Microsoft.OperationalInsights/workspaces/log-a"
    reply = arm.request("PUT", path, {"location": "westeurope", "properties": {}})
    assert reply.status_code == 201
    assert arm.get(path)["properties"]["provisioningState"] == "Creating"
    assert arm.get(reply.headers["Azure-AsyncOperation"])["status"] == "InProgress"
    assert (
        arm.refused("PUT", path, {"location": "westeurope", "properties": {}})
        == "409 AnotherOperationInProgress"
    )
    arm.cloud.control("settings", {"operationSeconds": 0})
    arm.follow(reply)
    assert arm.get(path)["properties"]["provisioningState"] == "Succeeded"


def test_deleting_a_group_deletes_its_content(arm: Arm) -> None:
    group = arm.group()
    identity = arm.identity(group)
    account = arm.account(group)
    arm.cloud.control("settings", {"operationSeconds": 3600})
    reply = arm.request("DELETE", group)
    assert reply.status_code == 202
    assert arm.get(group)["properties"]["provisioningState"] == "Deleting"
    late = f"{group}/{IDENTITY}/id-late"
    assert arm.refused("PUT", late, {"location": "westeurope"}) == "409 ResourceGroupBeingDeleted"
    arm.cloud.control("settings", {"operationSeconds": 0})
    arm.follow(reply)
    for path in (group, identity["id"], account, f"{account}/blobServices/default"):
        assert arm.refused("GET", path).startswith("404")
    arm.group()
    assert arm.get(f"{group}/resources")["value"] == []


def test_lists_come_in_pages(arm: Arm) -> None:
    arm.cloud.control("settings", {"page": 2})
    group = arm.group()
    names = [arm.identity(group, f"id-{n}")["name"] for n in range(5)]
    found: list[str] = []
    url: str | None = f"{group}/{IDENTITY}"
    pages = 0
    while url:
        page = arm.get(url)
        found += [each["name"] for each in page["value"]]
        url, pages = page.get("nextLink"), pages + 1
    assert (found, pages) == (names, 3)
    assert len(arm.get(f"{arm.subscription}/{IDENTITY}")["value"]) == 2


def test_etags_are_preconditions(arm: Arm) -> None:
    path = arm.identity(arm.group())["id"]
    tag = arm.request("GET", path).headers["ETag"]
    body = {"location": "westeurope"}
    assert arm.refused("PUT", path, body, headers={"If-Match": '"other"'}) == "412 PreconditionFailed"
    assert arm.refused("PUT", path, body, headers={"If-None-Match": "*"}) == "412 PreconditionFailed"
    assert arm.request("PUT", path, body, headers={"If-Match": tag}).status_code == 200
    assert arm.refused("DELETE", path, headers={"If-Match": tag}) == "412 PreconditionFailed"


def test_tags_of_a_scope(arm: Arm) -> None:
    group = arm.group()
    tags = f"{group}/providers/Microsoft.Resources/tags/default"
    arm.put(tags, {"properties": {"tags": {"a": "1", "b": "2"}}})
    patch = {"operation": "Merge", "properties": {"tags": {"b": "3", "qlz": "frozen"}}}
    assert arm.request("PATCH", tags, patch).json()["properties"]["tags"] == {
        "a": "1",
        "b": "3",
        "qlz": "frozen",
    }
    delete = {"operation": "Delete", "properties": {"tags": {"a": ""}}}
    arm.request("PATCH", tags, delete)
    assert arm.get(group)["tags"] == {"b": "3", "qlz": "frozen"}
    at_subscription = f"{arm.subscription}/providers/Microsoft.Resources/tags/default"
    arm.put(at_subscription, {"properties": {"tags": {"env": "dev"}}})
    assert arm.get(at_subscription)["properties"]["tags"] == {"env": "dev"}


def test_faults_are_made_when_asked_for_and_only_then(arm: Arm) -> None:
    group = arm.group()
    before = {
        "method": "PUT",
        "contains": "userAssignedIdentities",
        "status": 503,
        "code": "ServerBusy",
        "times": 1,
    }
    after = {**before, "contains": "id-b", "status": 500, "code": "Lost", "after": True}
    arm.cloud.control("faults", {"faults": [before, after]})
    body = {"location": "westeurope"}
    a, b = f"{group}/{IDENTITY}/id-a", f"{group}/{IDENTITY}/id-b"
    assert arm.refused("PUT", a, body) == "503 ServerBusy"
    assert arm.refused("GET", a) == "404 ResourceNotFound"
    assert arm.request("PUT", a, body).status_code == 201
    assert arm.refused("PUT", b, body) == "500 Lost"
    assert arm.get(b)["name"] == "id-b"


def test_what_is_under_way_can_fail_and_be_tried_again(arm: Arm) -> None:
    group = arm.group()
    path = f"{group}/providers/Microsoft.OperationalInsights/workspaces/log-a"
    late = {"contains": "", "status": 500, "code": "InternalError", "late": True}
    faults = [{**late, "method": "PUT", "contains": "log-a"}, {**late, "method": "DELETE", "contains": "rg-"}]
    arm.cloud.control("faults", {"faults": faults})
    body = {"location": "westeurope", "properties": {}}
    status = arm.request("PUT", path, body).headers["Azure-AsyncOperation"]
    arm.cloud.control("settings", {"operationSeconds": 0})
    assert arm.get(status)["error"]["code"] == "InternalError"
    assert arm.get(path)["properties"]["provisioningState"] == "Failed"
    assert arm.put(path, body)["properties"]["provisioningState"] == "Succeeded"
    location = arm.request("DELETE", group).headers["Location"]
    assert arm.refused("GET", location) == "409 InternalError"
    assert arm.get(path)["name"] == "log-a"
    arm.delete(group)


def test_names_that_are_unique_in_the_world(arm: Arm) -> None:
    group, other = arm.group(), arm.group("rg-other")
    name = unique("st")
    arm.account(group, name)
    body = {"location": "westeurope", "sku": {"name": "Standard_LRS"}, "kind": "StorageV2", "properties": {}}
    path = f"{other}/providers/Microsoft.Storage/storageAccounts/{name}"
    assert arm.refused("PUT", path, body) == "409 StorageAccountAlreadyTaken"

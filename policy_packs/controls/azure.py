"""What several controls over Azure resources read: type tokens, ids, references between resources.

Azure compares names and ids without regard to case; so does everything here. A rule over a whole stack reads
what the program wrote (`said`), since what Azure answers has other names, or comes only after a resource is
made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from policy_packs.controls.azure_facts import Azure
from policy_packs.controls.control import CannotDecide, Resource, Stack
from policy_packs.controls.stack_facts import StackFacts
from policy_packs.controls.value import Plain, Value

PREFIX: Final = "azure-native:"
PROVIDER: Final = "pulumi:providers:azure-native"
LOCK: Final = "azure-native:authorization:ManagementLockByScope"
ELIGIBILITY: Final = "azure-native:authorization:PimRoleEligibilitySchedule"
POLICY_ASSIGNMENT: Final = "azure-native:authorization:PolicyAssignment"
POLICY_DEFINITION: Final = "azure-native:authorization:PolicyDefinition"
ROLE_ASSIGNMENT: Final = "azure-native:authorization:RoleAssignment"
ROLE_DEFINITION: Final = "azure-native:authorization:RoleDefinition"
ROLE_RULES: Final = "azure-native:authorization:RoleManagementPolicy"
BUDGET: Final = "azure-native:consumption:Budget"
KEY: Final = "azure-native:keyvault:Key"
VAULT: Final = "azure-native:keyvault:Vault"
CREDENTIAL: Final = "azure-native:managedidentity:FederatedIdentityCredential"
IDENTITY: Final = "azure-native:managedidentity:UserAssignedIdentity"
ACTION_GROUP: Final = "azure-native:monitor:ActionGroup"
ACTIVITY_ALERT: Final = "azure-native:monitor:ActivityLogAlert"
DIAGNOSTICS: Final = "azure-native:monitor:DiagnosticSetting"
QUERY_ALERT: Final = "azure-native:monitor:ScheduledQueryRule"
LOG: Final = "azure-native:operationalinsights:Workspace"
WORKSPACE: Final = "azure-native:quantum:Workspace"
GROUP: Final = "azure-native:resources:ResourceGroup"
CONTAINER: Final = "azure-native:storage:BlobContainer"
IMMUTABILITY: Final = "azure-native:storage:BlobContainerImmutabilityPolicy"
BLOBS: Final = "azure-native:storage:BlobServiceProperties"
LIFECYCLE: Final = "azure-native:storage:ManagementPolicy"
STORAGE: Final = "azure-native:storage:StorageAccount"

FREEZE_MARK: Final = "qlz-frozen"
_KINDS: Final = {
    VAULT: ("microsoft.keyvault/vaults", "vaultName"),
    IDENTITY: ("microsoft.managedidentity/userassignedidentities", "resourceName"),
    LOG: ("microsoft.operationalinsights/workspaces", "workspaceName"),
    WORKSPACE: ("microsoft.quantum/workspaces", "workspaceName"),
    STORAGE: ("microsoft.storage/storageaccounts", "accountName"),
}


def need_azure(facts: StackFacts) -> Azure:
    """The facts of a stack on Azure; CannotDecide where the stack is none, or cannot be read."""
    found = facts.need().azure
    if found is None:
        raise CannotDecide("the stack file describes no stack on Azure")
    return found


def said(resource: Resource, key: str) -> Value:
    """A property as the program wrote it, in rules of both kinds."""
    return (resource.inputs or resource.props)[key]


def low(value: Value) -> str:
    """A known text in lower case, else empty."""
    return value.text().lower()


def arm_id(resource: Resource, azure: Azure) -> str:
    """A resource's id in lower case, from what the program says; empty where a part of it is unknown."""
    kind, key = _KINDS[resource.type]
    group, name = low(said(resource, "resourceGroupName")), low(said(resource, key))
    return f"{azure.scope}/resourcegroups/{group}/providers/{kind}/{name}".lower() if group and name else ""


def inside(scope: str, azure: Azure) -> bool:
    """Whether an id is one of the stack's own groups or something in it."""
    return any(f"{scope.lower()}/".startswith(f"{group}/") for group in azure.group_ids)


def role_of(resource: Resource) -> Value:
    return said(resource, "roleDefinitionId")


def guid_of(value: Value) -> str:
    """The GUID at the end of a role definition's id."""
    return low(value).rpartition("/")[2]


def who(stack: Stack, resource: Resource) -> str:
    """Whom an assignment is for: an object id, `identity:NAME` or `workspace:NAME`; empty where it cannot be
    told. A managed identity's object id is assigned by Azure: until then the reference decides, and after
    that the value, since a value can depend on one resource and be another's.
    """
    principal = said(resource, "principalId")
    if not principal.unknown:
        names = {name for name, found in _principals(stack) if found and found == low(principal)}
        return names.pop() if len(names) == 1 else low(principal)
    urns = {found.urn for found in stack.behind(resource, "principalId")}
    found = {_name(each) for each in stack.of_type(IDENTITY, WORKSPACE) if each.urn in urns}
    return found.pop() if len(found) == 1 else ""


def _name(resource: Resource) -> str:
    kind, key = ("identity", "resourceName") if resource.type == IDENTITY else ("workspace", "workspaceName")
    return f"{kind}:{low(said(resource, key))}"


def _principals(stack: Stack) -> Iterator[tuple[str, str]]:
    for each in stack.of_type(IDENTITY):
        yield _name(each), low(each["principalId"])
    for each in stack.of_type(WORKSPACE):
        yield _name(each), low(each["identity"]["principalId"])


def one_of(*wanted: Plain) -> Callable[[Plain], bool]:
    """For `expect`: whether a value is one of these."""
    return lambda found: found in wanted


def at_least(number: int) -> Callable[[Plain], bool]:
    """For `expect`: whether a value is a number, and this or more."""
    return lambda found: isinstance(found, int) and found >= number


def texts(value: Value) -> Iterator[str]:
    """Every known text in a value, however deep."""
    if value.text():
        yield value.text()
    for _, part in value.items():
        yield from texts(part)
    if not value.keys() and not value.text() and not value.unknown:
        for part in value:
            if part is not value:
                yield from texts(part)


def is_frozen(stack: Stack) -> bool:
    """Whether the stack's group carries the mark of a freeze; any value is one."""
    return any(
        key.lower() == FREEZE_MARK for group in stack.of_type(GROUP) for key, _ in said(group, "tags").items()
    )

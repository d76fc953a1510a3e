"""The freeze: a mark on the project's resource group, and what goes while it is there (L6, I7).

Locks do not freeze: ReadOnly on a workspace lets jobs run. What goes is what submitting needs: the data roles
of people, pipeline and service; the credentials of pipeline and service; the workspace's own roles on its
storage; who is eligible for more. Keys, logs, stores and the locks stay (L7).

The mark is the tag ``qlz-frozen``, set in the cloud by a responder. An ``up`` reads it before it makes
anything, builds the project without all that, and writes the same mark again, so that neither an ``up`` nor a
clean-up of tags thaws: only taking the tag away does. A group that does not exist yet is not frozen; any
other answer stops the run. A check or a preview without a cloud is told so (``AS_WRITTEN``) and judges the
file as written; an ``up`` always reads.

What goes, and when:

- at the responder's hand (``steps``): the tag is set; the data roles of people, pipeline, service and of the
  workspace on its storage; the credentials; the signed addresses; the jobs that still run. An elevation that
  is active goes with the data roles, as the assignment that it is, or ends with its time.
- at the project's next ``up``: what he has left of roles and credentials. Before that nothing of the program
  has changed, and a pipeline that is left in could go on.
- at the environment's next ``up``: who is eligible for elevation. Until then somebody can still ask, and the
  project's approvers could approve: bring both up.

Roles are gone everywhere after minutes only, up to half an hour by Microsoft's answers, and addresses of
storage that were signed before live on until the responder revokes the delegation keys.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.args import check_match
from components.azure_quantum.names import ProjectNames
from components.azure_quantum.permissions import DATA_ROLES, FROZEN_BUILT_IN
from components.azure_quantum.policy import BUILT_IN

MARK = "qlz-frozen"
AS_WRITTEN = "QLZ_FREEZE_AS_WRITTEN"
"""Environment variable that tells a preview that there is no cloud to read from; an up takes no notice."""
_MISSING = "ResourceGroupNotFound"
_VALUE = r"[^<>&'%?\\/\x00-\x1f]{1,256}"


@dataclass(frozen=True, slots=True)
class GroupState:
    """Whether a project's resource group is there, and the mark's value; empty when it is not frozen."""

    there: bool
    mark: str = ""


class FreezeError(Exception):
    """Whether the project is frozen could not be read; the text says what to do."""


def check_mark(argument: str, mark: str) -> None:
    """Refuses what Azure refuses as a tag's value."""
    if mark:
        check_match(argument, mark, _VALUE, "the tag's value: who froze it and when, at most 256 characters")


def steps(names: ProjectNames) -> tuple[str, ...]:
    """What a responder types, in this order; words in capitals are his to fill in."""
    group, scope = names.group, names.group_id
    takes = " ".join(
        (
            *(names.environment.role_guid(kind) for kind in DATA_ROLES),
            *(BUILT_IN[kind] for kind in FROZEN_BUILT_IN),
        )
    )
    credentials = (
        f"for name in $(az identity federated-credential list -g {group} --identity-name {{0}} "
        '--query "[].name" -o tsv); do az identity federated-credential delete --yes '
        f'-g {group} --identity-name {{0}} --name "$name"; done'
    )
    return (
        f'az tag update --resource-id {scope} --operation Merge --tags {MARK}="WHEN by WHO"',
        f"for role in {takes}; do az role assignment delete --yes --scope {scope} --role $role; done",
        *(credentials.format(names.identity(kind)) for kind in ("pipeline", "service")),
        f'az rest --method post --url "https://management.azure.com{names.account_id}'
        '/revokeUserDelegationKeys?api-version=2025-08-01"',
        f"az quantum job list -g {group} -w {names.label} -l {names.environment.location} "
        "--query \"[?status=='Waiting' || status=='Executing'].id\" -o tsv | xargs -r -n1 "
        f"az quantum job cancel -g {group} -w {names.label} -l {names.environment.location} -j",
        "bring the project's stack up, then the environment's: they take what is left, eligibility with it",
    )


async def read_mark(names: ProjectNames, provider: pulumi.ProviderResource) -> GroupState:
    """Reads the group. FreezeError when it cannot be told whether the project is frozen."""
    if pulumi.runtime.is_dry_run() and os.environ.get(AS_WRITTEN) == "1":
        return GroupState(there=True)
    try:
        group = await pulumi.runtime.invoke_async(
            "azure-native:resources:getResourceGroup",
            {"resourceGroupName": names.group},
            pulumi.InvokeOptions(provider=provider),
        )
    except Exception as error:
        if _MISSING in str(error):
            return GroupState(there=False)
        raise FreezeError(
            f"whether {names.label} is frozen could not be read from its resource group {names.group}: "
            f"{str(error).splitlines()[0][:300]}\n"
            "    fix: let the identity read the group, or bring Azure within reach (L6)"
        ) from error
    if group is None and pulumi.runtime.is_dry_run():
        return GroupState(there=True)  # the engine asks nobody while the provider is still to be made
    if not isinstance(group, Mapping):
        raise FreezeError(
            f"whether {names.label} is frozen could not be read: the answer about {names.group} is empty\n"
            "    fix: bring Azure within reach, and try again (L6)"
        )
    found = {key.lower(): value for key, value in (group.get("tags") or {}).items()}
    # An empty value is a mark all the same.
    return GroupState(there=True, mark=found[MARK] or "unnamed" if MARK in found else "")

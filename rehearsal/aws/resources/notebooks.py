"""aws.sagemaker notebook instances in the local cloud."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.aws.clients import Aws, aws_error
from rehearsal.aws.resources.base import (
    Handler,
    Wanted,
    camel,
    differs,
    exists,
    plain,
    tag_changes,
    tag_list,
    tag_map,
)
from rehearsal.provider.model.schema import Value, Values

_MADE_WITH = {
    "directInternetAccess": "DirectInternetAccess",
    "kmsKeyId": "KmsKeyId",
    "lifecycleConfigName": "LifecycleConfigName",
    "platformIdentifier": "PlatformIdentifier",
    "securityGroups": "SecurityGroupIds",
    "subnetId": "SubnetId",
}
_CHANGED = {
    "additionalCodeRepositories": "AdditionalCodeRepositories",
    "defaultCodeRepository": "DefaultCodeRepository",
    "instanceType": "InstanceType",
    "roleArn": "RoleArn",
    "rootAccess": "RootAccess",
    "volumeSize": "VolumeSizeInGB",
}
_METADATA = "instanceMetadataServiceConfiguration"
_TAKEN_AWAY = {
    "additionalCodeRepositories": "DisassociateAdditionalCodeRepositories",
    "defaultCodeRepository": "DisassociateDefaultCodeRepository",
    "lifecycleConfigName": "DisassociateLifecycleConfig",
}


class NotebookInstance(Handler):
    def create(self, aws: Aws, want: Wanted) -> str:
        _demand(aws, want)
        given = {theirs: want[ours] for ours, theirs in {**_MADE_WITH, **_CHANGED}.items() if want[ours]}
        aws.client("sagemaker").create_notebook_instance(
            NotebookInstanceName=want["name"],
            InstanceMetadataServiceConfiguration=camel(want[_METADATA], {}),
            Tags=tag_list(want["tagsAll"]),
            **given,
        )
        return str(want["name"])

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        if have is None:
            return
        changes: dict[str, Any] = {
            theirs: want[ours]
            for ours, theirs in {**_CHANGED, "lifecycleConfigName": "LifecycleConfigName"}.items()
            if want[ours] and differs(want, have, ours)
        }
        changes |= {flag: True for ours, flag in _TAKEN_AWAY.items() if have.get(ours) and not want[ours]}
        if differs(want, have, _METADATA):
            changes["InstanceMetadataServiceConfiguration"] = camel(want[_METADATA], {})
        sagemaker = aws.client("sagemaker")
        running = _instance(aws, id)["NotebookInstanceStatus"] == "InService"
        if changes:
            _demand(aws, want)
            if running:
                sagemaker.stop_notebook_instance(NotebookInstanceName=id)
                running = False
            sagemaker.update_notebook_instance(NotebookInstanceName=id, **changes)
        if not running:
            # Also when an update was cut off between the two.
            sagemaker.start_notebook_instance(NotebookInstanceName=id)
        _retag(aws, want, have)

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        found = _there(lambda: _instance(aws, id))
        if found is None:
            return None
        read = {**_MADE_WITH, **_CHANGED, "lifecycleConfigName": "NotebookInstanceLifecycleConfigName"}
        read["securityGroups"] = "SecurityGroups"
        return {
            **{ours: found.get(theirs) for ours, theirs in read.items()},
            "name": found["NotebookInstanceName"],
            _METADATA: plain(found["InstanceMetadataServiceConfiguration"], {}),
            "networkInterfaceId": found.get("NetworkInterfaceId", ""),
            "tagsAll": _tags(aws, found["NotebookInstanceArn"]),
            "url": found["Url"],
        }

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        found = _there(lambda: _instance(aws, id))
        if found is None:
            return
        if found["NotebookInstanceStatus"] == "InService":
            aws.client("sagemaker").stop_notebook_instance(NotebookInstanceName=id)
        aws.client("sagemaker").delete_notebook_instance(NotebookInstanceName=id)


_SCRIPTS = {"onCreate": "OnCreate", "onStart": "OnStart"}


class LifecycleConfiguration(Handler):
    def create(self, aws: Aws, want: Wanted) -> str:
        aws.client("sagemaker").create_notebook_instance_lifecycle_config(
            NotebookInstanceLifecycleConfigName=want["name"],
            Tags=tag_list(want["tagsAll"]),
            **_scripts(want),
        )
        return str(want["name"])

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        if have is None:
            return
        if differs(want, have, *_SCRIPTS):
            aws.client("sagemaker").update_notebook_instance_lifecycle_config(
                NotebookInstanceLifecycleConfigName=id, **_scripts(want)
            )
        _retag(aws, want, have)

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        sagemaker = aws.client("sagemaker")
        name = {"NotebookInstanceLifecycleConfigName": id}
        found = _there(lambda: sagemaker.describe_notebook_instance_lifecycle_config(**name))
        if found is None:
            return None
        scripts = {ours: found.get(theirs) or [] for ours, theirs in _SCRIPTS.items()}
        return {
            **{ours: hooks[0]["Content"] if hooks else "" for ours, hooks in scripts.items()},
            "name": found["NotebookInstanceLifecycleConfigName"],
            "tagsAll": _tags(aws, found["NotebookInstanceLifecycleConfigArn"]),
        }

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        if self.read(aws, id, state) is not None:
            aws.client("sagemaker").delete_notebook_instance_lifecycle_config(
                NotebookInstanceLifecycleConfigName=id
            )


def _scripts(want: Wanted) -> dict[str, list[dict[str, str]]]:
    return {theirs: [{"Content": want[ours]}] for ours, theirs in _SCRIPTS.items() if want[ours]}


def _demand(aws: Aws, want: Wanted) -> None:
    """What AWS looks at; the local cloud's notebooks know of no other service."""
    role = str(want["roleArn"])
    if not exists(lambda: aws.iam.get_role(RoleName=role.rpartition("/")[2])):
        message = f"Could not access the role {role}: it does not exist."
        raise aws_error("CreateNotebookInstance", "ValidationException", message)
    if want["subnetId"]:
        aws.ec2.describe_subnets(SubnetIds=[want["subnetId"]])
    if want["securityGroups"]:
        aws.ec2.describe_security_groups(GroupIds=want["securityGroups"])


def _instance(aws: Aws, id: str) -> dict[str, Any]:
    found: dict[str, Any] = aws.client("sagemaker").describe_notebook_instance(NotebookInstanceName=id)
    return found


def _there(look: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
    """What is not there is a ValidationException to SageMaker, told apart by its words."""
    try:
        return look()
    except ClientError as error:
        if error.response["Error"]["Message"] == "RecordNotFound":
            return None
        raise


def _tags(aws: Aws, arn: str) -> dict[str, str]:
    return tag_map(aws.client("sagemaker").list_tags(ResourceArn=arn)["Tags"])


def _retag(aws: Aws, want: Wanted, have: Values) -> None:
    changed, removed = tag_changes(want, have)
    if changed:
        aws.client("sagemaker").add_tags(ResourceArn=want["arn"], Tags=tag_list(changed))
    if removed:
        aws.client("sagemaker").delete_tags(ResourceArn=want["arn"], TagKeys=removed)

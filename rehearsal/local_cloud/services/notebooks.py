"""SageMaker's notebook instances (sagemaker/latest/APIReference): nothing runs in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from rehearsal.local_cloud.services.serving import Call, ServiceError

Home = tuple[str, str]
Store = dict[Home, dict[str, dict[str, Any]]]

_STOPPED_ONLY = "Stopped"
_KEPT = (
    "InstanceType",
    "RoleArn",
    "SubnetId",
    "KmsKeyId",
    "DefaultCodeRepository",
    "AdditionalCodeRepositories",
)


def _bad(message: str) -> ServiceError:
    return ServiceError("ValidationException", message)


class Notebooks:
    """Keeps the instances and lifecycle configurations of every account and region."""

    def __init__(self) -> None:
        self._instances: Store = defaultdict(dict)
        self._configurations: Store = defaultdict(dict)
        self._answers: dict[str, Callable[[Call], dict[str, Any]]] = {
            "CreateNotebookInstance": self._create,
            "DescribeNotebookInstance": self._describe,
            "UpdateNotebookInstance": self._update,
            "StartNotebookInstance": self._start,
            "StopNotebookInstance": self._stop,
            "DeleteNotebookInstance": self._delete,
            "ListNotebookInstances": self._list,
            "CreateNotebookInstanceLifecycleConfig": self._configure,
            "DescribeNotebookInstanceLifecycleConfig": lambda call: self._untagged(self._configuration(call)),
            "UpdateNotebookInstanceLifecycleConfig": self._reconfigure,
            "DeleteNotebookInstanceLifecycleConfig": self._unconfigure,
            "ListTags": lambda call: {"Tags": self._tagged(call)["Tags"]},
            "AddTags": self._tag,
            "DeleteTags": self._untag,
        }

    def answer(self, call: Call) -> dict[str, Any]:
        answer = self._answers.get(call.target)
        if answer is None:
            said = f"{call.target} is not played by the local cloud."
            raise ServiceError("UnknownOperationException", said)
        return answer(call)

    def _create(self, call: Call) -> dict[str, Any]:
        asked, instances = call.body, self._instances[call.home]
        name = asked["NotebookInstanceName"]
        arn = f"arn:aws:sagemaker:{call.region}:{call.account}:notebook-instance/{name}"
        if name in instances:
            raise _bad(f"Cannot create a duplicate Notebook Instance ({arn})")
        direct = asked.get("DirectInternetAccess", "Enabled")
        if direct == "Disabled" and not asked.get("SubnetId"):
            raise _bad("Direct internet access can only be disabled with a subnet.")
        self._demand_configuration(call, asked.get("LifecycleConfigName"))
        instances[name] = {
            "NotebookInstanceArn": arn,
            "NotebookInstanceName": name,
            "NotebookInstanceStatus": "InService",
            "Url": f"{name}.notebook.{call.region}.sagemaker.aws",
            "NetworkInterfaceId": f"eni-{sha256(arn.encode()).hexdigest()[:17]}"
            if asked.get("SubnetId")
            else None,
            "SecurityGroups": asked.get("SecurityGroupIds") or [],
            "NotebookInstanceLifecycleConfigName": asked.get("LifecycleConfigName"),
            "DirectInternetAccess": direct,
            "VolumeSizeInGB": asked.get("VolumeSizeInGB", 5),
            "RootAccess": asked.get("RootAccess", "Enabled"),
            "PlatformIdentifier": asked.get("PlatformIdentifier", "notebook-al2-v3"),
            "InstanceMetadataServiceConfiguration": asked.get("InstanceMetadataServiceConfiguration")
            or {"MinimumInstanceMetadataServiceVersion": "1"},
            "Tags": asked.get("Tags") or [],
            "CreationTime": datetime.now(UTC).timestamp(),
            **{name: asked.get(name) for name in _KEPT},
        }
        return {"NotebookInstanceArn": arn}

    def _describe(self, call: Call) -> dict[str, Any]:
        return self._untagged(self._instance(call))

    def _update(self, call: Call) -> dict[str, Any]:
        asked, found = call.body, self._demanded(call, _STOPPED_ONLY, "update")
        if asked.get("VolumeSizeInGB", found["VolumeSizeInGB"]) < found["VolumeSizeInGB"]:
            raise _bad("The volume of a notebook instance can only grow.")
        self._demand_configuration(call, asked.get("LifecycleConfigName"))
        for name in (
            "InstanceType",
            "RoleArn",
            "VolumeSizeInGB",
            "RootAccess",
            "PlatformIdentifier",
            "InstanceMetadataServiceConfiguration",
            "DefaultCodeRepository",
            "AdditionalCodeRepositories",
        ):
            if asked.get(name) is not None:
                found[name] = asked[name]
        if asked.get("LifecycleConfigName"):
            found["NotebookInstanceLifecycleConfigName"] = asked["LifecycleConfigName"]
        for flag, name in (
            ("DisassociateLifecycleConfig", "NotebookInstanceLifecycleConfigName"),
            ("DisassociateDefaultCodeRepository", "DefaultCodeRepository"),
            ("DisassociateAdditionalCodeRepositories", "AdditionalCodeRepositories"),
        ):
            if asked.get(flag):
                found[name] = None
        return {}

    def _start(self, call: Call) -> dict[str, Any]:
        self._demanded(call, _STOPPED_ONLY, "start")["NotebookInstanceStatus"] = "InService"
        return {}

    def _stop(self, call: Call) -> dict[str, Any]:
        self._demanded(call, "InService", "stop")["NotebookInstanceStatus"] = _STOPPED_ONLY
        return {}

    def _delete(self, call: Call) -> dict[str, Any]:
        found = self._demanded(call, _STOPPED_ONLY, "delete")
        del self._instances[call.home][found["NotebookInstanceName"]]
        return {}

    def _list(self, call: Call) -> dict[str, Any]:
        members = (
            "NotebookInstanceName",
            "NotebookInstanceArn",
            "NotebookInstanceStatus",
            "Url",
            "InstanceType",
            "CreationTime",
            "NotebookInstanceLifecycleConfigName",
        )
        every = self._instances[call.home].values()
        return {"NotebookInstances": [{name: one[name] for name in members} for one in every]}

    def _configure(self, call: Call) -> dict[str, Any]:
        name, configurations = call.body["NotebookInstanceLifecycleConfigName"], self._configurations
        arn = f"arn:aws:sagemaker:{call.region}:{call.account}:notebook-instance-lifecycle-config/{name}"
        if name in configurations[call.home]:
            raise _bad(f"Unable to create Notebook Instance Lifecycle Config {arn}. It exists already.")
        configurations[call.home][name] = {
            "NotebookInstanceLifecycleConfigArn": arn,
            "NotebookInstanceLifecycleConfigName": name,
            "OnCreate": call.body.get("OnCreate") or [],
            "OnStart": call.body.get("OnStart") or [],
            "Tags": call.body.get("Tags") or [],
        }
        return {"NotebookInstanceLifecycleConfigArn": arn}

    def _reconfigure(self, call: Call) -> dict[str, Any]:
        found = self._configuration(call)
        for name in ("OnCreate", "OnStart"):
            found[name] = call.body.get(name) or []
        return {}

    def _unconfigure(self, call: Call) -> dict[str, Any]:
        name = self._configuration(call)["NotebookInstanceLifecycleConfigName"]
        users = self._instances[call.home].values()
        if any(one["NotebookInstanceLifecycleConfigName"] == name for one in users):
            raise _bad(f"The lifecycle configuration {name} is in use by a notebook instance.")
        del self._configurations[call.home][name]
        return {}

    def _demand_configuration(self, call: Call, name: str | None) -> None:
        if name and name not in self._configurations[call.home]:
            raise _bad(f"Unable to describe Notebook Instance Lifecycle Config '{name}'.")

    def _instance(self, call: Call) -> dict[str, Any]:
        found = self._instances[call.home].get(call.body["NotebookInstanceName"])
        if found is None:
            raise _bad("RecordNotFound")
        return found

    def _configuration(self, call: Call) -> dict[str, Any]:
        found = self._configurations[call.home].get(call.body["NotebookInstanceLifecycleConfigName"])
        if found is None:
            raise _bad("RecordNotFound")
        return found

    def _demanded(self, call: Call, status: str, to_do: str) -> dict[str, Any]:
        found = self._instance(call)
        if found["NotebookInstanceStatus"] != status:
            is_now = found["NotebookInstanceStatus"]
            raise _bad(f"Status ({is_now}) not in ([{status}]). Unable to {to_do} the notebook instance.")
        return found

    def _untagged(self, found: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in found.items() if name != "Tags" and value is not None}

    def _tagged(self, call: Call) -> dict[str, Any]:
        arn = call.body["ResourceArn"]
        store = self._instances if ":notebook-instance/" in arn else self._configurations
        found = store[call.home].get(arn.rpartition("/")[2])
        if found is None:
            raise _bad(f"The resource {arn} does not exist.")
        return found

    def _tag(self, call: Call) -> dict[str, Any]:
        found = self._tagged(call)
        new = {tag["Key"] for tag in call.body["Tags"]}
        found["Tags"] = [tag for tag in found["Tags"] if tag["Key"] not in new] + call.body["Tags"]
        return {"Tags": found["Tags"]}

    def _untag(self, call: Call) -> dict[str, Any]:
        found = self._tagged(call)
        found["Tags"] = [tag for tag in found["Tags"] if tag["Key"] not in call.body["TagKeys"]]
        return {}


def new() -> Notebooks:
    return Notebooks()

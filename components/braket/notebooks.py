"""A notebook for a project's researchers, closed off (T2, I8, K2): only where the stack file asks for one.

In the environment's private network, without a way to the internet; its user is not root; its volume is under
the project's key; its role has the boundary, the locks and what researchers have, but may set no secrets. It
stops itself when nobody uses it, for it costs as long as it runs. Whoever sits at it acts by its one role, so
stricter tiers, where people submit by a grant with their name, have none (I4).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.args import check_match, check_range
from components.braket.boundary import ITSELF, USE
from components.braket.identity import RoleArgs
from components.braket.names import ProjectNames
from components.braket.notebook_rights import SAGEMAKER
from components.braket.policy import Statement, trust_service
from components.braket.private_lock import PrivateAccess

PLATFORM = "notebook-al2023-v1"
"""Amazon Linux 2023 with JupyterLab 4 (API reference, CreateNotebookInstance)."""
NOTEBOOK = "notebook"
GRANTS = ("submit", "results", "metadata", "logs")
"""What its role may, beside stopping itself."""
_STOP = """\
import datetime, json, ssl, subprocess, urllib.request

MINUTES, NAME, REGION = {minutes}, "{name}", "{region}"
own = ssl.create_default_context()
own.check_hostname, own.verify_mode = False, ssl.CERT_NONE  # its own certificate, on this machine


def told(what):
    with urllib.request.urlopen(f"https://localhost:8443/api/{{what}}", context=own, timeout=20) as answer:
        return json.load(answer)


now = datetime.datetime.now(datetime.timezone.utc)
since = [float(open("/proc/uptime").read().split()[0]) / 60]
try:
    kernels = told("kernels")
    for each in (*kernels, *told("terminals")):
        last = datetime.datetime.fromisoformat(each["last_activity"].replace("Z", "+00:00"))
        since.append((now - last).total_seconds() / 60)
    busy = any(each["execution_state"] == "busy" for each in kernels)
except (OSError, ValueError, KeyError):
    busy = False  # what cannot be told does not keep it running
if not busy and min(since) >= MINUTES:
    stop = ["aws", "sagemaker", "stop-notebook-instance"]
    subprocess.run([*stop, "--notebook-instance-name", NAME, "--region", REGION], check=True)
"""


@dataclass(frozen=True, slots=True)
class NotebookArgs:
    """A notebook. volume_gb: 5 to 16384. idle_minutes: after so many it stops itself."""

    instance_type: str = "ml.t3.medium"
    volume_gb: int = 5
    idle_minutes: int = 60

    def __post_init__(self) -> None:
        check_match(
            "NotebookArgs.instance_type",
            self.instance_type,
            r"ml\.[a-z0-9]+\.[a-z0-9]+",
            "a type such as ml.t3.medium",
        )
        check_range("NotebookArgs.volume_gb", self.volume_gb, 5, 16384, "gigabytes")
        check_range("NotebookArgs.idle_minutes", self.idle_minutes, 10, 720, "minutes")


def notebook_role(names: ProjectNames) -> RoleArgs:
    """The role that a notebook acts by."""
    return RoleArgs(
        kind=NOTEBOOK,
        name=names.role_name(NOTEBOOK),
        path=names.path,
        description="The project's notebook, for whoever sits at it",
        trust=trust_service("Notebook", SAGEMAKER),
        session_hours=1,
        grants=GRANTS,
    )


def use(names: ProjectNames) -> tuple[Statement, ...]:
    """What researchers do with it: start, open and stop it."""
    return (Statement("UseNotebook", "Allow", actions=(*USE, *ITSELF), resources=(names.notebook_arn,)),)


def itself(names: ProjectNames) -> tuple[Statement, ...]:
    """What it does with itself: stop."""
    return (Statement("StopItself", "Allow", actions=ITSELF, resources=(names.notebook_arn,)),)


def on_start(names: ProjectNames, minutes: int) -> str:
    """The script that has it stop itself, as SageMaker takes it: a shell script in base64."""
    look = _STOP.format(minutes=minutes, name=names.notebook, region=names.environment.region)
    place = "/usr/local/bin/qlz-stop-when-idle"
    script = (
        f"#!/bin/bash\nset -e\ncat > {place} <<'END'\n{look}END\n"
        f"echo '*/5 * * * * root /usr/bin/python3 {place}' > /etc/cron.d/qlz-stop-when-idle\n"
    )
    return base64.b64encode(script.encode()).decode()


def notebook(
    args: NotebookArgs,
    names: ProjectNames,
    access: PrivateAccess,
    key_arn: pulumi.Output[str],
    tags: Mapping[str, str],
    parent: pulumi.Resource,
    after: tuple[pulumi.Resource, ...],
) -> aws.sagemaker.NotebookInstance:
    """Makes it, after what its role is held by and what it may."""
    scripts = aws.sagemaker.NotebookInstanceLifecycleConfiguration(
        NOTEBOOK,
        name=names.notebook,
        on_start=on_start(names, args.idle_minutes),
        tags=tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    return aws.sagemaker.NotebookInstance(
        NOTEBOOK,
        name=names.notebook,
        instance_type=args.instance_type,
        volume_size=args.volume_gb,
        role_arn=names.role_arn(NOTEBOOK),
        subnet_id=access.subnet,
        security_groups=[access.group],
        direct_internet_access="Disabled",
        root_access="Disabled",
        platform_identifier=PLATFORM,
        kms_key_id=key_arn,
        lifecycle_config_name=scripts.name,
        instance_metadata_service_configuration={"minimum_instance_metadata_service_version": "2"},
        tags=tags,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=list(after)),
    )

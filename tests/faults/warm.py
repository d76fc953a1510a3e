"""Loaded ahead of the processes that are killed: what each would do for its first time."""

from __future__ import annotations

import functools

import botocore.loaders
import pytest  # noqa: F401 - the main module of the process that starts them

import tests.faults.azure_stacks  # noqa: F401 - for those on Azure
from rehearsal.aws.clients import Cloud
from tests.faults.stacks import GROUPS, config_of

SERVICES = (
    *("accessanalyzer", "budgets", "ce", "cloudcontrol", "cloudtrail", "cloudwatch", "ec2", "events", "iam"),
    *("kms", "logs", "organizations", "s3", "s3control", "secretsmanager", "sns"),
)


def warm_up() -> None:
    """Let boto3 read what it knows of the services, and the stack files be read."""
    load = functools.cache(botocore.loaders.JSONFileLoader.load_file)
    botocore.loaders.JSONFileLoader.load_file = load  # type: ignore[method-assign]
    cloud = Cloud("http://127.0.0.1:9", "111122223333")
    for service in SERVICES:
        cloud.client(service, "eu-west-2")
    for stack in (stack for group in GROUPS.values() for stack in group):
        config_of(stack)


warm_up()

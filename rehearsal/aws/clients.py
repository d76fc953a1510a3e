"""boto3 towards the local cloud: one account, any region, nothing from this machine's AWS settings."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

from rehearsal.aws.model.facts import Facts

Fault = Callable[[str, str, Mapping[str, Any]], Exception | None]
"""Looks at every call before it is made, (service, operation, parameters), and may return what it fails
with.
"""


def aws_error(operation: str, code: str, message: str) -> ClientError:
    """An error as AWS answers it: where the local cloud is more lenient than AWS, and for tests."""
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


class Cloud:
    """The local cloud as seen with the credentials of one account. Safe to share between threads."""

    def __init__(self, endpoint: str, account: str, fault: Fault | None = None) -> None:
        self._endpoint = endpoint
        self._account = account
        self._fault = fault
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, str], Any] = {}
        self._session = _session()

    def client(self, service: str, region: str) -> Any:
        """Return the boto3 client of a service in a region."""
        with self._lock:
            client = self._clients.get((service, region))
            if client is None:
                client = self._clients[service, region] = self._new_client(service, region)
            return client

    def _new_client(self, service: str, region: str) -> Any:
        client = self._session.client(
            service,  # type: ignore[call-overload]
            region_name=region,
            endpoint_url=self._endpoint,
            aws_access_key_id="AKIAREHEARSALONLY000",
            aws_secret_access_key="rehearsal-only",  # noqa: S106 - the local cloud checks no signature
            config=Config(
                proxies={},
                # Retries would only hide a fault, and wait.
                retries={"total_max_attempts": 1},
                connect_timeout=5,
                read_timeout=60,
                max_pool_connections=20,
                inject_host_prefix=False,
                use_dualstack_endpoint=False,
                use_fips_endpoint=False,
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                s3={"addressing_style": "path"},
            ),
        )
        client.meta.events.register("before-parameter-build", self._before_call)
        client.meta.events.register("before-call", self._address)
        return client

    def _before_call(self, params: Mapping[str, Any], model: Any, **_: Any) -> None:
        if self._fault is not None:
            error = self._fault(model.service_model.service_name, model.name, params)
            if error is not None:
                raise error

    def _address(self, params: dict[str, Any], **_: Any) -> None:
        params["headers"]["x-moto-account-id"] = self._account
        # s3control puts the account before the host's name, which is no name but an address.
        params["url"] = params["url"].replace(f"//{self._account}.", "//")


def _session() -> boto3.Session:
    inner = botocore.session.Session(
        session_vars={
            "profile": (None, None, None, None),
            "config_file": (None, None, os.devnull, None),
            "credentials_file": (None, None, os.devnull, None),
            "ca_bundle": (None, None, None, None),
        }
    )
    return boto3.Session(botocore_session=inner)


class Aws:
    """The clients one resource works with, in its region."""

    def __init__(self, cloud: Cloud, facts: Facts) -> None:
        self._cloud = cloud
        self.facts = facts

    def client(self, service: str, region: str | None = None) -> Any:
        return self._cloud.client(service, region or self.facts.region)

    @property
    def accessanalyzer(self) -> Any:
        return self.client("accessanalyzer")

    @property
    def budgets(self) -> Any:
        return self.client("budgets")

    @property
    def ce(self) -> Any:
        return self.client("ce")

    @property
    def cloudcontrol(self) -> Any:
        return self.client("cloudcontrol")

    @property
    def cloudtrail(self) -> Any:
        return self.client("cloudtrail")

    @property
    def cloudwatch(self) -> Any:
        return self.client("cloudwatch")

    @property
    def ec2(self) -> Any:
        return self.client("ec2")

    @property
    def events(self) -> Any:
        return self.client("events")

    @property
    def iam(self) -> Any:
        return self.client("iam")

    @property
    def kms(self) -> Any:
        return self.client("kms")

    @property
    def logs(self) -> Any:
        return self.client("logs")

    @property
    def organizations(self) -> Any:
        return self.client("organizations")

    @property
    def s3(self) -> Any:
        return self.client("s3")

    @property
    def s3control(self) -> Any:
        return self.client("s3control")

    @property
    def secretsmanager(self) -> Any:
        return self.client("secretsmanager")

    @property
    def sns(self) -> Any:
        return self.client("sns")

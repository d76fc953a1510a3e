from __future__ import annotations

from dataclasses import replace

from policy_packs.controls.aws import ENDPOINT, VPC
from policy_packs.controls.braket.network_present import CONTROL
from tests.policies.support import ENVIRONMENT, PROJECT, REGION, UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL, replace(ENVIRONMENT, also=("eu-north-1",)))
HOME = Res(VPC, {}, name="home")
AWAY = Res(VPC, {"region": "eu-north-1"}, name="away")


def endpoint(service: str, region: str = REGION) -> Res:
    return Res(ENDPOINT, {"serviceName": f"com.amazonaws.{region}.{service}"}, name=f"{service}-{region}")


SERVICES = ("braket", "kms", "logs", "s3", "secretsmanager", "sts")
ALL = (HOME, AWAY, *(endpoint(service) for service in SERVICES), endpoint("braket", "eu-north-1"))


def but(name: str) -> tuple[Res, ...]:
    return tuple(each for each in ALL if each.name != name)


CASES.passes("all of it", ALL)
CASES.passes("a project has none of its own", (), PROJECT)
CASES.passes("on its way out", (), replace(ENVIRONMENT, lifecycle="decommissioned"))
CASES.fails("no network", but("home"), "no private network in eu-west-2")
CASES.fails("none abroad", but("away"), "no private network in eu-north-1")
CASES.fails("no way to devices abroad", but("braket-eu-north-1"), "no endpoint for braket in eu-north-1")
for service in SERVICES:
    CASES.fails(
        f"no endpoint for {service}", but(f"{service}-{REGION}"), f"no endpoint for {service} in {REGION}"
    )
CASES.unknown("unknown", (*ALL, Res(ENDPOINT, {"serviceName": UNKNOWN}, name="x")), "serviceName is unknown")


def test_case(case: Case) -> None:
    case.check()

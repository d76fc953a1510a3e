"""Stack files that say other things than the project's own, each as its users may write it.

Each is a set of edits of the project's own files. A legal stack that a control refuses would teach people to
switch controls off, so that all of them are judged as the project's own are.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from tests.days import reviewed_today

Edit = Callable[[dict[str, Any]], None]
"""Changes what a stack file's qlz:spec, or a charter, says."""
_PARTS: Final = ("__main__.py", "Pulumi.yaml", "components", "stacks", "schemas")
_TODAY: Final = datetime.now(UTC).date()
NETWORK: Final = {"cidr": "10.60.0.0/20", "zones": ["a", "b", "c"], "flow_log_days": 90}
ISSUERS: Final = {
    "gitlab": "https://gitlab.example.org",
    "azure-devops": "https://vstoken.dev.azure.com/00112233-4455-6677-8899-aabbccddeeff",
}
PIPELINES: Final = {
    "gitlab": {"kind": "gitlab", "repository": "quantum/lab/work", "branch": "release/main"},
    "azure-devops": {
        "kind": "azure-devops",
        "repository": "example-org/Quantum Lab",
        "service_connection": "quantum work",
    },
}
PLACES: Final = ("plan", "environment_apply", "project_apply")


@dataclass(frozen=True)
class Legal:
    """What is changed, stack (or charter, as `charters/NAME`) to edit, and the stacks to judge, in order."""

    edits: Mapping[str, Edit]
    stacks: Sequence[str]


def write(legal: Legal, source: Path, root: Path) -> Path:
    """A copy of the project that says so."""
    for part in _PARTS:
        if (source / part).is_dir():
            shutil.copytree(source / part, root / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source / part, root / part)
    reviewed_today(root / "stacks")
    for name, edit in legal.edits.items():
        file = root / "stacks" / (f"{name}.yaml" if "/" in name else f"Pulumi.{name}.yaml")
        whole = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
        edit(whole if "/" in name else whole["config"]["qlz:spec"])
        file.write_text(json.dumps(whole, indent=2), encoding="utf-8")  # YAML with every text in quotes
    return root


def says(**words: Any) -> Edit:
    """Sets keys; None takes one away."""

    def edit(spec: dict[str, Any]) -> None:
        for key, value in words.items():
            if value is None:
                spec.pop(key, None)
            else:
                spec[key] = value

    return edit


def both(*edits: Edit) -> Edit:
    def edit(spec: dict[str, Any]) -> None:
        for each in edits:
            each(spec)

    return edit


def identity(**words: Any) -> Edit:
    return lambda spec: says(**words)(spec["identity"])


def issuer(kind: str) -> Edit:
    """One more CI system, from which the platform team's pipelines come where the environment names some."""

    def edit(spec: dict[str, Any]) -> None:
        mine = spec["identity"]
        audience = mine["oidc"][0]["audience"]
        if kind == "azure-devops":
            audience = ISSUERS[kind] if "aws" in spec else audience
        mine["oidc"].append({"kind": kind, "url": ISSUERS[kind], "audience": audience})
        if "ci" in mine:
            mine["ci"] = {
                "kind": kind,
                "repository": PIPELINES[kind]["repository"],
                **{each: f"{each.replace('_', '-')}-here" for each in PLACES},
            }

    return edit


def no_ci(spec: dict[str, Any]) -> None:
    for key in ("ci", "break_glass"):
        spec["identity"].pop(key, None)


def instant(hours: int) -> str:
    return f"{datetime.now(UTC) + timedelta(hours=hours):%Y-%m-%dT%H:00:00Z}"


def grants(*kinds: str) -> Edit:
    """One that counts now and one to come, of each kind, and one that is over."""

    def grant(what: str, start: int, who: str) -> dict[str, str]:
        return {
            "what": what,
            "requester": f"{who}@example.org",
            "approver": "grace@example.org",
            "reason": "The work of this week cannot be done without it.",
            "ticket": "QLZ-17",
            "start": instant(start),
            "end": instant(start + 4),
        }

    rows = [grant(what, start, who) for what in kinds for start, who in ((-1, "ada"), (30, "alan"))]
    return says(elevation=[*rows, grant(kinds[0], -60, "emmy")])


def day(days: int) -> str:
    return str(_TODAY + timedelta(days=days))


def first_of_month() -> str:
    return str(date(_TODAY.year, _TODAY.month, 1))


NOTEBOOKS: Final = {"instance_type": "ml.t3.large", "volume_gb": 20, "idle_minutes": 30}
EVERY_GRANT: Final = ("rotate-key", "change-quota", "production-queue")
OWN_KEY: Final = {"material": "own", "imported": day(-20), "rotate_by": day(340)}
EXISTING: Final = ["oidc-github", "braket-service-role", "access-analyzer", "idle-analyzer"]
GONE: Final = says(lifecycle="decommissioned")
AWS: Final = {
    "sandbox": ("sandbox", "optimus-sandbox"),
    "dev": ("dev", "optimus-dev"),
    "prod": ("prod-optimus", "optimus-prod"),
}
AZURE: Final = {
    "sandbox": ("azure-sandbox", "catalyst-sandbox"),
    "dev": ("azure-dev", "catalyst-dev"),
    "prod": ("azure-prod-catalyst", "catalyst-prod"),
}


def pair(stacks: Mapping[str, tuple[str, str]], level: str, environment: Edit, project: Edit) -> Legal:
    above, below = stacks[level]
    return Legal({above: environment, below: project}, (above, below))


def nothing(spec: dict[str, Any]) -> None:
    """As it is."""


def public(spec: dict[str, Any]) -> None:
    spec["classification"] = "public"
    spec["tiers"] = ["public-demo", *(each for each in spec["tiers"] if each != "public-demo")]


LEGAL: Final = {
    "aws: everything at once": pair(
        AWS,
        "dev",
        both(says(network=NETWORK), issuer("gitlab"), issuer("azure-devops")),
        both(
            says(notebooks=NOTEBOOKS, key=OWN_KEY, budget={"usd_per_month": "75", "alert_percent": [10, 90]}),
            says(pipeline=PIPELINES["azure-devops"]),
            grants(*EVERY_GRANT),
        ),
    ),
    "aws: a notebook, a pipeline of GitLab": pair(
        AWS,
        "sandbox",
        both(says(network={"cidr": "10.60.0.0/20"}), issuer("gitlab")),
        both(says(notebooks={}, pipeline=PIPELINES["gitlab"]), grants("production-queue")),
    ),
    "aws: no CI of the platform team, as little as possible": pair(
        AWS, "sandbox", no_ci, says(archive=None, budget=None, also=None)
    ),
    "aws: an environment nobody enters": Legal(
        {"sandbox": identity(saml=None)},
        ("sandbox",),
    ),
    "aws: people of another directory": pair(
        AWS,
        "sandbox",
        lambda spec: spec["identity"]["saml"].update(name="staff"),
        nothing,
    ),
    "aws: what is there already": pair(AWS, "dev", says(existing=EXISTING), grants("change-quota")),
    "aws: the first time, by bootstrap": pair(
        AWS, "dev", identity(bootstrap="arn:aws:iam::222233334444:role/Admin"), says(archive=None)
    ),
    "aws: a network, no notebook": pair(
        AWS, "dev", both(says(network=NETWORK), issuer("azure-devops")), says(key={"material": "aws"})
    ),
    "aws: a public demo": Legal(
        {
            "charters/optimus": public,
            "optimus-sandbox": both(says(tier="public-demo"), grants("rotate-key", "production-queue")),
        },
        ("sandbox", "optimus-sandbox"),
    ),
    "aws: production, own key imported, every grant": pair(
        AWS,
        "prod",
        both(says(existing=["braket-service-role"], network=NETWORK), issuer("gitlab")),
        both(says(key=OWN_KEY, pipeline=PIPELINES["gitlab"]), grants(*EVERY_GRANT)),
    ),
    "aws: production without archive and budget": pair(
        AWS, "prod", issuer("azure-devops"), says(archive=None, budget=None)
    ),
    "aws: taken away": pair(
        AWS, "dev", both(GONE, says(network=NETWORK)), both(GONE, says(notebooks=NOTEBOOKS))
    ),
    "aws: production taken away": pair(AWS, "prod", GONE, both(GONE, says(key=OWN_KEY))),
    "azure: a service, pipelines of GitLab, further locations": pair(
        AZURE,
        "dev",
        both(
            issuer("gitlab"), issuer("azure-devops"), lambda spec: spec["azure"].update(also=["northeurope"])
        ),
        both(
            says(
                service={
                    "issuer": "https://westeurope.oic.prod-aks.azure.com/tenant/cluster/",
                    "subject": "system:serviceaccount:catalyst:scheduler",
                },
                pipeline=PIPELINES["gitlab"],
                budget={"per_month": "300", "begins": first_of_month(), "alert_percent": [25]},
                elevation=None,
            ),
            lambda spec: spec["azure"].update(also=["northeurope"]),
        ),
    ),
    "azure: no CI of the platform team, as little as possible": pair(
        AZURE, "sandbox", no_ci, says(budget=None, elevation=None, service=None)
    ),
    "azure: pipelines of Azure DevOps, rights for a time": pair(
        AZURE,
        "sandbox",
        issuer("azure-devops"),
        says(
            pipeline=PIPELINES["azure-devops"],
            elevation={
                "until": day(300),
                "rules": {
                    "production_queue": "89bfae35-3d6b-5d74-9dcc-215e2523ec92",
                    "rotate_key": "a08da31a-6401-5b99-8d24-38288e9db581",
                },
            },
        ),
    ),
    "azure: a public demo": Legal(
        {"charters/catalyst": public, "catalyst-sandbox": says(tier="public-demo")},
        ("azure-sandbox", "catalyst-sandbox"),
    ),
    "azure: a second life": pair(AZURE, "dev", nothing, says(life=2, recover=True)),
    "azure: production, no rules yet, a service": pair(
        AZURE,
        "prod",
        issuer("gitlab"),
        says(
            elevation={"until": day(300), "rules": {}},
            service={
                "issuer": "https://oidc.example.org/cluster",
                "subject": "system:serviceaccount:catalyst:jobs",
            },
        ),
    ),
    "azure: production taken away": pair(AZURE, "prod", GONE, GONE),
    "azure: taken away": pair(AZURE, "dev", GONE, GONE),
}

"""Draws the architecture into docs/architecture.md, from what the example stacks really register.

``python -m scripts.architecture`` draws, ``--check`` says whether the drawing is still true. The programs run
against Pulumi's mocks: no engine, no cloud, no credentials.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime import mocks
from pulumi.runtime.settings import configure

from components import catalog
from components.azure_quantum.policy import BUILT_IN
from components.program import build
from components.spec import load_stack
from policy_packs.controls.registry import all_controls

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- drawn: {} -->", "<!-- /drawn -->"
STACKS = ("organization", "dev", "optimus-dev")
"""One of each kind, with everything that a kind can have but private endpoints."""
AZURE_STACKS = ("azure-dev", "catalyst-dev")
KINDS = ROOTS = ("organization", "environment", "project")
CLOUDS = {"aws": "braket", "azure-native": "azure_quantum"}
"""Provider to its folder of components."""
GROUP = "azure-native:resources:getResourceGroup"
SHARED = ("policy", "storage")
"""Files that other concerns make things by."""
ITSELF = {
    ("project", "project"): "roles, locks, grants",
    ("environment", "environment"): "the account itself",
}
"""What to call what a kind of stack makes in its own file."""
ACCOUNT_PARTS = re.compile(r"^arn:aws:[a-z0-9-]*:[a-z0-9-]*:[0-9]*:")


@dataclass(frozen=True)
class Made:
    """A registered resource: its kind (such as s3 Bucket), logical name, inputs, and the file it is of."""

    kind: str
    name: str
    concern: str
    inputs: Mapping[str, Any]


@dataclass
class Stack:
    """What one stack registers and exports."""

    name: str
    made: list[Made] = field(default_factory=list)
    exports: dict[str, Any] = field(default_factory=dict)

    def of(self, kind: str) -> Iterator[Made]:
        return (made for made in self.made if made.kind == kind)


def concern() -> str:
    """The concern file that is making a resource: the last one before the component itself."""
    found, frame = [], sys._getframe(1)
    folders = [ROOT / "components" / folder for folder in CLOUDS.values()]
    while frame is not None and frame.f_back is not None:
        path = Path(frame.f_code.co_filename)
        if path.parent in folders:
            found.append(path.stem)
        frame = frame.f_back
    inner = [name for name in found if name not in ROOTS and name not in SHARED]
    return inner[-1] if inner else found[-1]


class Record(mocks.Mocks):
    """Takes down what a program registers."""

    def __init__(self, stack: Stack, others: Mapping[str, Stack], concerns: Mapping[tuple[str, str], str]):
        self.stack, self.others, self.concerns = stack, others, concerns

    def call(self, args: mocks.MockCallArgs) -> Any:
        """Everything is there already, and nothing is frozen."""
        assert args.token == GROUP, f"components make no such calls: {args.token}"
        return {"name": args.args["resourceGroupName"], "id": "group", "location": "westeurope", "tags": {}}

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        if args.typ == "pulumi:pulumi:StackReference":
            name = str(args.resource_id)
            outputs = self.others[name.rpartition("/")[2]].exports
            return name, {"name": name, "outputs": outputs, "secretOutputNames": []}
        state = dict(args.inputs)
        if args.typ.split(":")[0] in CLOUDS:
            _, module, type_ = args.typ.split(":")
            self.stack.made.append(
                Made(f"{module.split('/')[0]} {type_}", args.name, self.concerns[args.typ, args.name], state)
            )
        told: dict[str, Any] = {"arn": f"arn:aws:mock:::{args.name}", "keyId": args.name}
        if args.typ == "azure-native:managedidentity:UserAssignedIdentity":
            told = {"principalId": args.name, "clientId": args.name}
        elif args.typ == "azure-native:quantum:Workspace":
            told = {"identity": {"type": "SystemAssigned", "principalId": "workspace"}}
        elif args.typ.startswith("azure-native:") and state.get("identity"):
            # Azure answers with a mapping where it takes a list.
            users: dict[str, Any] = {
                user: {} for user in state["identity"].get("userAssignedIdentities") or ()
            }
            told = {"identity": {**state["identity"], "userAssignedIdentities": users}}
        return f"{args.name}-id", {**state, **told}


def run(name: str, others: Mapping[str, Stack]) -> Stack:
    """Runs a stack's program and takes down what it makes."""
    loaded, stack = load_stack(ROOT, name), Stack(name)
    concerns: dict[tuple[str, str], str] = {}
    original = pulumi.CustomResource.__init__

    def noted(self: pulumi.CustomResource, t: str, resource: str, *args: Any, **more: Any) -> None:
        if t.split(":")[0] in CLOUDS:
            concerns[t, resource] = concern()
        original(self, t, resource, *args, **more)

    async def program() -> None:
        stack.exports.update(await build(loaded))

    configure(
        mocks.MockSettings(  # type: ignore[no-untyped-call]
            monitor=mocks.MockMonitor(Record(stack, others, concerns)),
            monitor_features=set(),
            engine=mocks.MockEngine(None),
            project="qlz",
            stack=name,
            dry_run=False,
            organization="organization",
            callbacks=None,
        )
    )
    pulumi.CustomResource.__init__ = noted  # type: ignore[method-assign,assignment]
    try:
        asyncio.run(pulumi.runtime.run_in_stack(program))
    finally:
        pulumi.CustomResource.__init__ = original  # type: ignore[method-assign]
    return stack


def the_way() -> Iterator[str]:
    """From a stack file to evidence."""
    devices, regions = len(catalog.devices()), len(catalog.regions())
    yield "flowchart LR"
    for key, text in (
        ("file", "stack file<br/>+ charter"),
        ("spec", "spec<br/>validated, with line numbers"),
        ("parts", "components<br/>one file per concern"),
        ("resources", "resources<br/>names and ARNs computed"),
        ("packs", f"policy packs<br/>{len(all_controls())} controls"),
        ("engine", "engine<br/>embedded or Pulumi CLI"),
        ("cloud", "cloud<br/>real, or played locally"),
        ("state", "state<br/>encrypted"),
        ("evidence", "evidence"),
    ):
        yield f'  {key}["{text}"]'
    yield "  file --> spec --> parts --> resources --> packs --> engine --> cloud --> state --> evidence"
    yield f'  catalogue[("catalogue<br/>{devices} devices, {regions} regions")] -.-> spec'
    yield "  catalogue -.-> packs"
    yield "  packs -. no: nothing is made .-> file"


def what_stacks_build(stacks: Mapping[str, Stack]) -> Iterator[str]:
    """Each kind of stack with its concern files, and how many resources each makes."""
    yield "flowchart TB"
    kinds = KINDS[-len(stacks) :]
    for kind, stack in zip(kinds, stacks.values(), strict=True):
        counted = Counter(made.concern for made in stack.made)
        example = "" if kind == stack.name else f", as {stack.name}"
        yield f'  subgraph {kind}["{kind}{example}: {len(stack.made)} resources"]'
        yield "    direction LR"
        for index, name in enumerate(sorted(counted, key=lambda name: (-counted[name], name))):
            label = ITSELF.get((kind, name), name.replace("_", " "))
            label = "resource group" if kind == name == "environment" and len(kinds) == 2 else label
            yield f'    {kind}{index}["{label} <b>{counted[name]}</b>"]'
        for row in rows(len(counted)):
            if len(row) > 1:
                yield "    " + " ~~~ ".join(f"{kind}{index}" for index in row)
        yield "  end"
    if "organization" in kinds:
        yield "  organization -- region lock above administrators --> environment"
        yield "  project -- reads its exports, carries its boundary --> environment"
    else:
        yield "  project -- stands under its policies, gives the roles it defines --> environment"


def rows(count: int, width: int = 4) -> Iterator[range]:
    """Indices in rows of so many."""
    return (range(start, min(start + width, count)) for start in range(0, count, width))


def who_may(stacks: Mapping[str, Stack]) -> Iterator[str]:
    """Each role, who takes it, and what is attached to it; locks and boundary stand beside all grants."""
    yield "flowchart LR"
    actors: dict[str, str] = {}
    for kind, stack in list(zip(KINDS, stacks.values(), strict=True))[1:]:
        yield f'  subgraph {kind}["{kind}"]'
        for role in sorted(stack.of("iam Role"), key=lambda made: made.name):
            grants = [
                made.name.removeprefix(f"{role.name}-")
                for made in stack.of("iam RolePolicyAttachment")
                if made.inputs["role"] == role.inputs["name"] and not made.name.endswith("-lock")
            ]
            grants += [made.inputs["name"] for made in stack.of("iam RolePolicy") if made.name == role.name]
            text = ", ".join(sorted(grants)) or "nothing, until a grant is approved"
            if kind == "environment" or len(grants) == 1:  # a policy of its own, named like the role
                text = role.inputs["description"]
            node = f"{kind}_{role.name}".replace("-", "_")
            yield f'    {node}["<b>{role.name}</b><br/>{text}"]'
            actors[node] = actor(role)
        yield "  end"
    for index, who in enumerate(sorted(set(actors.values()))):
        yield f'  who{index}(["{who}"])'
        yield from (f"  who{index} --> {node}" for node, taken in actors.items() if taken == who)


def actor(role: Made) -> str:
    """Who a role's trust lets in."""
    trust = str(role.inputs["assumeRolePolicy"])
    if ":saml-provider/" in trust:
        return "people<br/>by the identity provider"
    if ":oidc-provider/" in trust:
        return "pipelines<br/>by OIDC"
    service = re.search(r'"Service":"([a-z0-9]+)\.amazonaws\.com"', trust)
    return f"AWS: {service[1]}" if service else "a user of another account<br/>with MFA"


def who_may_on_azure(stacks: Mapping[str, Stack]) -> Iterator[str]:
    """Who has which role where, read off the assignments; what lets a store use its own key is left out."""
    environment = next(iter(stacks.values()))
    defined = {
        made.inputs["roleDefinitionId"]: made for made in environment.of("authorization RoleDefinition")
    }
    built_in = {guid: name for name, guid in BUILT_IN.items()}
    yield "flowchart LR"
    actors: dict[str, str] = {}
    for kind, stack in zip(KINDS[1:], stacks.values(), strict=True):
        given: dict[str, list[str]] = {}
        credentials = {str(made.name) for made in stack.of("managedidentity FederatedIdentityCredential")}
        for made in sorted(stack.of("authorization RoleAssignment"), key=lambda made: made.name):
            guid = str(made.inputs["roleDefinitionId"]).rpartition("/")[2]
            role = defined[guid].name if guid in defined else built_in[guid].replace("-", " ")
            who = made.name.removesuffix(f"-{role.replace(' ', '-')}")
            if role.endswith("encryption user"):
                continue
            given.setdefault(who, []).append(defined[guid].inputs["description"] if who == role else role)
            by_token = any(name.startswith(who) for name in credentials)
            people = {"Group": "people<br/>by a group of the tenant", "User": "the emergency account"}
            workload = "pipelines, services<br/>by OIDC" if by_token else "nobody, until one is declared"
            workload = "Azure Quantum" if who == "workspace" else workload
            workload = "the environment's alarms" if who.startswith("alarms-") else workload
            actors[f"{kind}_{who}".replace("-", "_")] = people.get(made.inputs["principalType"], workload)
        yield f'  subgraph {kind}["{kind}"]'
        for who, roles in sorted(given.items()):
            shown = who.replace("_", " ")
            yield f'    {kind}_{who.replace("-", "_")}["<b>{shown}</b><br/>{", ".join(sorted(roles))}"]'
        yield "  end"
    for index, actor in enumerate(sorted(set(actors.values()))):
        yield f'  who{index}(["{actor}"])'
        yield from (f"  who{index} --> {node}" for node, taken in actors.items() if taken == actor)
    for made in sorted(environment.of("authorization PimRoleEligibilitySchedule"), key=lambda m: m.name):
        yield f'  project_researchers -. may ask for .-> {made.name.replace("-", "_")}["{made.name}"]'


def where_data_goes(stacks: Mapping[str, Stack]) -> Iterator[str]:
    """What becomes of a task, its result and its traces, read off the resources' own inputs."""
    environment, project = list(stacks.values())[1:]
    stores: dict[str, str] = {}
    yield "flowchart LR"
    yield '  who(["people, pipelines"]) --> braket["Amazon Braket"]'
    yield '  braket --> qpu[/"QPU, at its operator"/]'
    for made in sorted((*environment.made, *project.made), key=lambda made: (made.kind, made.name)):
        text, name = f"{made.name}<br/>", made.inputs.get("bucket") or made.inputs.get("name") or ""
        if made.kind == "s3 Bucket":
            stores[str(name)] = f'bucket_{made.name}[("{text}bucket")]'
        elif made.kind == "cloudwatch LogGroup":
            stores[str(name)] = f'log_{made.name}[("{text}log")]'
        elif made.kind == "sns Topic":
            stores[str(name)] = f'topic(["{text}topic, to people"])'
    yield from (f"  {drawn}" for drawn in stores.values())
    node = {name: re.split(r"[\[(]", drawn, maxsplit=1)[0] for name, drawn in stores.items()}

    def at(value: Any) -> str:
        """The store that a name or ARN means."""
        plain = ACCOUNT_PARTS.sub("", str(value)).removeprefix("log-group:").removesuffix(":*")
        return node[plain]

    yield f"  braket -- results --> {at(project.exports['resultsBucket'])}"
    yield f"  braket -- output of jobs --> {at(environment.exports['jobsLogGroupName'])}"
    for made in project.of("s3 BucketReplicationConfig"):
        target = made.inputs["rules"][0]["destination"]["bucket"].rpartition(":")[2]
        yield f"  {at(made.inputs['bucket'])} -- S3 copies --> {at(target)}"
    for made in environment.of("cloudtrail Trail"):
        yield '  trail["audit trail<br/>every call, all regions"]'
        yield f"  braket -.-> trail --> {at(made.inputs['s3BucketName'])}"
        yield f"  trail --> {at(made.inputs['cloudWatchLogsGroupArn'])}"
    targets = [made for stack in (environment, project) for made in stack.of("cloudwatch EventTarget")]
    logs = Counter(at(made.inputs["arn"]) for made in targets if ":log-group:" in made.inputs["arn"])
    yield f'  events["event rules<br/>{sum(logs.values())} targets, named fields only"]'
    yield "  braket -. state changes .-> events"
    yield from (f"  events --> {store}" for store in sorted(logs))
    counted = environment.of("cloudwatch LogMetricFilter")
    filters = Counter(at(made.inputs["logGroupName"]) for made in counted)
    for store, count in filters.items():
        yield f"  {store} -- {count} alarms --> {at(environment.exports['alertTopicArn'])}"
    for made in project.of("budgets Budget"):
        yield '  budget["budget"]'
        yield f"  budget --> {at(made.inputs['notifications'][0]['subscriberSnsTopicArns'][0])}"


def registered(names: tuple[str, ...]) -> dict[str, Stack]:
    """What stacks of one cloud make, each with the exports of those before it."""
    stacks: dict[str, Stack] = {}
    for name in names:
        stacks[name] = run(name, stacks)
    return stacks


def drawn() -> dict[str, str]:
    """Each drawing by name, as Mermaid."""
    stacks, azure = registered(STACKS), registered(AZURE_STACKS)
    return {
        "way": "\n".join(the_way()),
        "stacks": "\n".join(what_stacks_build(stacks)),
        "azure": "\n".join(what_stacks_build(azure)),
        "azure-roles": "\n".join(who_may_on_azure(azure)),
        "data": "\n".join(where_data_goes(stacks)),
        "roles": "\n".join(who_may(stacks)),
    }


def page(text: str, drawings: Mapping[str, str]) -> str:
    """The page with its drawings drawn anew."""
    for name, drawing in drawings.items():
        begin = BEGIN.format(name)
        pattern = re.escape(begin) + r".*?" + re.escape(END)
        text, count = re.subn(pattern, "\0", text, flags=re.DOTALL)
        text = text.replace("\0", f"{begin}\n```mermaid\n{drawing}\n```\n{END}")
        if count != 1:
            raise SystemExit(f"{PAGE.name} has no place for the drawing {name}: {begin} … {END}")
    return text


def main() -> int:
    """Draw, or check."""
    parser = argparse.ArgumentParser(prog="python -m scripts.architecture", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say whether the drawings are true")
    checking = parser.parse_args().check
    before = PAGE.read_text(encoding="utf-8")
    after = page(before, drawn())
    if checking and before != after:
        sys.stderr.write("docs/architecture.md is out of date: run python -m scripts.architecture\n")
        return 1
    if not checking:
        PAGE.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

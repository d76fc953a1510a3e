"""Real analyzer processes over packs written for the purpose; the well-behaved one is started once."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from google.protobuf import json_format, struct_pb2

from rehearsal.engine.analyzers import AnalyzedResource, PolicyPackError, PolicyPacks, ProviderRef, Violation

SIGNATURE = "4dabf18193072939515e22adb298388d"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SECRET_TEXT = "hunter2-is-not-a-password"

HEAD = """
from pulumi_policy import *
"""
WELL_BEHAVED = (
    HEAD
    + """
def plain(args, report):
    if args.resource_type == "test:index:Bucket" and not args.props.get("encrypted"):
        report("no encryption")

def reader(args, report):
    if args.resource_type == "test:index:Key":
        args.props["arn"]

def rude(args, report):
    if args.resource_type == "test:index:Rude":
        raise ValueError("cannot read " + args.props["password"])

def echo(args, report):
    if args.resource_type == "test:index:Echo":
        report(f"password is {args.props['password']} at {args.props['list'][0]}")
    else:
        args.not_applicable("only for echoes")

def context(args, report):
    if args.resource_type == "test:index:Context":
        import os, pulumi
        o, p = args.opts, args.provider
        report("|".join(map(str, [
            args.props["ref"], args.props["component"], "__internal" in args.props,
            o.protect, o.ignore_changes, o.delete_before_replace,
            o.custom_timeouts.create_seconds, o.additional_secret_outputs, o.parent,
            p.name, p.props["region"], pulumi.get_project(), pulumi.get_stack(), pulumi.get_organization(),
            pulumi.runtime.is_dry_run(), pulumi.Config("proj").get("kind"),
            os.environ.get("AWS_SECRET_ACCESS_KEY"), os.getcwd().endswith("well"), args.get_config(),
        ])))

def stack(args, report):
    for r in args.resources:
        if r.resource_type == "test:index:Child":
            d = r.property_dependencies["key"][0].urn
            report(f"{r.parent.urn} {r.dependencies[0].urn} {d}", r.urn)
            report("nowhere", "urn:nowhere")

def unknown_stack(args, report):
    for r in args.resources:
        if r.resource_type == "test:index:Key":
            r.props["arn"]

M, A = EnforcementLevel.MANDATORY, EnforcementLevel.ADVISORY
schema = PolicyConfigSchema({"days": {"type": "integer", "default": 30}, "who": {"type": "string"}})
initial = {"context": {"enforcementLevel": M, "who": "me"}}
PolicyPack("well-behaved", enforcement_level=A, initial_config=initial, policies=[
    ResourceValidationPolicy("plain", "Buckets are encrypted.", plain, M, severity=Severity.HIGH,
                             remediation_steps="set encrypted"),
    ResourceValidationPolicy("reader", "Reads.", reader, M),
    ResourceValidationPolicy("reader-advice", "Reads, as advice.", reader),
    ResourceValidationPolicy("rude", "Throws.", rude, M),
    ResourceValidationPolicy("echo", "Echoes.", echo),
    ResourceValidationPolicy("context", "Context.", context, config_schema=schema),
    StackValidationPolicy("stack", "Graph.", stack, M),
    StackValidationPolicy("unknown-stack", "Stack reads.", unknown_stack, M),
])
"""
)


def write_pack(folder: Path, program: str, manifest: str = "runtime: python\nversion: 1.2.3\n") -> Path:
    folder.mkdir(parents=True)
    (folder / "PulumiPolicy.yaml").write_text(manifest)
    (folder / "__main__.py").write_text(dedent(program))
    return folder


def start(*packs: Path, root: Path = Path("/"), **options: float) -> PolicyPacks:
    return PolicyPacks.start(
        packs,
        root=root,
        project="proj",
        stack="dev",
        organization="organization",
        dry_run=True,
        config={"proj:kind": "environment"},
        on_log=lambda *_: None,
        **options,
    )


def resource(kind: str, properties: dict[str, object] | None = None, **rest: object) -> AnalyzedResource:
    struct = json_format.ParseDict(properties or {}, struct_pb2.Struct())
    urn = f"urn:pulumi:dev::proj::test:index:{kind}::x"
    return AnalyzedResource(urn, f"test:index:{kind}", "x", struct, **rest)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PolicyPacks]:
    root = tmp_path_factory.mktemp("packs")
    write_pack(root / "well", WELL_BEHAVED)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_SECRET_ACCESS_KEY", "never-given-on")
        patch.setenv("http_proxy", "http://127.0.0.1:1")
        patch.setenv("grpc_proxy", "http://127.0.0.1:1")
        with start(Path("well"), root=root) as packs:
            yield packs


def only(violations: tuple[Violation, ...]) -> Violation:
    assert len(violations) == 1, violations
    return violations[0]


def test_lists_what_the_pack_has(packs: PolicyPacks) -> None:
    plain, *_ = packs.policies
    assert (plain.pack, plain.version, plain.name) == ("well-behaved", "1.2.3", "plain")
    assert (plain.level, plain.kind, plain.severity) == ("mandatory", "resource", "high")
    assert {p.name: p.level for p in packs.policies}["reader-advice"] == "advisory"
    assert {p.name: p.level for p in packs.policies}["context"] == "mandatory"
    assert {p.name: p.kind for p in packs.policies}["stack"] == "stack"


def test_violation_and_pass(packs: PolicyPacks) -> None:
    assert packs.analyze(resource("Bucket", {"encrypted": True})) == ()
    violation = only(packs.analyze(resource("Bucket")))
    assert violation.mandatory
    assert not violation.undecided
    assert violation.urn == "urn:pulumi:dev::proj::test:index:Bucket::x"
    assert (violation.message, violation.description) == ("no encryption", "Buckets are encrypted.")
    assert violation.remediation_steps == "set encrypted"


def test_a_mandatory_policy_that_meets_an_unknown_blocks(packs: PolicyPacks) -> None:
    must, advice = packs.analyze(resource("Key", {"arn": UNKNOWN}))
    assert must.policy == "reader"
    assert must.undecided
    assert must.level == "mandatory"
    assert "can't be known during preview" in must.message
    assert (advice.policy, advice.level, advice.undecided) == ("reader-advice", "advisory", True)
    assert packs.analyze(resource("Key", {"arn": "arn:aws:kms"})) == ()


@pytest.mark.parametrize("secret", [True, False], ids=["secret", "plain"])
def test_output_values_reach_the_policy_as_what_they_stand_for(packs: PolicyPacks, secret: bool) -> None:
    output = {SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4", "secret": secret, "dependencies": ["urn:a"]}
    assert packs.analyze(resource("Key", {"arn": {**output, "value": "known"}})) == ()
    assert len(packs.analyze(resource("Key", {"arn": output}))) == 2


def test_stack_rules_block_on_unknowns_too(packs: PolicyPacks) -> None:
    violation = only(packs.analyze_stack([resource("Key", {"arn": UNKNOWN})]))
    assert (violation.policy, violation.level, violation.undecided) == ("unknown-stack", "mandatory", True)
    assert violation.urn == "urn:pulumi:dev::proj::pulumi:pulumi:Stack::proj-dev"


def test_stack_rules_see_the_graph(packs: PolicyPacks) -> None:
    parent, first, second = resource("Parent"), resource("First"), resource("Second")
    child = resource(
        "Child",
        parent=parent.urn,
        dependencies=(first.urn,),
        property_dependencies={"key": (second.urn,), "none": ()},
    )
    here, nowhere = packs.analyze_stack([parent, first, second, child])
    assert here.urn == child.urn
    assert here.message == f"{parent.urn} {first.urn} {second.urn}"
    assert nowhere.urn.endswith("pulumi:pulumi:Stack::proj-dev")


def test_options_provider_and_surroundings(packs: PolicyPacks) -> None:
    reference = {SIGNATURE: "5cf8f73096256a8f31e491e813e4eb8e", "urn": "urn:r"}
    provider = struct_pb2.Struct()
    provider.update({"region": "eu-west-2"})
    violation = only(
        packs.analyze(
            resource(
                "Context",
                {"ref": {**reference, "id": "the-id"}, "component": reference, "__internal": 1},
                protect=True,
                ignore_changes=("tags",),
                delete_before_replace=False,
                custom_timeouts=(60.0, 0.0, 0.0),
                additional_secret_outputs=("hidden",),
                parent="urn:parent",
                provider=ProviderRef("urn:p", "pulumi:providers:test", "main", provider),
            )
        )
    )
    assert violation.level == "mandatory"
    assert violation.message == (
        "the-id|urn:r|False|True|['tags']|False|60.0|['hidden']|urn:parent|main|eu-west-2|"
        "proj|dev|organization|True|environment|None|True|{'days': 30.0, 'who': 'me'}"
    )


def test_not_applicable_is_kept(packs: PolicyPacks) -> None:
    packs.analyze(resource("Other"))
    answer = packs.not_applicable[-1]
    assert (answer.policy, answer.reason) == ("echo", "only for echoes")
    assert answer.urn.endswith("Other::x")


def test_a_policy_that_throws_is_an_error_without_the_secret(packs: PolicyPacks) -> None:
    password = {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "value": SECRET_TEXT}
    with pytest.raises(PolicyPackError, match="cannot read") as failure:
        packs.analyze(resource("Rude", {"password": password}))
    assert failure.value.pack == "well-behaved"
    assert "Rude::x" in failure.value.problem
    assert SECRET_TEXT not in str(failure.value)


def test_a_policy_that_echoes_a_secret_is_masked(packs: PolicyPacks) -> None:
    wrapped = {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "value": [12345678.0]}
    password = {SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4", "secret": True, "value": SECRET_TEXT}
    violation = only(packs.analyze(resource("Echo", {"password": password, "list": wrapped})))
    assert violation.message == "password is [secret] at [secret]"


ONE_POLICY = '[ResourceValidationPolicy("p", "d", lambda a, r: None, EnforcementLevel.MANDATORY)]'


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("raise SystemExit(3)", "did not start.*code 3"),
        ('raise RuntimeError("broken import")', "did not start(.|\n)*broken import"),
        ('print("hello")\n' + HEAD + f'PolicyPack("p", {ONE_POLICY})', "printed 'hello'.*print nothing"),
        ("print(99999)", "printed '99999'"),
        (HEAD + 'PolicyPack("p", [])', "did not start(.|\n)*Missing policies"),
        ("pass", "did not start.*code 0"),
        (
            HEAD + 'PolicyPack("p", [ResourceValidationPolicy("fix", "d", remediate=lambda a: None, '
            "enforcement_level=EnforcementLevel.REMEDIATE)])",
            "would change resources .fix.*not supported",
        ),
        (
            HEAD + f'PolicyPack("p", {ONE_POLICY}, initial_config={{"p": {{}}}})',
            "would lower p from mandatory to advisory",
        ),
    ],
)
def test_a_pack_that_cannot_be_asked_is_an_error(tmp_path: Path, program: str, said: str) -> None:
    pack = write_pack(tmp_path / "pack", program)
    with pytest.raises(PolicyPackError, match=said):
        start(pack)


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        ("runtime: nodejs", "only Python packs"),
        ("[]", "not a mapping"),
        ("runtime: {name: python, options: {toolchain: poetry}}", "'poetry' is not supported"),
        ("runtime: {name: python, options: {virtualenv: gone}}", "virtual environment .*gone"),
        ("runtime: python\nmain: elsewhere", "`main` is not supported"),
        ("runtime: [", "cannot be read"),
    ],
)
def test_a_manifest_that_cannot_be_followed_is_an_error(tmp_path: Path, manifest: str, said: str) -> None:
    with pytest.raises(PolicyPackError, match=said):
        start(write_pack(tmp_path / "pack", "pass", manifest))


def test_an_unknown_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PolicyPackError, match="policy pack absent: there is no folder"):
        start(Path("absent"), root=tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(PolicyPackError, match=r"holds no PulumiPolicy\.yaml"):
        start(Path("empty"), root=tmp_path)


def test_uses_the_packs_own_virtual_environment(tmp_path: Path) -> None:
    python = tmp_path / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\necho "own interpreter" >&2\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    manifest = "runtime: {name: python, options: {toolchain: pip, virtualenv: ../venv}}"
    pack = write_pack(tmp_path / "pack", "raise SystemExit(1)", manifest)
    with pytest.raises(PolicyPackError, match="own interpreter"):
        start(pack)


SLOW = HEAD + dedent(
    """
    import os, threading

    def validate(args, report):
        if args.resource_type == "test:index:Die":
            os.write(2, b"last words")
            os._exit(7)
        threading.Event().wait()

    policies = [ResourceValidationPolicy("slow", "d", validate, EnforcementLevel.MANDATORY)]
    """
)


def test_a_pack_that_does_not_answer_or_dies_is_an_error(tmp_path: Path) -> None:
    pack = write_pack(tmp_path / "slow", SLOW + 'PolicyPack("slow", policies)')
    with start(pack, call_seconds=0.5) as packs:
        with pytest.raises(PolicyPackError, match="slow: took too long to judge"):
            packs.analyze(resource("Any"))
        with pytest.raises(PolicyPackError, match=r"code 7\)(.|\n)*last words"):
            packs.analyze(resource("Die"))
        with pytest.raises(PolicyPackError, match="failed to judge the stack"):
            packs.analyze_stack([])


def test_several_packs_answer_together(tmp_path: Path) -> None:
    body = 'PolicyPack("{0}", [ResourceValidationPolicy("p", "d", lambda a, r: r("{0}"))])'
    folders = [write_pack(tmp_path / name, HEAD + body.format(name)) for name in ("one", "two")]
    with start(*folders) as packs:
        assert [(v.pack, v.message) for v in packs.analyze(resource("Any"))] == [
            ("one", "one"),
            ("two", "two"),
        ]

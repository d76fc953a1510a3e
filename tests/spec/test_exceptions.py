"""An exception on record is one finding, for a time, approved by somebody else; all else is refused."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import jsonschema
import pytest

from components.spec.exceptions import FOLDER, read_exceptions
from components.spec.schema import FOLDER as SCHEMAS
from components.spec.schema import rendered
from components.spec.strict_yaml import read_yaml
from tests.spec.conftest import OPTIMUS, Copy
from tests.spec.exceptions import EXAMPLE, ROOT, changed, judged, said, write

TYPE = "aws:cloudwatch/logGroup:LogGroup"
URN = f"urn:pulumi:optimus-sandbox::qlz::qlz:braket:Project${TYPE}::simulation"


def test_the_example_is_right(project: Copy) -> None:
    file = write(project.root, EXAMPLE)
    (found,) = judged(project.root)
    assert found.problems == ()
    assert found.exception is not None
    assert (found.file, found.name, found.stack) == (file, "simulation-log", "optimus-sandbox")
    assert found.exception.type_and_name == (TYPE, "simulation")
    assert found.line("expires") == EXAMPLE.splitlines().index('expires: "2027-02-12"') + 1


def test_the_example_fits_its_schema() -> None:
    name = "exception.schema.json"
    assert (SCHEMAS / name).read_text(encoding="utf-8") == rendered()[name]
    schema, value = json.loads(rendered()[name]), read_yaml("example", EXAMPLE.encode()).value
    jsonschema.Draft7Validator.check_schema(schema)
    jsonschema.validate(value, schema)
    for wrong in ({"control": "*"}, {"surprise": "x"}, {"approved": 20261116}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(value | wrong, schema)


def test_none_on_record(project: Copy) -> None:
    assert judged(project.root) == ()
    (project.root / FOLDER / "README.md").unlink()
    (project.root / FOLDER).rmdir()
    assert judged(project.root) == ()


def test_those_of_the_project_itself_are_right() -> None:
    assert [problem for each in read_exceptions(ROOT) for problem in each.problems] == []


@pytest.mark.parametrize("resource", [URN, f"{TYPE}::a name::with colons", "stack"])
def test_a_resource_is_named_by_urn_or_type_and_name(project: Copy, resource: str) -> None:
    write(project.root, changed(resource=f'"{resource}"'))
    assert said(project.root) == []


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"control": "qlz-l1-*"}, "is not the id of a control"),
        ({"control": "[qlz-l1-log-retention, qlz-l5-trail]"}, "is a list, not text"),
        ({"stack": '"*"'}, "is not a stack's name"),
        ({"stack": "optimus-staging"}, "there is no stack optimus-staging"),
        ({"stack": "optimus-sandboks"}, "did you mean optimus-sandbox?"),
        ({"resource": f'"{TYPE}::*"'}, "holds a wildcard"),
        ({"resource": f'"{TYPE}::sim?lation"'}, "holds a wildcard"),
        ({"resource": "simulation"}, "names no resource"),
        ({"resource": f'"{TYPE}::"'}, "names no resource"),
        ({"resource": f"urn:pulumi:optimus-dev::qlz::{TYPE}::simulation"}, "is of stack optimus-dev"),
        ({"resource": f"urn:pulumi:optimus-sandbox::x::{TYPE}::simulation"}, "of project x"),
        ({"resource": "file::stacks/Pulumi.sandbox.yaml:0123456789abcdef"}, "does not go with control"),
        ({"owner": "somebody"}, "is not an e-mail"),
        ({"reason": "todo"}, "is a placeholder"),
        ({"approver": "Optimus-Team@Example.org"}, "somebody else approves"),
        ({"approver": "optimus-team+risk@example.org"}, "somebody else approves"),
        ({"owner": "ada@example.org", "approver": "OPTIMUS-TEAM@example.org"}, "answers for optimus-sandbox"),
        ({"owner": "ada@example.org", "approver": "optimus-team+x@example.org"}, "answers for"),
        ({"ticket": "tbd"}, "is a placeholder"),
        ({"ticket": None}, "add ticket"),
        ({"approved": "2026-11-16"}, "without quotes"),
        ({"approved": '"2026-11-23"'}, "2026-11-23 has not come yet"),
        ({"expires": '"2027-02-15"'}, 'is 91 days after approved\n    fix: "2027-02-14" or earlier'),
        ({"expires": '"2026-11-16"'}, "is not after approved"),
        ({"compensating_control": "a SHORTER reason", "reason": "A shorter reason"}, "says the reason again"),
    ],
)
def test_what_is_refused(project: Copy, fields: dict[str, str | None], says: str) -> None:
    file = write(project.root, changed(**fields))
    found = said(project.root)
    assert any(says in each for each in found), found
    assert all(each.startswith(f"{file}:") for each in found)
    assert [each.exception for each in judged(project.root)] == [None]


def test_all_that_is_wrong_is_said_at_once(project: Copy) -> None:
    write(project.root, changed(control="x", owner="y", ticket=None, approved="2026-11-16"))
    assert len(said(project.root)) == 4


def test_a_day_shorter_is_allowed(project: Copy) -> None:
    write(project.root, changed(expires='"2027-02-14"'))
    assert said(project.root) == []


@pytest.mark.parametrize("stack", ["optimus-prod", "prod-optimus", "organization"])
def test_regulated_tiers_and_what_stands_above_them_allow_thirty_days(stack: str, tmp_path: Path) -> None:
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    shutil.copytree(ROOT / "stacks", tmp_path / "stacks")
    write(tmp_path, changed(stack=stack))
    (found,) = said(tmp_path, stack)
    assert "is 88 days after approved" in found
    assert '"2026-12-16" or earlier' in found


def test_the_owner_of_an_environment_does_not_approve_for_it(project: Copy) -> None:
    owner = project.load("sandbox").stack.spec
    write(project.root, changed(stack="sandbox", approver=str(getattr(owner, "owner", ""))))
    (found,) = said(project.root, "sandbox")
    assert "answers for sandbox" in found


def test_an_expired_one_is_well_formed(project: Copy) -> None:
    write(project.root, EXAMPLE)
    last, after = date(2027, 2, 12), date(2027, 2, 13)
    assert [each.expired(last) for each in judged(project.root, today=last)] == [False]
    (found,) = judged(project.root, today=after)
    assert found.expired(after)
    assert found.problems == ()


def test_it_holds_in_its_own_stack_only(project: Copy) -> None:
    write(project.root, EXAMPLE)
    assert judged(project.root, "sandbox") == ()
    write(project.root, changed(ticket=None))
    assert judged(project.root, "sandbox") == ()
    assert len(said(project.root)) == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\x00",
        b"control: \xe9\n",
        b"control: [\n",
        b"- a list\n",
        b"# " + b"x" * 70_000,
        EXAMPLE.replace("stack: optimus-sandbox", "stack: optimus-gone").encode(),
        EXAMPLE.replace("stack: optimus-sandbox\n", "").encode(),
        EXAMPLE.replace("optimus-sandbox", "&a optimus-sandbox").replace("RISK-118", "*a").encode(),
    ],
)
def test_one_that_nobody_can_read_excepts_nothing_and_concerns_every_stack(
    project: Copy, data: bytes
) -> None:
    write(project.root, EXAMPLE)
    (project.root / FOLDER / "broken.yaml").write_bytes(data)
    for stack in ("optimus-sandbox", "sandbox"):
        broken = next((each for each in judged(project.root, stack) if each.name == "broken"), None)
        if broken is None:  # it says whose it is in spite of all
            assert b"&a optimus-sandbox" in data
            assert stack == "sandbox"
            continue
        assert broken.exception is None
        assert broken.problems


@pytest.mark.parametrize(
    "name", ["simulation.yml", "Simulation.YAML", "sub", "a_b.yaml", "note.txt", "x.yaml~"]
)
def test_a_file_of_another_name_concerns_every_stack(project: Copy, name: str) -> None:
    path = project.root / FOLDER / name
    if name == "sub":
        path.mkdir()
        (path / "simulation.yaml").write_text(EXAMPLE, encoding="utf-8")
    else:
        path.write_text(EXAMPLE, encoding="utf-8")
    assert any("is not the name of an exception's file" in each for each in said(project.root, "sandbox"))


def test_links_are_refused(project: Copy, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "x.yaml").write_text(EXAMPLE, encoding="utf-8")
    link = project.root / FOLDER / "linked.yaml"
    link.symlink_to(elsewhere / "x.yaml")
    assert any("is a link" in each for each in said(project.root, "sandbox"))
    link.unlink()
    (project.root / FOLDER / "README.md").unlink()
    (project.root / FOLDER).rmdir()
    (project.root / FOLDER).symlink_to(elsewhere)
    assert [each.exception for each in judged(project.root)] == [None]
    assert any("is a link" in each for each in said(project.root, "sandbox"))


@pytest.mark.parametrize("resource", [f"{TYPE}::simulation", URN])
def test_two_files_for_one_finding_except_nothing(project: Copy, resource: str) -> None:
    one, other = write(project.root, EXAMPLE), write(project.root, changed(resource=resource), "again")
    found = judged(project.root)
    assert [each.exception for each in found] == [None, None]
    assert {each.file: each.problems[0].message for each in found} == {
        one: f"is excepted by {other}, too",
        other: f"is excepted by {one}, too",
    }


def test_two_urns_of_one_name_are_two_resources(project: Copy) -> None:
    write(project.root, changed(resource=URN))
    write(project.root, changed(resource=URN.replace("Project$", "Other$")), "other")
    assert said(project.root) == []


def test_a_stack_that_cannot_be_read_excepts_nothing(project: Copy) -> None:
    write(project.root, EXAMPLE)
    project.edit(OPTIMUS, "tier: internal-research", "tier: secret")
    assert any("optimus-sandbox cannot be read" in each for each in said(project.root))


@pytest.mark.parametrize(
    ("resource", "says"),
    [
        ("file::docs/x.md:0123456789abcdef", ""),
        ("file::/etc/passwd:0123456789abcdef", "leads outside"),
        ("file::docs/../../x:0123456789abcdef", "leads outside"),
        ("file::docs/x.md", "names no resource"),
        ("file::docs/x.md:0123456789abcde", "names no resource"),
        ("file::docs/x.md:0123456789ABCDEF", "names no resource"),
        ("file::docs/x.md:12", "names a line"),
        ("stack", "does not go with"),
    ],
)
def test_of_a_check_by_file(project: Copy, resource: str, says: str) -> None:
    write(project.root, changed(control="qlz-file-k1-secret", stack="files", resource=resource))
    (found,) = read_exceptions(project.root)
    assert [says in str(problem) for problem in found.problems] == ([True] if says else [])
    if not says:
        assert found.exception is not None
        assert found.exception.path == ("docs/x.md", "0123456789abcdef")


def test_what_is_read_once_is_read_again_when_it_changes(project: Copy) -> None:
    write(project.root, EXAMPLE)
    first = read_exceptions(project.root)
    assert read_exceptions(project.root) is first
    write(project.root, changed(ticket="RISK-119"))
    (second,) = read_exceptions(project.root)
    assert second.exception is not None
    assert second.exception.ticket == "RISK-119"
    (project.root / OPTIMUS).unlink()
    (third,) = read_exceptions(project.root)
    assert third.stack == "", "nor is its stack there any more"

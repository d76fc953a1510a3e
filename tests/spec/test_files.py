"""Reads stay inside the project; what is missing is named together with what there is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from components.spec import SpecError, load_stack, stack_names
from tests.spec.conftest import CHARTER, OPTIMUS, ROOT, SANDBOX, Copy

METADATA = "config.qlz:spec.identity.saml.metadata_file"
XML = "stacks/identity/corporate-saml.xml"


def test_a_missing_stack_lists_those_that_exist(project: Copy) -> None:
    (problem,) = project.problems("sandbux")
    assert problem.file == "stacks/Pulumi.sandbux.yaml"
    assert problem.message == "there is no stack sandbux"
    names = sorted(path.name.split(".")[1] for path in (project.root / "stacks").glob("Pulumi.*.yaml"))
    assert problem.fix == f"did you mean sandbox? stacks: {', '.join(names)}"
    assert stack_names(project.root) == tuple(names)


@pytest.mark.parametrize(
    "name", ["", "../x", "a/b", "organization/qlz/sandbox", "-x", "A", "a\x1b[0m", "a" * 99]
)
def test_what_is_no_name_of_a_stack(project: Copy, name: str) -> None:
    (problem,) = project.problems(name)
    assert "is not a stack's name" in problem.message
    assert "\x1b" not in str(problem)


def test_no_stacks_at_all(tmp_path: Path) -> None:
    with pytest.raises(SpecError) as error:
        load_stack(tmp_path, "sandbox")
    assert {p.file for p in error.value.problems} == {"Pulumi.yaml", SANDBOX}


def test_a_project_file_that_the_cli_would_take_instead_is_refused(project: Copy) -> None:
    project.write("Pulumi.json", "{}")
    (problem,) = project.problems("sandbox")
    assert (problem.file, problem.message) == ("Pulumi.json", "goes before Pulumi.yaml")


def test_a_stack_file_that_leads_outside(project: Copy, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "x.yaml"
    outside.write_text((project.root / SANDBOX).read_text())
    (project.root / SANDBOX).unlink()
    (project.root / SANDBOX).symlink_to(outside)
    (problem,) = project.problems("sandbox")
    assert (problem.file, problem.message) == (SANDBOX, "leads outside the project")


def test_a_charter_that_leads_outside_the_stacks(project: Copy) -> None:
    project.write("elsewhere.yaml", (project.root / CHARTER).read_text())
    (project.root / CHARTER).unlink()
    (project.root / CHARTER).symlink_to(project.root / "elsewhere.yaml")
    (problem,) = project.problems("optimus-sandbox")
    assert (problem.file, problem.message) == (CHARTER, "leads outside the project")


def test_metadata_that_leads_outside(project: Copy, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "x.xml"
    outside.write_text((project.root / XML).read_text())
    (project.root / XML).unlink()
    (project.root / XML).symlink_to(outside)
    (problem,) = project.problems("sandbox")
    assert (problem.file, problem.key) == (SANDBOX, METADATA)
    assert problem.line == project.line(SANDBOX, "metadata_file")
    assert "leads outside" in problem.message


def test_links_within_the_stacks_are_followed(project: Copy) -> None:
    (project.root / XML).rename(project.root / "stacks/identity/real.xml")
    (project.root / XML).symlink_to("real.xml")
    assert project.load("sandbox").name == "sandbox"


@pytest.mark.parametrize(
    "path", ["../x.xml", "/etc/x.xml", "identity/../../x.xml", "identity//x.xml", "~/x.xml", "x.txt"]
)
def test_metadata_paths_that_are_refused(project: Copy, path: str) -> None:
    project.edit(SANDBOX, "identity/corporate-saml.xml", path)
    (problem,) = project.problems("sandbox")
    assert (problem.key, problem.line) == (METADATA, project.line(SANDBOX, "metadata_file"))
    assert "not a path below stacks/" in problem.message


@pytest.mark.parametrize("case", ["missing", "folder", "loop", "pipe", "long name"])
def test_metadata_that_cannot_be_read(project: Copy, case: str) -> None:
    path = project.root / XML
    path.unlink()
    if case == "folder":
        path.mkdir()
    elif case == "loop":
        path.symlink_to(path.name)
    elif case == "pipe":
        os.mkfifo(path)
    elif case == "long name":
        project.edit(SANDBOX, "identity/corporate-saml.xml", "x" * 300 + ".xml")
    (problem,) = project.problems("sandbox")
    assert (problem.file, problem.key) == (SANDBOX, METADATA)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("<a/>", "no metadata below 1000"),
        ("x" * 2_000_001, "too large"),
        ("<a>" + " " * 1000 + "</b>", "not well-formed XML"),
        ('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>' + " " * 1000, "document type"),
        ("<a>" + " " * 1000 + "</a>", "no EntityDescriptor"),
        ("<a>" * 100 + "</a>" * 100 + " " * 1000, "too deeply"),
    ],
)
def test_metadata_that_is_none(project: Copy, content: str, says: str) -> None:
    project.write(XML, content)
    (problem,) = project.problems("sandbox")
    assert (problem.key, problem.line) == (METADATA, project.line(SANDBOX, "metadata_file"))
    assert says in problem.message


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("md:IDPSSODescriptor", "md:SPSSODescriptor", "no IDPSSODescriptor"),
        ("md:EntityDescriptor", "md:EntitiesDescriptor", "no EntityDescriptor at its root"),
        ("md:SingleSignOnService", "md:SingleLogoutService", "no SingleSignOnService"),
        ("ds:X509Certificate", "ds:KeyName", "no signing certificate"),
        ('encoding="UTF-8"', 'encoding="nonsense"', ""),
    ],
)
def test_metadata_that_lacks_something(project: Copy, old: str, new: str, says: str) -> None:
    text = (project.root / XML).read_text()
    project.write(XML, text.replace(old, new))
    if not says:
        # The file was decoded before; what it says of its own encoding changes nothing.
        assert project.load("sandbox").name == "sandbox"
        return
    (problem,) = project.problems("sandbox")
    assert says in problem.message


def test_metadata_in_another_encoding(project: Copy) -> None:
    text = (project.root / XML).read_text()
    (project.root / XML).write_bytes(text.encode("utf-16"))
    (problem,) = project.problems("sandbox")
    assert "not UTF-8" in problem.message


def test_pulumi_yaml_is_checked(project: Copy) -> None:
    project.edit("Pulumi.yaml", "name: qlz", "name: other")
    project.edit("Pulumi.yaml", "stackConfigDir: stacks", "stackConfigDir: elsewhere")
    found = project.problems("sandbox")
    assert [(p.file, p.line, p.key) for p in found] == [
        ("Pulumi.yaml", 1, "name"),
        ("Pulumi.yaml", project.line("Pulumi.yaml", "stackConfigDir"), "stackConfigDir"),
    ]


def test_the_keys_of_the_cli_are_permitted(project: Copy) -> None:
    text = (project.root / OPTIMUS).read_text()
    project.write(OPTIMUS, text + "encryptionsalt: v1:abc=:v1:def:ghi\nsecretsprovider: passphrase\n")
    assert "encryptionsalt" not in project.load("optimus-sandbox").config


def test_the_example_certificate_comes_without_its_key() -> None:
    text = (ROOT / XML).read_text()
    assert "BEGIN" not in text
    assert "example.org" in text

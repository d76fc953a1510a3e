"""Code that Python loads by itself, that nobody can read, or that stands in for another module."""

from __future__ import annotations

import pytest

from qlz.check.files.rules import UNSEEN
from tests.qlz.check.files.support import Repository


@pytest.mark.parametrize(
    "path",
    [
        "sitecustomize.py",
        "lib/usercustomize/__init__.py",
        "SiteCustomize.PY",
        "policy_packs/baseline/sitecustomize.py",
        "a.pth",
        "lib/__editable__.x.pth",
        "python311._pth",
        "x.egg-link",
        "evil-1.0.dist-info/entry_points.txt",
        "evil.egg-info/PKG-INFO",
        ".venv2/pyvenv.cfg",
        "components/__pycache__/program.cpython-311.pyc",
        "components/program.pyc",
        "components/program.cpython-311-x86_64-linux-gnu.so",
        "lib/x.so.1.2",
        "json.py",
        "typing/__init__.py",
        "pulumi/deep/x.py",
        "grpc.py",
        "yaml.py",
    ],
)
def test_code_that_runs_unseen(project: Repository, path: str) -> None:
    project.write(path, "print('hello')\n")
    assert project.told() == [(UNSEEN.id, path, 0, "mandatory")]
    base = project.git("rev-parse", "HEAD")
    assert project.told(base) == [(UNSEEN.id, path, 0, "mandatory")]
    project.write(".gitignore", "*\n")
    assert project.told() == []
    project.git("add", "--force", path)
    assert project.told() == [(UNSEEN.id, path, 0, "mandatory")]


@pytest.mark.parametrize(
    "path", ["components/json.py", "tests/conftest.py", "docs/yaml.md", "lib/site.py", "mine.py", "json.yaml"]
)
def test_code_with_a_name_of_its_own(project: Repository, path: str) -> None:
    project.write(path, "print('hello')\n")
    assert project.told() == []

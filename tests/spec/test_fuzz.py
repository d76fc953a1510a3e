"""Whatever stands in the files, the loader raises SpecError or nothing."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components.spec import SpecError, load_stack
from components.spec.strict_yaml import read_yaml
from tests.spec.conftest import CHARTER, OPTIMUS, ROOT, SANDBOX

FILES = (SANDBOX, OPTIMUS, CHARTER, "Pulumi.yaml", "stacks/identity/corporate-saml.xml")
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
PIECES = st.sampled_from(
    [
        *(
            "&a ",
            "*a",
            "!!int ",
            "<<: ",
            "? ",
            "- ",
            ": ",
            "{",
            "}",
            "[",
            "]",
            '"',
            "'",
            "|\n",
            ">-\n",
            "\n",
            "\t",
        ),
        *("---\n", "...\n", "%YAML 1.1\n", "\r", "\x00", "\ufeff", "\\", "#", "@", "`", "~", "null", "yes"),
        *("0123", "1e999", ".nan", "9" * 5000, "2027-02-29", "secure: x\n", "\U0001f600", "<x>", "&b;"),
        *(
            " ",
            "  ",
            "prod",
            "dev",
            "sandbox",
            "optimus",
            "-",
            "true",
            "[]",
            "{}",
            '""',
            "iqm/garnet",
            "unknown",
        ),
    ]
)


@pytest.fixture(scope="module")
def originals() -> dict[str, bytes]:
    return {file: (ROOT / file).read_bytes() for file in FILES}


def outcome(root: Path, stack: str) -> str:
    """What the terminal shows; any error but SpecError fails the test."""
    try:
        return load_stack(root, stack).name
    except SpecError as error:
        return str(error)


@st.composite
def mutations(draw: st.DrawFn) -> tuple[str, list[tuple[float, int, bytes]]]:
    """A file, and cuts: where (0 to 1), how many bytes go, what comes instead."""
    file = draw(st.sampled_from(FILES))
    new = st.one_of(PIECES.map(str.encode), st.binary(max_size=3), st.text(max_size=8).map(str.encode))
    cut = st.tuples(st.floats(0, 1), st.sampled_from([0, 0, 1, 2, 5, 20, 200]), new)
    return file, draw(st.lists(cut, min_size=1, max_size=4))


@QUICK
@given(mutation=mutations())
def test_broken_files(originals: dict[str, bytes], mutation: tuple[str, list[Any]]) -> None:
    file, cuts = mutation
    data = originals[file]
    for where, length, new in cuts:
        at = int(where * len(data))
        data = data[:at] + new + data[at + length :]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copy(ROOT / "Pulumi.yaml", root)
        shutil.copytree(ROOT / "stacks", root / "stacks")
        (root / file).write_bytes(data)
        for stack in ("sandbox", "optimus-sandbox"):
            said = outcome(root, stack)
            assert said.encode()
            assert "pydantic" not in said


words = st.one_of(
    st.text(max_size=12),
    st.integers(),
    st.booleans(),
    st.sampled_from(["GB", "prod", "2027-01-01", "a@b.org"]),
)
trees = st.recursive(
    words,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
)


@pytest.mark.parametrize(
    ("file", "stack"), [(SANDBOX, "sandbox"), (OPTIMUS, "optimus-sandbox"), (CHARTER, "optimus-sandbox")]
)
@settings(QUICK, max_examples=60)
@given(data=st.data())
def test_other_values(file: str, stack: str, data: st.DataObject) -> None:
    """Any value in the place of any other."""
    value = read_yaml(file, (ROOT / file).read_bytes()).value
    where = value
    while True:
        key = data.draw(st.sampled_from(list(where) if isinstance(where, dict) else list(range(len(where)))))
        if isinstance(where[key], dict | list) and where[key] and data.draw(st.booleans()):
            where = where[key]
        else:
            break
    where[key] = data.draw(trees)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copy(ROOT / "Pulumi.yaml", root)
        shutil.copytree(ROOT / "stacks", root / "stacks")
        # JSON is YAML.
        (root / file).write_text(json.dumps(value), encoding="utf-8")
        assert outcome(root, stack).encode()

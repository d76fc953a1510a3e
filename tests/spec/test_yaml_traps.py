"""What readers of YAML disagree on is refused, with the line to write instead."""

from __future__ import annotations

import pytest

from components.spec import SpecError
from components.spec.strict_yaml import MAX_BYTES, Document, read_yaml
from tests.spec.conftest import SANDBOX, Copy


def found(text: str | bytes) -> list[tuple[int, str, str]]:
    """Line, key and text of each problem, whether raised or noted."""
    data = text.encode() if isinstance(text, str) else text
    try:
        problems = tuple(read_yaml("x.yaml", data).problems)
    except SpecError as error:
        problems = error.problems
    return [(p.line, p.key, f"{p.message} | {p.fix}") for p in problems]


def read(text: str) -> Document:
    document = read_yaml("x.yaml", text.encode())
    assert document.problems == []
    return document


@pytest.mark.parametrize(
    ("text", "line", "key", "says"),
    [
        ("a: 1\nb: &x 2\n", 2, "b", "anchor (&x)"),
        ("a: 1\nb: *x\n", 2, "b", "alias (*x)"),
        ("a:\n  <<: {b: 1}\n", 2, "a.<<", "merge key"),
        ("a: 1\nb:\n  c: 1\n  c: 2\n", 4, "b.c", "twice (first in line 3)"),
        ("a: !!str 1\n", 1, "a", "tag"),
        ("a: !secret b\n", 1, "a", "tag"),
        ("a: !!str |\n  b\nc: !x |\n  d\n", 3, "c", "tag"),
        ("!!map\na: 1\n", 1, "", "tag"),
        ("%YAML 1.1\n---\na: 1\n", 2, "", "directive"),
        ("a: 1\n---\nb: 2\n", 2, "", "second document"),
        ("a:\n\tb: 1\n", 2, "", "tab"),
        ("1: a\n", 1, "1", 'in quotes: "1"'),
        ("true: a\n", 1, "true", "truth value"),
        ("no: a\n", 1, "no", "truth value"),
        ("2027-01-01: a\n", 1, "2027-01-01", "timestamp"),
        (": a\n", 1, "", "empty key"),
        ("? [a]\n: b\n", 1, "", "not plain text"),
        ("? {a: b}\n: c\n", 1, "", "not plain text"),
        ("a:\n  - b: yes\n", 2, "a[0].b", '- b: "yes"'),
        ("a: Off\n", 1, "a", 'a: "Off"'),
        ("a: TRUE\n", 1, "a", 'a: "TRUE"'),
        ("a: y\n", 1, "a", 'a: "y"'),
        ("a:\nb: 1\n", 1, "a", "give it a value"),
        ("a: ~\n", 1, "a", "no value"),
        ("a: Null\n", 1, "a", "no value"),
        ("a: 2027-02-01 # soon\n", 1, "a", 'write: a: "2027-02-01" # soon'),
        ("a: 2027-02-01T10:00:00Z\n", 1, "a", "timestamp"),
        ("a: 2027-02-01 10:00:00\n", 1, "a", "timestamp"),
        ("a: 012345670123\n", 1, "a", 'write: a: "012345670123"'),
        ("a: 0o17\n", 1, "a", '"0o17"'),
        ("a: 0x1f\n", 1, "a", '"0x1f"'),
        ("a: 1_000\n", 1, "a", '"1_000"'),
        ("a: 1:30\n", 1, "a", '"1:30"'),
        ("a: 1.5\n", 1, "a", '"1.5"'),
        ("a: 1e3\n", 1, "a", '"1e3"'),
        ("a: .inf\n", 1, "a", '".inf"'),
        ("a: +1\n", 1, "a", '"+1"'),
        ("a: -0\n", 1, "a", '"-0"'),
        ("a: 1234567890123456\n", 1, "a", '"1234567890123456"'),
        ('a: "b\\0c"\n', 1, "a", "U+0000"),
        ('a: "\\ud800"\n', 1, "a", "U+D800"),
        ("a: b\u202ec\n", 1, "", "U+202E"),
        ("a: b\u2028c\n", 1, "", "U+2028"),
        ("a: b\rc: d\n", 1, "", "U+000D"),
        ("a: b: c\n", 1, "", "in quotes"),
        ("a: [1, 2\nb: 3\n", 2, "", "not valid YAML"),
        ("a: 'b\n", 1, "", "not valid YAML"),
        ("a: 1\n b: 2\n", 2, "", "indentation"),
        ("a: @b\n", 1, "", "not valid YAML"),
        ("- a\n", 1, "", "not a mapping"),
        ("just text\n", 1, "", "not a mapping"),
        ("", 0, "", "is empty"),
        (" \n\n", 0, "", "is empty"),
        ("# nothing\n", 1, "", "not a mapping"),
        (b"\xef\xbb\xbfa: 1\n", 1, "", "byte order mark"),
        (b"\xff\xfea\x00", 1, "", "byte order mark"),
        (b"a: 1\nb: \xe9\n", 2, "", "UTF-8"),
        (b"a: " + b"x" * MAX_BYTES, 0, "", "at most"),
        ("a: " + "[" * 40 + "]" * 40, 1, "a[0][0]", "too deeply"),
    ],
)
def test_refused(text: str | bytes, line: int, key: str, says: str) -> None:
    matching = [(p[0], p[1]) for p in found(text) if says in p[2]]
    # A syntax error at the end of a text is reported where the text ends.
    assert matching, found(text)
    assert matching[0][1] == key
    assert matching[0][0] in ({1, 2} if "not valid" in says else {line})


def test_read() -> None:
    document = read(
        'a: text with # no comment\nb: "2027-01-01"\nc: [1, -2, 0]\nd: {e: true, f: false}\r\n'
        "g: >-\n  two\n  lines\n"
        "h: 'it''s'\ni: https://example.org/x\nj: sha1-abc\nk: ü\n"
    )
    assert document.value == {
        "a": "text with",
        "b": "2027-01-01",
        "c": [1, -2, 0],
        "d": {"e": True, "f": False},
        "g": "two lines",
        "h": "it's",
        "i": "https://example.org/x",
        "j": "sha1-abc",
        "k": "ü",
    }
    assert document.line(("c", 1)) == 3
    assert document.line(("d", "f")) == 4
    assert document.line(("g",)) == 5
    assert document.line(("d", "missing")) == 4


ACCOUNT = "config.qlz:spec.aws.account"


@pytest.mark.parametrize("number", ["111122223333", "012345670123", "089999999999"])
def test_an_account_without_quotes(project: Copy, number: str) -> None:
    project.edit(SANDBOX, '"111122223333"', number)
    (problem,) = project.problems("sandbox")
    assert (problem.file, problem.key) == (SANDBOX, ACCOUNT)
    assert problem.line == project.line(SANDBOX, "account:")
    assert f'account: "{number}" # quoted, or a leading zero is lost' in problem.fix


def test_a_date_without_quotes(project: Copy) -> None:
    project.edit(SANDBOX, '"2027-02-01"', "2027-02-01")
    (problem,) = project.problems("sandbox")
    assert (problem.file, problem.key) == (SANDBOX, "config.qlz:spec.next_review")
    assert problem.line == project.line(SANDBOX, "next_review:")
    assert problem.fix == 'write: next_review: "2027-02-01"'


def test_a_syntax_error_names_file_and_line(project: Copy) -> None:
    project.edit(SANDBOX, "    aws:", "   aws:")
    (problem,) = project.problems("sandbox")
    assert str(problem).startswith(f"{SANDBOX}:{project.line(SANDBOX, '   aws:')}: not valid YAML: ")


def test_duplicate_keys_in_a_stack_file(project: Copy) -> None:
    project.edit(SANDBOX, "    cost_centre: CC-1001", "    cost_centre: CC-1001\n    cost_centre: CC-1002")
    (problem,) = project.problems("sandbox")
    assert problem.line == project.line(SANDBOX, "CC-1002")
    assert problem.key == "config.qlz:spec.cost_centre"


def test_an_alias_in_a_stack_file(project: Copy) -> None:
    project.edit(SANDBOX, "account: ", "account: &id ")
    (problem,) = project.problems("sandbox")
    assert (problem.key, problem.line) == (ACCOUNT, project.line(SANDBOX, "&id"))

"""Words that come from programs, resources and clouds, made safe to show.

A resource's name may hold anything: an escape sequence that hides the line above, a line of its own that a
pipeline takes for a command, a character that reverses the reading. All of it is shown, none of it works.
"""

from __future__ import annotations

import re

from qlz.check.report import Finding, Level, Verdict

# Control characters but the newline, what XML does not take, line ends that are not "\n", marks of direction
# and characters of no width.
_UNSAFE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)


# What a pipeline's runner takes for a command: "::" where a line begins (GitHub), "##[" and "##vso[" wherever
# they stand (GitHub, Azure Pipelines).
_COMMAND = re.compile(r"^(?=\s*::)|(?<=#)(?=#\[|#vso\[)", re.MULTILINE | re.IGNORECASE)


def lines(text: str) -> str:
    """Safe text that may have several lines."""
    shown = _UNSAFE.sub(_shown, text.replace("\r\n", "\n").replace("\t", " "))
    return _COMMAND.sub(lambda _: "\\", shown)


def line(text: str) -> str:
    """Safe text on one line."""
    return lines(text).replace("\n", "\\n")


def _shown(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def subject(finding: Finding) -> str:
    """What a finding is about, as people say it: "s3 Bucket results"; the stack, or nothing for a file."""
    parts = finding.urn.split("::", 3)
    if len(parts) < 4:
        return line(finding.stack) if finding.stack and not finding.file else ""
    kind = parts[2].rpartition("$")[2]
    if kind == "pulumi:pulumi:Stack":
        return "the stack"
    module, _, name = kind.rpartition(":")
    area = module.partition(":")[2].partition("/")[0]
    return line(f"{area} {name} {parts[3]}".strip())


def message(finding: Finding) -> str:
    """What is wrong, with its subject where the message does not name it."""
    text = lines(finding.message).strip()
    named = finding.urn.rpartition("::")[2]
    about = subject(finding)
    return text if not about or text.startswith((line(named), about)) else f"{about}: {text}"


def at(finding: Finding) -> str:
    """Where: file and line."""
    where = line(finding.file)
    return f"{where}:{finding.line}" if where and finding.line else where


WORDS: dict[tuple[Level, Verdict], str] = {
    ("mandatory", "fail"): "violation",
    ("mandatory", "undecided"): "undecided",
    ("advisory", "fail"): "advice",
    ("advisory", "undecided"): "advice, undecided",
}
"""What a finding is called."""


def word(finding: Finding) -> str:
    """What a finding is called."""
    return WORDS[finding.level, finding.verdict]


def count(number: int, one: str, many: str = "") -> str:
    """`3 violations`, `1 violation`."""
    return f"{number} {one if number == 1 else many or one + 's'}"

"""What must hold of every template: each guard says what breaks it, so that it can be tried on a bad one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.pipelines.templates import Document, strings, values

_PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")
_SECRET = re.compile(r"\bsecrets\b|password|access_key|client_secret|AWS_SECRET|PULUMI_ACCESS_TOKEN", re.I)
_STRICT = "set -euo pipefail\n"
_SCRIPT_KEYS = ("run", "bash", "inlineScript", "script")


def unpinned(document: Document) -> Iterator[str]:
    """Actions by less than a commit, images by less than a digest."""
    for used in values(document, "uses"):
        if not _PINNED.fullmatch(used):
            yield f"uses {used}"
    for image in values(document, "image", "container"):
        if not re.search(
            r"@sha256:[0-9a-f]{64}$", image if isinstance(image, str) else image.get("name", "")
        ):
            yield f"image {image}"


def secrets(document: Document) -> Iterator[str]:
    """Stored secrets: OIDC alone lets a job in."""
    yield from (text for text in strings(document) if _SECRET.search(text))


def loose_shells(document: Document) -> Iterator[str]:
    """Steps that go on after a failure, and texts of an event that stand in a shell's program."""
    for script in values(document, *_SCRIPT_KEYS):
        for text in script if isinstance(script, list) else [script]:
            if not isinstance(text, str):
                continue  # `defaults.run` says which shell
            if not text.startswith(_STRICT):
                yield f"not strict: {text[:40]}"
            if "${{" in text or re.search(r"\$\((?!\w*[ <])[A-Z]\w*[.][\w.]+\)", text):
                yield f"an expression in a shell: {text[:40]}"


def lost_failures(document: Document) -> Iterator[str]:
    """Commands whose failure no shell sees, since what they print is a loop's or another command's words."""
    for script in values(document, *_SCRIPT_KEYS):
        for text in script if isinstance(script, list) else [script]:
            yield from lost_in(text) if isinstance(text, str) else ()


def lost_in(script: str) -> Iterator[str]:
    yield from re.findall(r"(?m)^\s*(?:for \w+ in|printf|echo|export)\b[^\n#]*\$\((?!\w+\.\w).*", script)


def github_wide(document: Document) -> Iterator[str]:
    """Permissions for a whole workflow, jobs without an end, runs that overtake one another."""
    if document.get("permissions") != {}:
        yield "the workflow has permissions"
    if "concurrency" not in document:
        yield "no concurrency"
    for name, job in document["jobs"].items():
        if not 0 < job.get("timeout-minutes", 0) <= 60:
            yield f"{name} has no timeout"
        if job.get("permissions") is None or "write-all" in strings(job["permissions"]):
            yield f"{name} does not say its permissions"


def github_untrusted(document: Document) -> Iterator[str]:
    """A pull request's jobs that hold anything; events that mix its code with rights."""
    events = document["on"]
    for event in ("pull_request_target", "issue_comment"):
        if event in events:
            yield f"runs on {event}"
    for name, job in document["jobs"].items():
        if "pull_request" in events:
            if job.get("permissions") != {"contents": "read"}:
                yield f"{name} has permissions on a pull request"
            if "environment" in job or "vars." in str(job):
                yield f"{name} reaches an environment or its variables"
        if "workflow_run" in events:
            if any("ref" in found for found in _checkouts(job)):
                yield f"{name} checks out something else than the protected branch"
            if "id-token" in job.get("permissions", {}):
                yield f"{name} may come in as an identity"


def _checkouts(job: Document) -> list[Document]:
    return [step.get("with", {}) for step in job["steps"] if "actions/checkout@" in step.get("uses", "")]


def github_identities(document: Document) -> Iterator[str]:
    """Tokens of an identity without an environment, or outside the protected branch."""
    jobs = document["jobs"]
    for name, job in jobs.items():
        if "id-token" not in job.get("permissions", {}):
            continue
        if "environment" not in job:
            yield f"{name} has no environment"
        if not _behind_protected(jobs, name):
            yield f"{name} runs on any branch"
        if "up " in str(job) and "concurrency" not in job and "concurrency" not in document:
            yield f"{name} may run beside another apply"


def _behind_protected(jobs: Document, name: str) -> bool:
    job = jobs[name]
    if job.get("if") == "github.ref_protected":
        return True
    needs = job.get("needs", [])
    return any(_behind_protected(jobs, need) for need in ([needs] if isinstance(needs, str) else needs))

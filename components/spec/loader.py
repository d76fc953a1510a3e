"""Reads a stack file with its charter, its environment and Pulumi.yaml, and finds all that is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeVar

from pydantic import BaseModel

from components.spec import saml
from components.spec.azure import AzureEnvironmentSpec, AzureProjectSpec
from components.spec.azure_rules import AzureParts, azure_environment_rules, azure_project_rules
from components.spec.charter import Charter
from components.spec.charter_rules import charter_rules
from components.spec.clouds import Cloud, cloud_of, cloud_problems
from components.spec.environment import EnvironmentSpec, Lifecycle
from components.spec.explain import validate
from components.spec.files import Files
from components.spec.loaded import LoadedStack, charter_file, stack_file
from components.spec.organization import OrganizationSpec
from components.spec.problems import Path as KeyPath
from components.spec.problems import Problem, SpecError, choices
from components.spec.project import ProjectSpec
from components.spec.project_rules import ProjectParts, project_rules
from components.spec.rules import SPEC, environment_rules, organization_rules
from components.spec.shape import NAMESPACE, secrets, shape
from components.spec.stacks import (
    ORGANIZATION,
    AnyEnvironment,
    AnyProject,
    AzureEnvironmentStack,
    AzureProjectStack,
    EnvironmentStack,
    OrganizationStack,
    ProjectStack,
    Stack,
)
from components.spec.strict_yaml import MAX_BYTES, Document, read_yaml
from components.spec.tiers import Level

PROJECT_FILE = "Pulumi.yaml"
KINDS = ("environment", "project", "organization")
_SpecT = TypeVar("_SpecT", bound=BaseModel)
_STACK_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def load_stack(root: Path, stack: str) -> LoadedStack:
    """Read a stack by name from the project at ``root``. Raises SpecError with everything that is wrong.

    What is wrong only because of the day is not raised: see ``LoadedStack.time_problems``.
    """
    return _Loader(root).load(stack)


def stack_names(root: Path) -> tuple[str, ...]:
    """The stacks that have a file, sorted."""
    return Files(root).stack_names()


def charter_problems(root: Path, name: str) -> tuple[Problem, ...]:
    """What is wrong with a charter by itself, also with one that no stack goes by."""
    loader = _Loader(root)
    loader.charter(name)
    return tuple(loader.problems)


_KIND: Final = re.compile(rb"^[ ]+qlz:kind:[ ]*([\w-]*)", re.MULTILINE)
"""How a stack file says what it describes, also where it is no YAML."""


class _Loader:
    def __init__(self, root: Path) -> None:
        self.files = Files(root)
        self.documents: dict[str, Document] = {}
        self.problems: list[Problem] = []
        self.environments: dict[str, AnyEnvironment] = {}

    def load(self, name: str) -> LoadedStack:
        config = self._project_file()
        stack = self._stack(name)
        projects = self._projects(name) if isinstance(stack, AnyEnvironment) else ()
        if self.problems or stack is None or not self.environments:
            raise SpecError(self._in_order(stack_file(name)))
        config |= self.documents[stack_file(name)].value["config"]
        return LoadedStack(
            root=self.files.root,
            stack=stack,
            environments=tuple(self.environments.values()),
            config=MappingProxyType(config),
            documents=MappingProxyType(self.documents),
            projects=projects,
        )

    def _in_order(self, first: str) -> list[Problem]:
        """The stack's own file first, each from top to bottom; nothing repeats what reading said of a key."""
        read = {problem for document in self.documents.values() for problem in document.problems}
        said = {(problem.file, problem.key) for problem in read if problem.key}
        kept = [p for p in self.problems if p in read or (p.file, p.key) not in said]
        return sorted(kept, key=lambda p: (p.file != first, p.file, p.line))

    def _read(self, relative: str, missing: Problem | None = None) -> Document | None:
        if missing is not None and not (self.files.root / relative).exists():
            self.problems.append(missing)
            return None
        try:
            document = self.files.document(relative)
        except SpecError as error:
            self.problems.extend(error.problems)
            return None
        self.documents[relative] = document
        self.problems.extend(document.problems)
        self.problems.extend(secrets(document))
        return document

    def _project_file(self) -> dict[str, Any]:
        """What Pulumi.yaml sets for every stack: its ``value`` and ``default`` entries, namespaced."""
        hint = "give the folder that holds Pulumi.yaml"
        doc = self._read(PROJECT_FILE, Problem(PROJECT_FILE, 0, "", "does not exist", hint))
        if doc is None:
            return {}
        for key, wanted in (("name", NAMESPACE), ("stackConfigDir", "stacks")):
            if doc.value.get(key) != wanted:
                self.problems.append(doc.problem((key,), f"is not {wanted}", f"write: {key}: {wanted}"))
        # The Pulumi CLI would take this one for the project.
        if (self.files.root / "Pulumi.json").exists():
            self.problems.append(Problem("Pulumi.json", 0, "", f"goes before {PROJECT_FILE}", "remove it"))
        entries = doc.value.get("config", {})
        if not isinstance(entries, dict):
            self.problems.append(doc.problem(("config",), "is not a mapping"))
            return {}
        found = {}
        for key, entry in entries.items():
            if isinstance(entry, dict):
                for word in ("default", "value"):
                    if word in entry:
                        found[key if ":" in key else f"{NAMESPACE}:{key}"] = entry[word]
        return found

    def _stack(self, name: str) -> Stack | None:
        file = stack_file(name)
        existing = self.files.stack_names()
        known = choices(name, existing).replace("allowed:", "stacks:") if existing else "stacks/ holds none"
        if not _STACK_NAME.fullmatch(name) or len(name) > 80:
            shown = name if name.isprintable() else repr(name)
            self.problems.append(Problem("stacks", 0, "", f"{shown[:90]} is not a stack's name", known))
            return None
        doc = self._read(file, Problem(file, 0, "", f"there is no stack {name}", known))
        if doc is None:
            return None
        self.problems.extend(shape(doc))
        config = doc.value.get("config")
        if not isinstance(config, dict):
            return None
        kind = self._word(doc, "qlz:kind", KINDS)
        levels = (ORGANIZATION,) if kind == ORGANIZATION else tuple(Level)
        level = self._word(doc, "qlz:level", levels)
        if kind is None or not isinstance(config.get("qlz:spec"), dict):
            return None
        if kind == ORGANIZATION:
            return self._organization(doc, name)
        if kind == "environment":
            return self._environment(doc, name, level)
        return self._project(doc, name, level)

    def _word(self, doc: Document, key: str, allowed: Iterable[str]) -> str | None:
        """The value of kind or level, one of a few words."""
        if key not in doc.value["config"]:
            return None
        value = doc.value["config"][key]
        if isinstance(value, str) and value in allowed:
            return value
        shown = value if isinstance(value, str) else "this"
        problem = doc.problem(("config", key), f"{shown} is not allowed", choices(shown, allowed))
        self.problems.append(problem)
        return None

    def _validated(self, model: type[_SpecT], doc: Document) -> _SpecT | None:
        """The spec. A word of the other cloud is refused with its own reason, not as unknown too."""
        refused = list(cloud_problems(doc))
        self.problems.extend(refused)
        if cloud_of(doc) is None:
            return None
        spec, problems = validate(model, doc, SPEC)
        said = {problem.key for problem in refused}
        self.problems.extend(problem for problem in problems if problem.key not in said)
        return spec

    def _environment(self, doc: Document, name: str, level: str | None) -> AnyEnvironment | None:
        if cloud_of(doc) is Cloud.AZURE:
            return self._azure_environment(doc, name, level)
        spec = self._validated(EnvironmentSpec, doc)
        if spec is None or level is None:
            return None
        self.problems.extend(environment_rules(doc, name, Level(level), spec))
        spec = self._with_metadata(doc, spec)
        self.environments[name] = EnvironmentStack(name=name, level=Level(level), spec=spec)
        return self.environments[name]

    def _azure_environment(self, doc: Document, name: str, level: str | None) -> AzureEnvironmentStack | None:
        spec = self._validated(AzureEnvironmentSpec, doc)
        if spec is None or level is None:
            return None
        self.problems.extend(azure_environment_rules(doc, name, Level(level), spec))
        found = AzureEnvironmentStack(name=name, level=Level(level), spec=spec)
        self.environments[name] = found
        return found

    def _organization(self, doc: Document, name: str) -> OrganizationStack | None:
        spec, problems = validate(OrganizationSpec, doc, SPEC)
        self.problems.extend(problems)
        if spec is None:
            return None
        for index, environment in enumerate(spec.environments):
            at: KeyPath = (*SPEC, "environments", index)
            if isinstance(self._environment_named(doc, at, environment), AzureEnvironmentStack):
                fix = "remove it: on Azure the location lock is the environment's own"
                self.problems.append(doc.problem(at, f"{environment} is no account of AWS", fix))
        found = tuple(row for row in self.environments.values() if isinstance(row, EnvironmentStack))
        self.problems.extend(organization_rules(doc, spec, found))
        return OrganizationStack(name=name, spec=spec)

    def _projects(self, environment: str) -> tuple[AnyProject, ...]:
        """The active projects of an environment. One that cannot be read is a problem of the environment too:
        without its charter the environment's spending limits and alarms would be wrong."""
        found: list[AnyProject] = []
        for name in self.files.stack_names():
            file = stack_file(name)
            if not self._lives_in(file, environment):
                continue
            doc = self._read(file)
            if doc is None:
                continue
            spec = self._project_spec(doc)
            level = self._word(doc, "qlz:level", tuple(Level))
            if spec is None or level is None or spec.lifecycle is not Lifecycle.ACTIVE:
                continue
            charter, _ = self._charter(doc, spec)
            if charter is not None:
                found.append(_project_stack(name, Level(level), spec, charter))
        return tuple(found)

    def _lives_in(self, file: str, environment: str) -> bool:
        """Whether a file describes a project of this environment. One that cannot be read does where its name
        ends with the environment's or its text has that word: better one question too many than alarms too
        few. Of one without a text nobody knows."""
        try:
            data = self.files.read(file, MAX_BYTES)
        except SpecError:
            return True
        by_name = file.endswith(f"-{environment}.yaml")
        if environment.encode() not in data and b"\\" not in data and not by_name:
            return False  # no scalar of YAML can be that name then, and hundreds of files need no parsing
        try:
            config = read_yaml(file, data).value.get("config")
        except SpecError:
            word = rb"(?<![\w-])" + re.escape(environment).encode() + rb"(?![\w-])"
            other = {found[1] for found in _KIND.finditer(data)} in ({b"environment"}, {b"organization"})
            return not other and (by_name or b"\\" in data or re.search(word, data) is not None)
        spec = config.get("qlz:spec") if isinstance(config, dict) else None
        return (
            isinstance(config, dict)
            and isinstance(spec, dict)
            and (config.get("qlz:kind"), spec.get("environment")) == ("project", environment)
        )

    def _with_metadata(self, doc: Document, spec: EnvironmentSpec) -> EnvironmentSpec:
        provider = spec.identity.saml
        if provider is None:
            return spec
        path: KeyPath = (*SPEC, "identity", "saml", "metadata_file")
        file = f"stacks/{provider.metadata_file}"
        try:
            metadata = saml.check_metadata(self.files.read(file, saml.MAX_BYTES))
        except SpecError as error:
            reason = error.problems[0]
            self.problems.append(doc.problem(path, f"{file} {reason.message}", reason.fix))
            return spec
        except saml.SamlError as error:
            fix = "export the metadata from the identity provider again"
            self.problems.append(doc.problem(path, f"{file} {error}", fix))
            return spec
        filled = provider.model_copy(update={"metadata": metadata})
        identity = spec.identity.model_copy(update={"saml": filled})
        return spec.model_copy(update={"identity": identity})

    def _project_spec(self, doc: Document) -> ProjectSpec | AzureProjectSpec | None:
        if cloud_of(doc) is Cloud.AZURE:
            return self._validated(AzureProjectSpec, doc)
        return self._validated(ProjectSpec, doc)

    def _project(self, doc: Document, name: str, level: str | None) -> AnyProject | None:
        spec = self._project_spec(doc)
        if spec is None or level is None:
            return None
        charter, charter_doc = self._charter(doc, spec)
        found = self._environment_of(doc, spec)
        on_aws, on_azure = isinstance(found, EnvironmentStack), isinstance(found, AzureEnvironmentStack)
        if (isinstance(spec, AzureProjectSpec) and on_aws) or (isinstance(spec, ProjectSpec) and on_azure):
            message = f"{spec.environment} is an environment on {'AWS' if on_aws else 'Azure'}"
            fix = "an environment on the project's own cloud: one stack, one cloud"
            self.problems.append(doc.problem((*SPEC, "environment"), message, fix))
        if isinstance(spec, AzureProjectSpec):
            theirs = found if isinstance(found, AzureEnvironmentStack) else None
            there = AzureParts(doc, name, Level(level), spec, charter, charter_doc, theirs)
            self.problems.extend(azure_project_rules(there))
        else:
            own = found if isinstance(found, EnvironmentStack) else None
            parts = ProjectParts(doc, name, Level(level), spec, charter, charter_doc, own)
            self.problems.extend(project_rules(parts))
        return None if charter is None else _project_stack(name, Level(level), spec, charter)

    def _charter(
        self, doc: Document, spec: ProjectSpec | AzureProjectSpec
    ) -> tuple[Charter | None, Document | None]:
        file = charter_file(spec.charter)
        if not (self.files.root / file).exists():
            folder = self.files.stacks / "charters"
            names = sorted(path.stem for path in folder.glob("*.yaml"))
            fix = choices(spec.charter, names).replace("allowed:", "charters:") if names else f"write {file}"
            self.problems.append(doc.problem((*SPEC, "charter"), f"there is no {file}", fix))
            return None, None
        return self.charter(spec.charter)

    def charter(self, name: str) -> tuple[Charter | None, Document | None]:
        """The charter of that name, whose file is there."""
        doc = self._read(charter_file(name))
        if doc is None:
            return None, None
        charter, problems = validate(Charter, doc)
        self.problems.extend(problems)
        if charter is not None:
            self.problems.extend(charter_rules(doc, charter, name))
        return charter, doc

    def _environment_of(self, doc: Document, spec: ProjectSpec | AzureProjectSpec) -> AnyEnvironment | None:
        return self._environment_named(doc, (*SPEC, "environment"), spec.environment)

    def _environment_named(self, doc: Document, path: KeyPath, name: str) -> AnyEnvironment | None:
        """The environment a file names at a path."""
        file = stack_file(name)
        if not (self.files.root / file).exists():
            fix = choices(name, self.files.stack_names()).replace("allowed:", "stacks:")
            self.problems.append(doc.problem(path, f"there is no {file}", fix))
            return None
        environment = self.documents.get(file)
        if environment is None and (environment := self._read(file)) is None:
            return None
        self.problems.extend(shape(environment))
        config = environment.value.get("config")
        if not isinstance(config, dict):
            return None
        if config.get("qlz:kind") != "environment":
            fix = "name a stack of kind environment"
            self.problems.append(doc.problem(path, f"{file} does not describe an environment", fix))
            return None
        level = self._word(environment, "qlz:level", tuple(Level))
        if not isinstance(config.get("qlz:spec"), dict):
            return None
        return self._environment(environment, name, level)


def _project_stack(
    name: str, level: Level, spec: ProjectSpec | AzureProjectSpec, charter: Charter
) -> AnyProject:
    if isinstance(spec, AzureProjectSpec):
        return AzureProjectStack(name=name, level=level, spec=spec, charter=charter)
    return ProjectStack(name=name, level=level, spec=spec, charter=charter)

"""How people and pipelines come into an environment, and who comes in when nothing else works (I1, I2)."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from components.spec.fields import Date, Digits, Model, Sentence, Text, unique, wrong

CiKind = Literal["github", "gitlab", "azure-devops"]
GITHUB_ISSUER = "https://token.actions.githubusercontent.com"
_AZURE_ISSUER = r"https://vstoken\.dev\.azure\.com/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def _provider_name(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", value):
        raise wrong("is not a name", "letters, digits and . _ -, at most 64")
    return value


def _metadata_path(value: str) -> str:
    parts = value.split("/")
    if not re.fullmatch(r"[A-Za-z0-9._/-]+\.xml", value) or any(part in {"", ".", ".."} for part in parts):
        raise wrong(
            f"{value} is not a path below stacks/", "a path such as identity/corporate-saml.xml, without .."
        )
    return value


class Saml(Model):
    """The identity provider people sign in with (I1). It enforces MFA: a SAML session shows AWS none."""

    name: Annotated[str, AfterValidator(_provider_name)]
    """Name of the SAML provider in IAM."""
    metadata_file: Annotated[str, AfterValidator(_metadata_path)]
    """The provider's metadata, a file path relative to stacks/."""
    metadata: Annotated[str, Field(exclude=True, repr=False)] = ""
    """Content of metadata_file; filled in by the loader, not written in a stack file."""

    @model_validator(mode="before")
    @classmethod
    def _not_written(cls, data: Any, info: ValidationInfo) -> Any:
        if info.mode == "json" and isinstance(data, dict) and "metadata" in data:
            raise wrong("is not a known key", "allowed: name, metadata_file", at="metadata")
        return data


def _issuer_url(value: str) -> str:
    if not re.fullmatch(r"https://[a-z0-9][a-z0-9.-]*\.[a-z]{2,}(/[A-Za-z0-9._/-]*[A-Za-z0-9_-])?", value):
        raise wrong(f"{value} is not an issuer's URL", "https, no port, query, fragment or slash at the end")
    return value


class OidcIssuer(Model):
    """A CI system whose workloads may be federated (I2)."""

    kind: CiKind
    """The CI system: each has its own shape of trust."""
    url: Annotated[str, AfterValidator(_issuer_url)]
    """The issuer, such as https://token.actions.githubusercontent.com."""
    audience: Text
    """The audience its tokens must name, such as sts.amazonaws.com."""

    @model_validator(mode="after")
    def _known_issuer(self) -> OidcIssuer:
        if self.kind == "github" and self.url != GITHUB_ISSUER:
            raise wrong(f"{self.url} is not GitHub's issuer", f"write: url: {GITHUB_ISSUER}", at="url")
        if self.kind == "azure-devops" and not re.fullmatch(_AZURE_ISSUER, self.url):
            raise wrong(
                f"{self.url} does not name an Azure DevOps organisation by its id",
                "https://vstoken.dev.azure.com/ORGANISATION-ID",
                at="url",
            )
        return self


REPOSITORIES = {
    "github": (r"[A-Za-z0-9](-?[A-Za-z0-9]){0,38}/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}", "owner/name"),
    "gitlab": (r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)+", "group/project"),
    "azure-devops": (
        r"[A-Za-z0-9][A-Za-z0-9-]{0,49}/[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}",
        "organisation/project",
    ),
}
_PLACES = {
    "github": (r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", "a deployment environment: letters, digits and . _ -"),
    "gitlab": (r"[A-Za-z0-9][A-Za-z0-9_./-]{0,99}", "a protected branch: letters, digits and . _ / -"),
    "azure-devops": (r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}", "a service connection: letters, digits and . _ -"),
}


class Ci(Model):
    """The pipelines of the platform team: one identity each for plan, environment and projects (I2, I4).

    Each is bound to a place of its own in the CI system, guarded there: on GitHub a deployment environment,
    on GitLab a protected branch, on Azure DevOps a service connection.
    """

    kind: CiKind
    """The CI system; identity.oidc names an issuer of this kind."""
    repository: Text
    """github: owner/name. gitlab: group/project. azure-devops: organisation/project."""
    repository_id: Digits | None = None
    """github alone: the repository's numeric id, in quotes."""
    owner_id: Digits | None = None
    """github alone: the owner's numeric id, in quotes."""
    plan: Text
    """Where plans run: may read settings, changes nothing."""
    environment_apply: Text
    """Where changes of the environment are applied."""
    project_apply: Text
    """Where changes of projects are applied."""

    @property
    def places(self) -> dict[str, str]:
        """Kind of role to where the pipeline runs that is it."""
        return {
            "plan": self.plan,
            "environment-apply": self.environment_apply,
            "project-apply": self.project_apply,
        }

    @model_validator(mode="after")
    def _shape(self) -> Ci:
        pattern, form = REPOSITORIES[self.kind]
        if not re.fullmatch(pattern, self.repository):
            raise wrong(f"{self.repository} is not a repository", f"{form}; no wildcard", at="repository")
        for key in ("repository_id", "owner_id"):
            given = getattr(self, key) is not None
            if given != (self.kind == "github"):
                message = "is not what a token of this kind tells AWS" if given else "is missing"
                raise wrong(message, "github alone has it, in quotes", at=key)
        pattern, form = _PLACES[self.kind]
        seen: set[str] = set()
        for key in ("plan", "environment_apply", "project_apply"):
            place = getattr(self, key)
            if not re.fullmatch(pattern, place):
                raise wrong(f"{place} is not a place of the CI system", f"{form}; no wildcard", at=key)
            if place in seen:
                raise wrong(f"{place} already has another role", "a place of its own (I2)", at=key)
            seen.add(place)
        return self


def _principal(value: str) -> str:
    found = re.fullmatch(r"arn:aws:iam::[0-9]{12}:(user|role)/([A-Za-z0-9+=,.@_/-]+)", value)
    if found is None:
        raise wrong(f"{value} is not a principal", "the ARN of one user or role; no wildcard")
    if found[1] == "role" and found[2].startswith("aws-reserved/"):
        raise wrong(
            f"{value} is entered through the identity provider, which this role is to repair",
            "a principal that does not depend on it",
        )
    return value


def _role(value: str) -> str:
    if not re.fullmatch(r"arn:aws:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+", value):
        raise wrong(f"{value} is not a role", "the ARN of one role; no wildcard")
    return value


class BreakGlass(Model):
    """Who comes in when the identity provider does not work (I1). Every use raises an alarm."""

    principal: Annotated[str, AfterValidator(_principal)]
    """ARN of a user (MFA is demanded) or role, in another account, that needs no identity provider."""
    credential_kept: Sentence
    """Where its credential is kept, and who can get at it."""
    last_tested: Date
    """The last time it was tried, in quotes."""
    test_every_days: Annotated[int, Field(ge=7, le=366)]
    """How often it is tried, in days: 7 to 366."""


class Identity(Model):
    """How people and pipelines come in. No long-lived credentials anywhere (I1, I2)."""

    saml: Saml | None = None
    """The identity provider of people."""
    oidc: Annotated[tuple[OidcIssuer, ...], unique(lambda issuer: issuer.kind, what="a kind")] = ()
    """The issuers of CI systems, at most one of each kind."""
    ci: Ci | None = None
    """The platform team's pipelines; levels dev and prod demand them."""
    break_glass: BreakGlass | None = None
    """Who comes in when nothing else works; levels dev and prod demand it."""

    bootstrap: Annotated[str, AfterValidator(_role)] | None = None
    """ARN of the role of this account that brings the environment up the first time; take it out afterwards.

    Until then it administers keys beside environment-apply: KMS refuses a key its maker could not administer.
    """

    @model_validator(mode="after")
    def _someone(self) -> Identity:
        if self.saml is None and not self.oidc:
            raise wrong("lets nobody in", "name a saml provider, an oidc issuer, or both")
        if self.ci is not None and self.ci.kind not in {issuer.kind for issuer in self.oidc}:
            raise wrong(f"there is no issuer of kind {self.ci.kind}", "add one to identity.oidc", at="ci")
        return self

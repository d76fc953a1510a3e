"""I1: nothing that outlives a session is made: no users, keys or passwords, none written into a provider."""

from __future__ import annotations

from collections.abc import Iterator

from policy_packs.controls.control import Control, Finding, Resource, Severity, fail
from policy_packs.controls.stack_facts import StackFacts

_MAKERS = {
    "aws:iam/user:User": "it is a user, whose credentials never expire",
    "aws:iam/accessKey:AccessKey": "it is an access key, which never expires",
    "aws:iam/userLoginProfile:UserLoginProfile": "it is a password for a user",
    "aws:iam/serviceSpecificCredential:ServiceSpecificCredential": "it is a long-lived credential of a user",
    "aws:iam/sshKey:SshKey": "it is a long-lived key of a user",
    "aws:iam/signingCertificate:SigningCertificate": "it is a long-lived certificate of a user",
    "aws:iam/virtualMfaDevice:VirtualMfaDevice": "it belongs to a user, and users are not used",
    "aws:iam/group:Group": "it is a group, which only users join",
    "aws:iam/groupMembership:GroupMembership": "it is for users",
    "aws:iam/userGroupMembership:UserGroupMembership": "it is for users",
    "aws:iam/userPolicy:UserPolicy": "it gives rights to a user",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": "it gives rights to a user",
    "aws:iam/groupPolicy:GroupPolicy": "it gives rights to users",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": "it gives rights to users",
    "aws:rolesanywhere/profile:Profile": "it lets long-lived certificates assume roles",
    "aws:rolesanywhere/trustAnchor:TrustAnchor": "it lets long-lived certificates assume roles",
}
_PROVIDER = "pulumi:providers:aws"
_STATIC = ("accessKey", "secretKey", "token", "sharedCredentialsFiles", "profile")


def judge(resource: Resource, facts: StackFacts) -> Iterator[Finding]:
    if resource.type == _PROVIDER:
        for name in _STATIC:
            if resource[name]:  # known or not, secret or not
                yield fail(f"{name} gives the provider a stored credential")
    elif resource.type in _MAKERS:
        yield fail(_MAKERS[resource.type])


CONTROL = Control(
    id="qlz-i1-no-long-lived-credentials",
    title="No long-lived credentials",
    why="A credential that never expires works for whoever finds it, long after its owner has left.",
    fix=(
        "Let people in by the environment's SAML provider and pipelines by OIDC, each through a role with "
        "short sessions."
    ),
    requirements=("I1", "K1"),
    severity=Severity.CRITICAL,
    frameworks={
        "nist-800-53-r5": ("IA-5", "AC-2"),
        "iso-27001-2022-annex-a": ("A.5.17", "A.8.5"),
        "ncsc-cloud-principles": ("10",),
        "csa-ccm-4": ("IAM-14", "IAM-15"),
    },
    types=(_PROVIDER, *_MAKERS),
    judge=judge,
    admits_exceptions=False,
)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.aws.peer import ACCOUNT, CheckFailed, Made, Peer, whole_life
from tests.aws.policies import allow, policy, trust
from tests.aws.strategies import few, words

ROLE = "aws:iam/role:Role"
POLICY = "aws:iam/policy:Policy"
INLINE = "aws:iam/rolePolicy:RolePolicy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
OIDC = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
SAML = "aws:iam/samlProvider:SamlProvider"
LINKED = "aws:iam/serviceLinkedRole:ServiceLinkedRole"
Boto = Callable[..., Any]

READ = policy(allow("s3:GetObject", "arn:aws:s3:::example/*"))
WRITE = policy(allow("s3:PutObject", "arn:aws:s3:::example/*"))


def tags_of(found: Any) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in found.get("Tags", [])}


@few
@given(
    path=st.sampled_from(["/", "/qlz/", "/service-role/x/"]),
    seconds=st.integers(3600, 43200),
    description=words,
    tags=st.dictionaries(words, words, max_size=3),
)
def test_role(
    peer: Peer, boto: Boto, name: str, path: str, seconds: int, description: str, tags: dict[str, str]
) -> None:
    boundary = peer.create(POLICY, {"name": f"{name}-boundary", "policy": READ})
    first = {"name": name, "path": path, "assumeRolePolicy": trust(), "description": description}
    second = {
        **first,
        "description": description + "!",
        "assumeRolePolicy": trust("events.amazonaws.com"),
        "maxSessionDuration": seconds,
        "permissionsBoundary": boundary.id,
        "tags": tags,
    }

    def look(made: Made) -> None:
        found = boto("iam").get_role(RoleName=name)["Role"]
        assert found["Arn"] == made.outputs["arn"] == f"arn:aws:iam::{ACCOUNT}:role{path}{name}"
        assert found["RoleId"] == made.outputs["uniqueId"]
        assert found["Description"] == made.inputs["description"]
        assert found["MaxSessionDuration"] == made.inputs["maxSessionDuration"]
        assert tags_of(found) == made.inputs.get("tags", {})
        found_boundary = found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
        assert found_boundary == made.inputs.get("permissionsBoundary")
        service = found["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Service"]
        assert service in made.inputs["assumeRolePolicy"]

    whole_life(peer, ROLE, first, second, look)
    peer.delete(POLICY, boundary)


@pytest.mark.parametrize(
    ("changed", "named", "said"),
    [
        ({"name": "n" * 65}, "name", "at most 64"),
        ({"name": None}, "name", "deterministic"),
        ({"namePrefix": "x"}, "namePrefix", "use name"),
        ({"path": "no-slashes"}, "path", "begin and end with /"),
        ({"maxSessionDuration": 3599}, "maxSessionDuration", "3600 and 43200"),
        ({"maxSessionDuration": 43201}, "maxSessionDuration", "3600 and 43200"),
        ({"assumeRolePolicy": "{"}, "assumeRolePolicy", "must be JSON"),
        ({"assumeRolePolicy": READ}, "assumeRolePolicy", "must have a Principal"),
        ({"assumeRolePolicy": None}, "assumeRolePolicy", "is required"),
        ({"managedPolicyArns": ["arn:aws:iam::aws:policy/X"]}, "managedPolicyArns", "RolePolicyAttachment"),
        ({"inlinePolicies": [{"name": "x"}]}, "inlinePolicies", "use aws.iam.RolePolicy"),
    ],
)
def test_refused_roles(peer: Peer, changed: dict[str, Any], named: str, said: str) -> None:
    with pytest.raises(CheckFailed) as refused:
        peer.check(ROLE, {"name": "r", "assumeRolePolicy": trust(), **changed})
    assert said in refused.value.failures[named]


def test_a_boundary_must_exist(peer: Peer, name: str) -> None:
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/absent"
    with pytest.raises(grpc.RpcError, match=r"NoSuchEntity: Scope ARN.*absent"):
        peer.create(ROLE, {"name": name, "assumeRolePolicy": trust(), "permissionsBoundary": boundary})


def test_trusted_principals_must_exist(peer: Peer, name: str) -> None:
    principal = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/absent"}
    document = policy({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})
    with pytest.raises(grpc.RpcError, match=r"MalformedPolicyDocument: Invalid principal.*role/absent"):
        peer.create(ROLE, {"name": name, "assumeRolePolicy": document})


def test_a_policy_that_somebody_bears_is_not_deleted(peer: Peer, name: str) -> None:
    peer.create(ROLE, {"name": name, "assumeRolePolicy": trust()})
    made = peer.create("aws:iam/policy:Policy", {"name": name, "policy": READ})
    on = peer.create(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment", {"role": name, "policyArn": made.id}
    )
    with pytest.raises(grpc.RpcError, match="DeleteConflict"):
        peer.delete("aws:iam/policy:Policy", made)
    peer.delete("aws:iam/rolePolicyAttachment:RolePolicyAttachment", on)
    peer.delete("aws:iam/policy:Policy", made)


def test_a_role_with_policies_is_not_deleted_unless_forced(peer: Peer, name: str) -> None:
    role = peer.create(ROLE, {"name": name, "assumeRolePolicy": trust()})
    inline = peer.create(INLINE, {"name": "p", "role": name, "policy": READ})
    with pytest.raises(grpc.RpcError, match="DeleteConflict"):
        peer.delete(ROLE, role)
    forced = peer.update(ROLE, role, {"name": name, "assumeRolePolicy": trust(), "forceDetachPolicies": True})
    peer.delete(ROLE, forced)
    assert peer.read(INLINE, inline) is None


def test_policy(peer: Peer, boto: Boto, name: str) -> None:
    def look(made: Made) -> None:
        found = boto("iam").get_policy(PolicyArn=made.id)["Policy"]
        assert found["Arn"] == made.outputs["arn"] == f"arn:aws:iam::{ACCOUNT}:policy/qlz/{name}"
        assert found["PolicyId"] == made.outputs["policyId"]
        assert tags_of(found) == made.inputs["tags"]
        version = found["DefaultVersionId"]
        document = boto("iam").get_policy_version(PolicyArn=made.id, VersionId=version)["PolicyVersion"]
        assert document["Document"]["Statement"][0]["Action"] in made.inputs["policy"]

    first = {"name": name, "path": "/qlz/", "policy": READ, "description": "d", "tags": {"a": "b", "c": "d"}}
    whole_life(peer, POLICY, first, {**first, "policy": WRITE, "tags": {"a": "z"}}, look)


def test_a_policy_has_room_for_many_changes(peer: Peer, boto: Boto, name: str) -> None:
    made = peer.create(POLICY, {"name": name, "policy": READ})
    for number in range(7):
        made = peer.update(POLICY, made, {"name": name, "policy": policy(allow(f"s3:Get{number}"))})
    assert len(boto("iam").list_policy_versions(PolicyArn=made.id)["Versions"]) == 5
    peer.delete(POLICY, made)


def test_policy_names_are_unique_whatever_the_path(peer: Peer, name: str) -> None:
    made = peer.create(POLICY, {"name": name, "policy": READ})
    with pytest.raises(grpc.RpcError, match="EntityAlreadyExists"):
        peer.create(POLICY, {"name": name, "path": "/other/", "policy": READ})
    peer.delete(POLICY, made)


def test_policy_limits(peer: Peer) -> None:
    roomy = READ[:-1] + " " * 7000 + "}"
    peer.check(POLICY, {"name": "p", "policy": roomy})
    with pytest.raises(CheckFailed, match="at most 6144"):
        peer.check(POLICY, {"name": "p", "policy": policy(allow("s3:" + "x" * 6144))})
    with pytest.raises(CheckFailed, match="may not have a Principal"):
        peer.check(POLICY, {"name": "p", "policy": policy(allow("s3:*", Principal="*"))})


def test_a_document_may_come_as_an_object(peer: Peer, name: str) -> None:
    document = {"Version": "2012-10-17", "Statement": [allow("s3:GetObject")]}
    made = peer.create(POLICY, {"name": name, "policy": document})
    assert isinstance(made.inputs["policy"], str)
    assert peer.diff(POLICY, made, {"name": name, "policy": document}).changes == 1
    peer.delete(POLICY, made)


def test_inline_policy(peer: Peer, boto: Boto, name: str) -> None:
    role = peer.create(ROLE, {"name": name, "assumeRolePolicy": trust()})

    def look(made: Made) -> None:
        found = boto("iam").get_role_policy(RoleName=name, PolicyName="own")["PolicyDocument"]
        assert found["Statement"][0]["Action"] in made.inputs["policy"]

    own = {"role": name, "name": "own"}
    whole_life(peer, INLINE, {**own, "policy": READ}, {**own, "policy": WRITE}, look)
    peer.delete(ROLE, role)


def test_inline_policies_of_a_role_have_one_limit(peer: Peer, name: str) -> None:
    role = peer.create(ROLE, {"name": name, "assumeRolePolicy": trust(), "forceDetachPolicies": True})
    big = policy(allow("s3:" + "x" * 6000))
    peer.create(INLINE, {"role": name, "name": "one", "policy": big})
    with pytest.raises(grpc.RpcError, match=r"LimitExceeded: Maximum policy size of 10240"):
        peer.create(INLINE, {"role": name, "name": "two", "policy": big})
    peer.delete(ROLE, role)


@pytest.mark.parametrize("arn", ["own", "arn:aws:iam::aws:policy/SecurityAudit"])
def test_attachment(peer: Peer, boto: Boto, name: str, arn: str) -> None:
    role = peer.create(ROLE, {"name": name, "assumeRolePolicy": trust()})
    own = peer.create(POLICY, {"name": name, "policy": READ})
    made = peer.create(ATTACHMENT, {"role": name, "policyArn": own.id if arn == "own" else arn})
    attached = boto("iam").list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    assert [policy["PolicyArn"] for policy in attached] == [made.outputs["policyArn"]]
    again = peer.read(ATTACHMENT, made)
    assert again is not None
    assert again.outputs == made.outputs
    peer.delete(ATTACHMENT, made)
    assert peer.read(ATTACHMENT, made) is None
    for token, other in ((ATTACHMENT, made), (POLICY, own), (ROLE, role)):
        peer.delete(token, other)


def test_attaching_what_is_not_there(peer: Peer, name: str) -> None:
    role = peer.create(ROLE, {"name": name, "assumeRolePolicy": trust()})
    with pytest.raises(grpc.RpcError, match="NoSuchEntity"):
        peer.create(ATTACHMENT, {"role": name, "policyArn": f"arn:aws:iam::{ACCOUNT}:policy/absent"})
    peer.delete(ROLE, role)


def test_oidc_provider(peer: Peer, boto: Boto) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:oidc-provider/gitlab.example.org"

    def look(made: Made) -> None:
        found = boto("iam").get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
        assert made.id == made.outputs["arn"] == arn
        assert sorted(found["ClientIDList"]) == sorted(made.inputs["clientIdLists"])
        assert found["ThumbprintList"] == made.inputs.get("thumbprintLists", [])
        assert tags_of(found) == made.inputs.get("tags", {})

    first = {"url": "https://gitlab.example.org", "clientIdLists": ["sts.amazonaws.com"]}
    more = {"thumbprintLists": ["a" * 40], "tags": {"a": "b"}}
    whole_life(peer, OIDC, first, {**first, **more}, look)
    whole_life(peer, OIDC, {**first, **more}, {**first, **more, "clientIdLists": ["x", "y"]}, look)


@pytest.mark.parametrize(
    ("inputs", "named"),
    [
        ({"url": "http://example.org", "clientIdLists": ["a"]}, "url"),
        ({"url": "https://example.org", "clientIdLists": []}, "clientIdLists"),
        ({"url": "https://example.org", "clientIdLists": ["a"], "thumbprintLists": ["z"]}, "thumbprintLists"),
    ],
)
def test_refused_oidc_providers(peer: Peer, inputs: dict[str, Any], named: str) -> None:
    with pytest.raises(CheckFailed) as refused:
        peer.check(OIDC, inputs)
    assert named in refused.value.failures


def metadata(entity: str) -> str:
    return f'<EntityDescriptor entityID="{entity}">' + "x" * 1000 + "</EntityDescriptor>"


def test_saml_provider(peer: Peer, boto: Boto, name: str) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:saml-provider/{name}"

    def look(made: Made) -> None:
        found = boto("iam").get_saml_provider(SAMLProviderArn=arn)
        assert made.id == made.outputs["arn"] == arn
        assert found["SAMLMetadataDocument"] == made.inputs["samlMetadataDocument"]
        assert found["ValidUntil"].strftime("%d %b %Y") in made.outputs["validUntil"]

    first = {"name": name, "samlMetadataDocument": metadata("one")}
    whole_life(peer, SAML, first, {"name": name, "samlMetadataDocument": metadata("two")}, look)


def test_saml_metadata_is_looked_at(peer: Peer) -> None:
    with pytest.raises(CheckFailed, match="1000 to 10000000"):
        peer.check(SAML, {"name": "n", "samlMetadataDocument": "<EntityDescriptor/>"})
    with pytest.raises(CheckFailed, match="EntityDescriptor"):
        peer.check(SAML, {"name": "n", "samlMetadataDocument": "x" * 1000})


def test_the_service_linked_role_has_the_name_aws_gives_it(peer: Peer, boto: Boto) -> None:
    name = "AWSServiceRoleForAmazonBraket"
    arn = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/braket.amazonaws.com/{name}"

    def look(made: Made) -> None:
        found = boto("iam").get_role(RoleName=name)["Role"]
        assert made.id == made.outputs["arn"] == found["Arn"] == arn
        assert (made.outputs["name"], made.outputs["path"]) == (found["RoleName"], found["Path"])
        assert found["Description"] == made.inputs["description"]
        assert tags_of(found) == made.inputs.get("tags", {})

    first = {"awsServiceName": "braket.amazonaws.com", "description": "one"}
    whole_life(peer, LINKED, first, {**first, "description": "two", "tags": {"a": "b"}}, look)


def test_a_second_service_linked_role_is_refused(peer: Peer) -> None:
    made = peer.create(LINKED, {"awsServiceName": "access-analyzer.amazonaws.com"})
    with pytest.raises(grpc.RpcError, match="has been taken in this account"):
        peer.create(LINKED, {"awsServiceName": "access-analyzer.amazonaws.com"})
    peer.delete(LINKED, made)
    with pytest.raises(CheckFailed, match="must be one of"):
        peer.check(LINKED, {"awsServiceName": "unheard-of.amazonaws.com"})

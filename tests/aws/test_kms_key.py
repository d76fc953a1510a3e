from __future__ import annotations

from tests.aws.peer import ACCOUNT, Peer

KEY = "aws:kms/key:Key"


def test_key_is_really_there(peer: Peer, boto) -> None:
    made = peer.create(KEY, {"description": "d", "enableKeyRotation": True, "tags": {"a": "b"}})
    print(made)
    assert made.outputs["arn"] == f"arn:aws:kms:eu-west-2:{ACCOUNT}:key/{made.id}"
    assert peer.read(KEY, made).outputs == made.outputs
    assert (
        peer.diff(KEY, made, {"description": "d", "enableKeyRotation": True, "tags": {"a": "b"}}).changes == 1
    )
    u = peer.update(KEY, made, {"description": "e", "tags": {"c": "d"}})
    print(u)
    peer.delete(KEY, u)
    assert peer.read(KEY, u) is None


def test_bucket(peer: Peer, boto) -> None:
    B = "aws:s3/bucket:Bucket"
    made = peer.create(B, {"bucket": "my-bucket", "objectLockEnabled": True, "tags": {"a": "b"}})
    print(made)
    assert peer.read(B, made).outputs == made.outputs
    print(peer.preview(B, {"bucket": "x-y"}))
    peer.delete(B, made)
    assert peer.read(B, made) is None

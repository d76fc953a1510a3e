from __future__ import annotations

from policy_packs.controls.braket.bucket_guard import CONTROL
from tests.policies.support import UNKNOWN, Case, Cases, Res, allow, deny, policy

CASES = Cases(CONTROL)
BUCKET = Res("aws:s3/bucket:Bucket", {"bucket": "b"}, name="bucket")
ACCESS = Res("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", {"bucket": "b"}, name="access")
OWNER = Res("aws:s3/bucketOwnershipControls:BucketOwnershipControls", {"bucket": "b"}, name="owner")
ARNS = ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]
INSECURE = {"Bool": {"aws:SecureTransport": "false"}}
TLS = deny("s3:*", ARNS, Principal="*", Condition=INSECURE)


def guarded(*statements: dict[str, object], text: str | None = None) -> list[Res]:
    document = policy(*statements) if text is None else text
    return [
        BUCKET,
        ACCESS,
        OWNER,
        Res("aws:s3/bucketPolicy:BucketPolicy", {"bucket": "b", "policy": document}),
    ]


CASES.passes("guarded", guarded(TLS))
CASES.passes("everybody as AWS", guarded(TLS | {"Principal": {"AWS": "*"}}))
CASES.passes("all actions", guarded(TLS | {"Action": "*"}))
CASES.fails("bare bucket", [BUCKET], "no public access block")
CASES.fails(
    "guards of another bucket", [BUCKET, Res(ACCESS.type, {"bucket": "c"}), OWNER], "no public access block"
)
CASES.fails(
    "a guard that depends on the bucket and guards another",
    [BUCKET, Res(ACCESS.type, {"bucket": "c"}, refs={"bucket": ["bucket"]}), OWNER],
    "no public access block",
)
CASES.fails("no ownership controls", [BUCKET, ACCESS], "access lists (ACLs) count")
CASES.fails("no policy", [BUCKET, ACCESS, OWNER], "requests without TLS are answered")
CASES.fails("policy without the deny", guarded(allow("s3:GetObject")), "come without TLS")
CASES.fails("deny for objects only", guarded(TLS | {"Resource": ARNS[1]}), "come without TLS")
CASES.fails(
    "deny for some", guarded(TLS | {"Principal": {"AWS": "arn:aws:iam::1:role/x"}}), "come without TLS"
)
CASES.fails("deny of reading only", guarded(TLS | {"Action": "s3:GetObject"}), "come without TLS")
CASES.fails(
    "deny with a way out",
    guarded(TLS | {"Condition": INSECURE | {"StringNotEquals": {"aws:PrincipalTag/x": "y"}}}),
    "come without TLS",
)
CASES.fails(
    "deny the wrong way",
    guarded(TLS | {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}),
    "without TLS",
)
CASES.unknown("policy unknown", guarded(text=UNKNOWN), "policy is unknown")
CASES.unknown(
    "bucket's name unknown",
    [
        Res("aws:s3/bucket:Bucket", {"bucket": UNKNOWN}, name="bucket"),
        *(
            Res(r.type, {**r.props, "bucket": UNKNOWN}, name=f"r{i}", refs={"bucket": ["bucket"]})
            for i, r in enumerate(guarded(TLS)[1:])
        ),
    ],
    "the bucket's name is unknown",
)


def test_case(case: Case) -> None:
    case.check()

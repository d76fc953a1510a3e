from __future__ import annotations

from policy_packs.controls.braket.own_targets import CONTROL
from tests.policies.support import ACCOUNT, ENVIRONMENT, UNKNOWN, Case, Cases, Res

CASES = Cases(CONTROL)
ROLE = Res("aws:iam/role:Role", {"name": "own", "path": "/qlz/sandbox/optimus/"}, name="own")
BUCKET = Res("aws:s3/bucket:Bucket", {"bucket": "own"}, name="own")
TOPIC = Res("aws:sns/topic:Topic", {"name": "own", "arn": UNKNOWN}, name="own")
TOPIC_ARN = f"arn:aws:sns:eu-west-2:{ACCOUNT}:own"
RULE = Res("aws:cloudwatch/eventRule:EventRule", {"name": "own"}, name="own")
SETTINGS = {
    "aws:cloudwatch/eventTarget:EventTarget": ("rule", RULE),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ("role", ROLE),
    "aws:iam/rolePolicy:RolePolicy": ("role", ROLE),
    "aws:s3/bucketPolicy:BucketPolicy": ("bucket", BUCKET),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": ("bucket", BUCKET),
    "aws:s3/bucketVersioning:BucketVersioning": ("bucket", BUCKET),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ("bucket", BUCKET),
}
for token, (prop, target) in SETTINGS.items():
    kind = token.partition(":")[2]
    CASES.passes(f"own {kind}", [target, Res(token, {prop: "own"})])
    CASES.passes(f"own {kind} by reference", [target, Res(token, {prop: UNKNOWN}, refs={prop: ["own"]})])
    CASES.fails(f"{kind} of another project", [target, Res(token, {prop: "theirs"})], "'theirs', which this")
    CASES.fails(
        f"{kind} of another project that depends on ours",
        [target, Res(token, {prop: "theirs"}, refs={prop: ["own"]})],
        "'theirs', which this stack does not make",
    )
    CASES.unknown(f"{kind} of who knows what", [target, Res(token, {prop: UNKNOWN})], "is unknown at preview")
CASES.fails(
    "an environment's policy on a project's role",
    [Res("aws:iam/rolePolicy:RolePolicy", {"role": "qlz-optimus-sandbox-researcher"})],
    "which this stack does not make",
    declared=ENVIRONMENT,
)
CASES.passes(
    "a topic by its computed ARN", [TOPIC, Res("aws:sns/topicPolicy:TopicPolicy", {"arn": TOPIC_ARN})]
)
CASES.fails(
    "another topic",
    [TOPIC, Res("aws:sns/topicPolicy:TopicPolicy", {"arn": TOPIC_ARN.replace(":own", ":alerts")})],
    "which this stack does not make",
)
CASES.fails(
    "a subscription to another topic",
    [TOPIC, Res("aws:sns/topicSubscription:TopicSubscription", {"topic": TOPIC_ARN + "s"})],
    "which this stack does not make",
)


def test_case(case: Case) -> None:
    case.check()

"""One key and two buckets, with every relation that an engine has to carry."""

from typing import Any

import pulumi
from pulumi import ResourceOptions


class Provider(pulumi.ProviderResource):
    def __init__(self, name: str, region: str) -> None:
        super().__init__("test", name, {"region": region})


class Key(pulumi.CustomResource):
    arn: pulumi.Output[str]
    material: pulumi.Output[str]

    def __init__(self, resource_name: str, opts: ResourceOptions, **props: Any) -> None:
        outputs = {"arn": None, "policy": None, "material": None}
        super().__init__("test:index:Key", resource_name, {**props, **outputs}, opts)


class Bucket(pulumi.CustomResource):
    arn: pulumi.Output[str]

    def __init__(self, resource_name: str, opts: ResourceOptions, **props: Any) -> None:
        super().__init__("test:index:Bucket", resource_name, {**props, "arn": None}, opts)


class Project(pulumi.ComponentResource):
    def __init__(self, resource_name: str, provider: Provider) -> None:
        super().__init__("tiny:index:Project", resource_name, {}, ResourceOptions(providers=[provider]))
        config = pulumi.Config()
        self.key = Key(
            "key",
            ResourceOptions(parent=self, protect=config.get_bool("protect") or False),
            description="customer key",
        )
        self.bucket = Bucket(
            "bucket",
            ResourceOptions(
                parent=self,
                additional_secret_outputs=["policy"],
                aliases=[pulumi.Alias(name="old-bucket")],
                ignore_changes=["count"],
                custom_timeouts=pulumi.CustomTimeouts(create="5m"),
            ),
            name="results",
            key=self.key.arn,
            policy=self.key.arn.apply(lambda arn: f'{{"Resource": "{arn}"}}'),
            password=pulumi.Output.secret("swordfish"),
            tags={"level": config.require("level"), "hidden": pulumi.Output.secret("nested")},
            count=3,
            absent=None,
            spec=config.require_object("spec"),
        )
        self.log = Bucket(
            "log",
            ResourceOptions(
                parent=self, depends_on=[self.bucket], retain_on_delete=True, deleted_with=self.key
            ),
            name="log",
        )
        self.register_outputs({"bucket": self.bucket.arn, "key": self.key.arn})


project = Project("project", Provider("test", region="eu-west-2"))
pulumi.export("bucket", project.bucket.arn)
pulumi.export("key", project.key.arn)
pulumi.export("material", project.key.material)
pulumi.export("nothing", None)

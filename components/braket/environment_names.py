"""Names and ARNs of what an environment holds, all computed: see `names`."""

from __future__ import annotations

from dataclasses import dataclass

from components.args import ArgumentError, check_match, check_name

BRAKET_PRINCIPAL = "braket.amazonaws.com"
JOB_ROLE_PREFIX = "AmazonBraketJobsExecutionRole"
"""Braket passes only roles with this prefix, below the path /service-role/."""


@dataclass(frozen=True, slots=True)
class EnvironmentNames:
    """An environment's account and regions, and the names of what it holds.

    region: home, where everything lives. also: further regions whose devices may be used.
    """

    account: str
    region: str
    environment: str
    also: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_match("account", self.account, r"[0-9]{12}", "a twelve-digit AWS account id")
        for region in self.regions:
            check_match("region", region, r"[a-z]{2}(-[a-z]+)+-[0-9]", "an AWS region such as eu-west-2")
        if len(set(self.regions)) != len(self.regions):
            raise ArgumentError("also", f"names a region twice: {', '.join(self.regions)}", "each once")
        check_name("environment", self.environment)

    @property
    def regions(self) -> tuple[str, ...]:
        """Home first, then the others the region lock lets through."""
        return (self.region, *self.also)

    @property
    def quantum_tasks(self) -> tuple[str, ...]:
        """ARN patterns of the account's quantum tasks: a task lives in its device's region."""
        return tuple(f"arn:aws:braket:{region}:{self.account}:quantum-task/*" for region in self.regions)

    @property
    def hybrid_jobs(self) -> tuple[str, ...]:
        """ARN patterns of the account's hybrid jobs: a job lives in its device's region."""
        return tuple(f"arn:aws:braket:{region}:{self.account}:job/*" for region in self.regions)

    def arn(self, service: str, resource: str) -> str:
        """ARN of a resource of this account and region."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"

    def iam_arn(self, resource: str) -> str:
        """ARN of an IAM resource of this account."""
        return f"arn:aws:iam::{self.account}:{resource}"

    @property
    def path(self) -> str:
        """IAM path of the environment's own policies and roles."""
        return f"/qlz/{self.environment}/"

    @property
    def root_arn(self) -> str:
        """The account itself, as a principal."""
        return self.iam_arn("root")

    @property
    def service_role_arn(self) -> str:
        """Braket's service-linked role, which writes the results."""
        return self.iam_arn(f"role/aws-service-role/{BRAKET_PRINCIPAL}/AWSServiceRoleForAmazonBraket")

    @property
    def boundary_name(self) -> str:
        """Name of the permission boundary."""
        return f"qlz-{self.environment}-boundary"

    @property
    def boundary_arn(self) -> str:
        """ARN of the permission boundary."""
        return self.iam_arn(f"policy{self.path}{self.boundary_name}")

    def role_name(self, kind: str) -> str:
        """Name of one of the environment's own roles."""
        return f"qlz-{self.environment}-{kind}"

    def role_arn(self, kind: str) -> str:
        """ARN of one of the environment's own roles."""
        return self.iam_arn(f"role{self.path}{self.role_name(kind)}")

    @property
    def project_roles(self) -> tuple[str, str]:
        """ARN patterns of the roles of all projects, hybrid-job roles included.

        Their paths are one deeper than the environment's own.
        """
        return (
            self.iam_arn(f"role{self.path}*/qlz-*-{self.environment}-*"),
            self.iam_arn(f"role/service-role/{JOB_ROLE_PREFIX}-*-{self.environment}"),
        )

    @property
    def project_policies(self) -> str:
        """ARN pattern of the policies of all projects."""
        return self.iam_arn(f"policy{self.path}*/qlz-*-{self.environment}-*")

    @property
    def freeze_policies(self) -> str:
        """ARN pattern of the policies that freeze a project."""
        return self.iam_arn(f"policy{self.path}*/qlz-*-{self.environment}-freeze")

    @property
    def analyzer_name(self) -> str:
        """Name of the access analyzer."""
        return f"qlz-{self.environment}"

    @property
    def analyzer_arn(self) -> str:
        """ARN of the access analyzer."""
        return self.arn("access-analyzer", f"analyzer/{self.analyzer_name}")

    @property
    def idle_analyzer_name(self) -> str:
        """Name of the analyzer of roles that nobody uses."""
        return f"{self.analyzer_name}-idle"

    @property
    def idle_analyzer_arn(self) -> str:
        """ARN of the analyzer of roles that nobody uses."""
        return f"{self.analyzer_arn}-idle"

    def rule_name(self, kind: str) -> str:
        """Name of one of the environment's event rules."""
        return f"qlz-{self.environment}-{kind}"

    @property
    def event_bus_arn(self) -> str:
        """ARN of the account's event bus at home."""
        return self.arn("events", "event-bus/default")

    @property
    def event_rules(self) -> str:
        """ARN pattern of the event rules at home, the environment's and those of its projects."""
        return self.arn("events", "rule/qlz-*")

    @property
    def trail_name(self) -> str:
        """Name of the audit trail."""
        return f"qlz-{self.environment}"

    @property
    def trail_arn(self) -> str:
        """ARN of the audit trail."""
        return self.arn("cloudtrail", f"trail/{self.trail_name}")

    @property
    def trail_bucket(self) -> str:
        """Bucket of the audit trail. Not amazon-braket-*: Braket's own role writes to all of those."""
        return f"qlz-{self.environment}-trail-{self.account}"

    @property
    def trail_role_name(self) -> str:
        """Role by which the trail reaches the restricted security log."""
        return f"qlz-{self.environment}-trail"

    @property
    def operational_log(self) -> str:
        """Name of the operational log group (L1)."""
        return f"/qlz/{self.environment}/operational"

    @property
    def security_log(self) -> str:
        """Name of the restricted security log group (L3)."""
        return f"/qlz/{self.environment}/security"

    @property
    def flow_bucket(self) -> str:
        """Bucket of the private network's flow logs. Not amazon-braket-*, as the audit trail's."""
        return f"qlz-{self.environment}-network-{self.account}"

    def log_group_arn(self, name: str) -> str:
        """ARN of a log group, without the trailing ``:*``."""
        return self.arn("logs", f"log-group:{name}")

    @property
    def alert_topic(self) -> str:
        """Name of the alert topic."""
        return f"qlz-{self.environment}-alerts"

    @property
    def alert_topic_arn(self) -> str:
        """ARN of the alert topic."""
        return self.arn("sns", self.alert_topic)

    def alias(self, store: str) -> str:
        """Alias of the key of one of the environment's stores; ``_`` begins no project's name."""
        return f"alias/qlz/{self.environment}/_{store}"

    def saml_provider_arn(self, name: str) -> str:
        """ARN of a SAML provider."""
        return self.iam_arn(f"saml-provider/{name}")

    def oidc_provider_arn(self, url: str) -> str:
        """ARN of an OIDC provider: its URL without the scheme."""
        return self.iam_arn(f"oidc-provider/{url.removeprefix('https://')}")

"""Names and ARNs, all computed: a policy that is readable at preview can be judged at preview.

Only a KMS key's ARN is assigned by the cloud; policies therefore name keys by alias.
IAM paths are /qlz/ENVIRONMENT/ and /qlz/ENVIRONMENT/PROJECT/, so that no project's pattern matches another's.
"""

from __future__ import annotations

from dataclasses import dataclass

from components.args import ArgumentError, check_match, check_name

BRAKET_PRINCIPAL = "braket.amazonaws.com"
JOBS_LOG_GROUP = "/aws/braket/jobs"
"""Where Braket sends the logs of every hybrid job of the account; the name is fixed."""
JOB_ROLE_PREFIX = "AmazonBraketJobsExecutionRole"
"""Braket passes only roles with this prefix, below the path /service-role/."""
LONGEST_NAMES = 33
"""Project and environment together, so that the hybrid-job role's name stays within IAM's 64 characters."""


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
    def result_buckets(self) -> str:
        """ARN pattern of the results buckets of all projects."""
        return f"arn:aws:s3:::{results_bucket('*', self)}"

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


@dataclass(frozen=True, slots=True)
class ProjectNames:
    """A project in an environment, and the names of what it holds."""

    project: str
    environment: EnvironmentNames

    def __post_init__(self) -> None:
        check_name("project", self.project)
        together = len(self.project) + len(self.environment.environment)
        if together > LONGEST_NAMES:
            raise ArgumentError(
                "project",
                f"{self.project} and {self.environment.environment} have {together} characters together",
                f"at most {LONGEST_NAMES}: IAM role names hold 64, bucket names 63",
            )

    @property
    def path(self) -> str:
        """IAM path of the project's policies and roles."""
        return f"{self.environment.path}{self.project}/"

    @property
    def stem(self) -> str:
        """What the project's names begin with."""
        return f"qlz-{self.project}-{self.environment.environment}"

    @property
    def bucket(self) -> str:
        """Results bucket. Braket accepts only names that begin with amazon-braket-."""
        return results_bucket(self.project, self.environment)

    @property
    def bucket_arn(self) -> str:
        """ARN of the results bucket."""
        return f"arn:aws:s3:::{self.bucket}"

    @property
    def alias(self) -> str:
        """Alias of the project's key."""
        return project_alias(self.project, self.environment)

    @property
    def notebook(self) -> str:
        """Name of the project's notebook."""
        return notebook_name(self.project, self.environment)

    @property
    def notebook_arn(self) -> str:
        """ARN of the project's notebook."""
        return notebook_arn(self.project, self.environment)

    @property
    def log_streams(self) -> str:
        """Pattern of the project's streams in the log group of hybrid jobs."""
        return job_streams(self.project, self.environment)

    @property
    def job_prefix(self) -> str:
        """What names of the project's hybrid jobs begin with: a stream's name begins with its job's."""
        return f"{self.project}--"

    @property
    def job_role_name(self) -> str:
        """Name of the hybrid-job role."""
        return f"{JOB_ROLE_PREFIX}-{self.project}-{self.environment.environment}"

    @property
    def job_role_arn(self) -> str:
        """ARN of the hybrid-job role."""
        return job_role_arn(self.project, self.environment)

    def role_name(self, kind: str) -> str:
        """Name of one of the project's other roles."""
        return f"{self.stem}-{kind}"

    def role_arn(self, kind: str) -> str:
        """ARN of one of the project's other roles."""
        return self.environment.iam_arn(f"role{self.path}{self.role_name(kind)}")

    def policy_name(self, kind: str) -> str:
        """Name of one of the project's policies."""
        return f"{self.stem}-{kind}"

    def policy_arn(self, kind: str) -> str:
        """ARN of one of the project's policies."""
        return self.environment.iam_arn(f"policy{self.path}{self.policy_name(kind)}")

    @property
    def budget_name(self) -> str:
        """Name of the project's budget."""
        return budget_arn(self.project, self.environment).rpartition("/")[2]

    @property
    def budget_arn(self) -> str:
        """ARN of the project's budget."""
        return budget_arn(self.project, self.environment)

    @property
    def archive(self) -> str:
        """Bucket of the project's archive. Not amazon-braket-*: Braket's own role writes to all of those."""
        return archive_bucket(self.project, self.environment)

    @property
    def archive_arn(self) -> str:
        """ARN of the archive."""
        return f"arn:aws:s3:::{self.archive}"

    @property
    def secret(self) -> str:
        """Name of the project's secret."""
        return f"qlz/{self.environment.environment}/{self.project}/secrets"

    @property
    def secret_arns(self) -> str:
        """ARN pattern of the project's secrets: the cloud ends each name with six characters of its own."""
        return secret_arns(self.project, self.environment)


# The permission boundary uses the same shapes with a policy variable in the project's place.


def results_bucket(project: str, environment: EnvironmentNames) -> str:
    """Name of a project's results bucket."""
    return f"amazon-braket-{project}-{environment.environment}-{environment.account}"


def project_alias(project: str, environment: EnvironmentNames) -> str:
    """Alias of a project's key."""
    return f"alias/qlz/{environment.environment}/{project}"


def job_streams(project: str, environment: EnvironmentNames) -> str:
    """ARN pattern of a project's streams in the log group of hybrid jobs.

    Two hyphens end the name, so that ``optimus--*`` does not match the jobs of a project ``optimus-two``.
    """
    return environment.arn("logs", f"log-group:{JOBS_LOG_GROUP}:log-stream:{project}--*")


def job_role_arn(project: str, environment: EnvironmentNames) -> str:
    """ARN of a project's hybrid-job role."""
    return environment.iam_arn(f"role/service-role/{JOB_ROLE_PREFIX}-{project}-{environment.environment}")


def budget_arn(project: str, environment: EnvironmentNames) -> str:
    """ARN of a project's budget."""
    return f"arn:aws:budgets::{environment.account}:budget/qlz-{project}-{environment.environment}"


def archive_bucket(project: str, environment: EnvironmentNames) -> str:
    """Name of a project's archive bucket."""
    return f"qlz-{project}-{environment.environment}-archive-{environment.account}"


def secret_arns(project: str, environment: EnvironmentNames) -> str:
    """ARN pattern of a project's secrets."""
    return environment.arn("secretsmanager", f"secret:qlz/{environment.environment}/{project}/*")


def notebook_name(project: str, environment: EnvironmentNames) -> str:
    """Name of a project's notebook. Braket shows those that begin with amazon-braket-."""
    return f"amazon-braket-{project}-{environment.environment}"


def notebook_scripts_arn(project: str, environment: EnvironmentNames) -> str:
    """ARN of what a project's notebook runs when it starts."""
    name = notebook_name(project, environment)
    return environment.arn("sagemaker", f"notebook-instance-lifecycle-config/{name}")


def notebook_arn(project: str, environment: EnvironmentNames) -> str:
    """ARN of a project's notebook; its name is in lower case there as everywhere."""
    return environment.arn("sagemaker", f"notebook-instance/{notebook_name(project, environment)}")

"""Names and ARNs, all computed: a policy that is readable at preview can be judged at preview.

Only a KMS key's ARN is assigned by the cloud; policies therefore name keys by alias.
IAM paths are /qlz/ENVIRONMENT/ and /qlz/ENVIRONMENT/PROJECT/, so that no project's pattern matches another's.
"""

from __future__ import annotations

from dataclasses import dataclass

from components.args import ArgumentError, check_name
from components.braket.environment_names import BRAKET_PRINCIPAL, JOB_ROLE_PREFIX, EnvironmentNames

__all__ = ["BRAKET_PRINCIPAL", "EnvironmentNames", "ProjectNames"]

JOBS_LOG_GROUP = "/aws/braket/jobs"
"""Where Braket sends the logs of every hybrid job of the account; the name is fixed."""
LONGEST_NAMES = 33
"""Project and environment together, so that the hybrid-job role's name stays within IAM's 64 characters."""


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


# Patterns over all projects use these shapes with * in the project's place, the permission boundary with a
# policy variable.


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


def store_arns(project: str, environment: EnvironmentNames) -> tuple[str, str]:
    """ARNs of a project's buckets: results and archive."""
    buckets = results_bucket(project, environment), archive_bucket(project, environment)
    return f"arn:aws:s3:::{buckets[0]}", f"arn:aws:s3:::{buckets[1]}"


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

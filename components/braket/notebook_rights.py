"""What the pipeline of projects may do to their notebooks: make closed ones, never open one (I2, K7, T2).

SageMaker makes a grant on the notebook's key in the name of who makes the notebook, and a network interface
(developer guide, "API permissions reference", CreateNotebookInstance).
"""

from __future__ import annotations

from components.braket.boundary import ITSELF, USE
from components.braket.names import EnvironmentNames, notebook_arn, notebook_scripts_arn
from components.braket.policy import Statement

SAGEMAKER = "sagemaker.amazonaws.com"
CLOSED = {
    "StringEquals": {
        "sagemaker:DirectInternetAccess": "Disabled",
        "sagemaker:MinimumInstanceMetadataServiceVersion": "2",
        "sagemaker:RootAccess": "Disabled",
    },
    "Null": {"sagemaker:VolumeKmsKey": "false", "sagemaker:VpcSubnets": "false"},
}
"""What a new notebook must be."""


def project_notebooks(names: EnvironmentNames) -> tuple[Statement, ...]:
    """Make and change notebooks of projects."""
    notebooks, here = notebook_arn("*", names), names.environment
    key = names.arn("kms", "key/*")
    own = {"StringEquals": {"aws:ResourceTag/environment": here}}
    return (
        Statement(
            "MakeClosed",
            "Allow",
            actions=("sagemaker:CreateNotebookInstance",),
            resources=(notebooks,),
            conditions=CLOSED,
        ),
        Statement(
            "Notebooks",
            "Allow",
            actions=(
                *("sagemaker:AddTags", "sagemaker:DeleteNotebookInstance", "sagemaker:DeleteTags"),
                *("sagemaker:ListTags", "sagemaker:UpdateNotebookInstance", USE[1], *ITSELF),
            ),
            resources=(notebooks,),
        ),
        Statement(
            "StayClosed",
            "Deny",
            actions=("sagemaker:UpdateNotebookInstance",),
            resources=("*",),
            conditions={"StringEquals": {"sagemaker:RootAccess": "Enabled"}},
        ),
        Statement("OpenNone", "Deny", actions=USE[:1], resources=("*",)),
        Statement(
            "Scripts",
            "Allow",
            actions=(
                *("sagemaker:AddTags", "sagemaker:CreateNotebookInstanceLifecycleConfig"),
                *("sagemaker:DeleteNotebookInstanceLifecycleConfig", "sagemaker:DeleteTags"),
                *("sagemaker:DescribeNotebookInstanceLifecycleConfig", "sagemaker:ListTags"),
                "sagemaker:UpdateNotebookInstanceLifecycleConfig",
            ),
            resources=(notebook_scripts_arn("*", names),),
        ),
        Statement(
            "PassNotebookRoles",
            "Allow",
            actions=("iam:PassRole",),
            resources=(names.iam_arn(f"role{names.path}*/qlz-*-{here}-notebook"),),
            conditions={"StringEquals": {"iam:PassedToService": SAGEMAKER}},
        ),
        Statement(
            "GrantToTheVolume",
            "Allow",
            actions=("kms:CreateGrant",),
            resources=(key,),
            conditions={
                "Bool": {"kms:GrantIsForAWSResource": "true"},
                "Null": {"aws:ResourceTag/project": "false"},
                "StringEquals": {
                    **own["StringEquals"],
                    "kms:ViaService": f"sagemaker.{names.region}.amazonaws.com",
                },
            },
        ),
        Statement(
            "PlugIn",
            "Allow",
            actions=("ec2:CreateNetworkInterface",),
            resources=(names.arn("ec2", "security-group/*"), names.arn("ec2", "subnet/*")),
            conditions=own,
        ),
        Statement(
            "Plug",
            "Allow",
            actions=("ec2:CreateNetworkInterface",),
            resources=(names.arn("ec2", "network-interface/*"),),
        ),
    )

"""What the programs on AWS share."""

from __future__ import annotations

import pulumi_aws as aws


def aws_provider(account: str, region: str) -> aws.Provider:
    """The stack's one provider: credentials for another account stop the run."""
    return aws.Provider("aws", region=region, allowed_account_ids=[account])

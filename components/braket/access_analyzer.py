"""The access analyzer: tells of everything in the account that somebody outside it can reach (C2)."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.braket.names import EnvironmentNames


def access_analyzer(
    names: EnvironmentNames, tags: Mapping[str, str], opts: pulumi.ResourceOptions
) -> aws.accessanalyzer.Analyzer:
    """Makes the analyzer of the account's home region. An account has one free of charge for each region."""
    return aws.accessanalyzer.Analyzer(
        "account", analyzer_name=names.analyzer_name, type="ACCOUNT", tags=tags, opts=opts
    )

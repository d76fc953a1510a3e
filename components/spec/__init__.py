"""What a charter and a stack file may say, and the one loader that reads them.

Imports no engine and no cloud SDK.
"""

from __future__ import annotations

from components.spec.azure import AzureEnvironmentSpec, AzureProjectSpec, AzureSubscription
from components.spec.charter import AlertThresholds, Charter, Contract, DataClass, Hop, Spending, Step
from components.spec.effective import verify_effective
from components.spec.environment import (
    Alerts,
    AwsAccount,
    EnvironmentSpec,
    Lifecycle,
    Retention,
)
from components.spec.identity import BreakGlass, Ci, Identity, OidcIssuer, Saml
from components.spec.loaded import LoadedStack
from components.spec.loader import load_stack, stack_names
from components.spec.organization import OrganizationSpec
from components.spec.pipeline import Pipeline
from components.spec.problems import Problem, SpecError
from components.spec.project import Elevation, Grant, Key, Material, Notebooks, ProjectSpec, Results
from components.spec.stacks import (
    AnyAzure,
    AnyEnvironment,
    AnyProject,
    AzureEnvironmentStack,
    AzureProjectStack,
    EnvironmentStack,
    OrganizationStack,
    ProjectStack,
    Stack,
    environment_label,
)
from components.spec.tiers import Classification, Level, Tier, TierDemands, tier_demands

__all__ = [
    "AlertThresholds",
    "Alerts",
    "AnyAzure",
    "AnyEnvironment",
    "AnyProject",
    "AwsAccount",
    "AzureEnvironmentSpec",
    "AzureEnvironmentStack",
    "AzureProjectSpec",
    "AzureProjectStack",
    "AzureSubscription",
    "BreakGlass",
    "Charter",
    "Ci",
    "Classification",
    "Contract",
    "DataClass",
    "Elevation",
    "EnvironmentSpec",
    "EnvironmentStack",
    "Grant",
    "Hop",
    "Identity",
    "Key",
    "Level",
    "Lifecycle",
    "LoadedStack",
    "Material",
    "Notebooks",
    "OidcIssuer",
    "OrganizationSpec",
    "OrganizationStack",
    "Pipeline",
    "Problem",
    "ProjectSpec",
    "ProjectStack",
    "Results",
    "Retention",
    "Saml",
    "SpecError",
    "Spending",
    "Stack",
    "Step",
    "Tier",
    "TierDemands",
    "environment_label",
    "load_stack",
    "stack_names",
    "tier_demands",
    "verify_effective",
]

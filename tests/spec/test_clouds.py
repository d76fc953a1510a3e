"""Every word that only one cloud's stack files have is refused on the other with a reason of its own."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from components.spec.azure import AzureEnvironmentSpec, AzureProjectSpec
from components.spec.clouds import REASONS, Cloud
from components.spec.environment import EnvironmentSpec
from components.spec.project import ProjectSpec

PAIRS = [(EnvironmentSpec, AzureEnvironmentSpec), (ProjectSpec, AzureProjectSpec)]


@pytest.mark.parametrize(("aws", "azure"), PAIRS)
def test_every_word_of_one_cloud_has_its_reason_on_the_other(
    aws: type[BaseModel], azure: type[BaseModel]
) -> None:
    of_aws, of_azure = set(aws.model_fields), set(azure.model_fields)
    clouds = {str(cloud) for cloud in Cloud}
    assert {(name,) for name in of_aws - of_azure - clouds} <= set(REASONS[Cloud.AZURE])
    assert {(name,) for name in of_azure - of_aws - clouds} <= set(REASONS[Cloud.AWS])


def test_no_word_that_a_cloud_has_is_refused_there() -> None:
    models: dict[Cloud, tuple[type[BaseModel], ...]] = {
        Cloud.AWS: (EnvironmentSpec, ProjectSpec),
        Cloud.AZURE: (AzureEnvironmentSpec, AzureProjectSpec),
    }
    for cloud, found in models.items():
        known = set().union(*(model.model_fields for model in found))
        assert not {path[0] for path in REASONS[cloud] if len(path) == 1} & known

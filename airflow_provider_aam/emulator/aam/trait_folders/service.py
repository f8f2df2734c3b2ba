"""The tree that traits are in."""

from __future__ import annotations

from airflow_provider_aam.emulator.aam.trees import folders, tree_route
from airflow_provider_aam.emulator.core.limits import Limit
from airflow_provider_aam.emulator.core.service import Service

TRAIT_FOLDERS = folders(
    name="trait_folders",
    path="/v1/folders/traits",
    members="traits",
    root_name="All Traits",
    limits=(Limit("trait_folders", 2_000, "trait folders"),),
)

SERVICE = Service(
    tag="Trait folders",
    about="The tree that traits are in.",
    resources=(TRAIT_FOLDERS,),
    routes=(tree_route(TRAIT_FOLDERS),),
)

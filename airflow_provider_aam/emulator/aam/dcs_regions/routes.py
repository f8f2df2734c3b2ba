"""The routes of DCS regions; they are Adobe's and can only be read [doc]."""

from __future__ import annotations

from airflow_provider_aam.emulator.core.crud import crud_routes
from airflow_provider_aam.emulator.core.fields import Field
from airflow_provider_aam.emulator.core.resource import Resource

DCS_REGIONS = Resource(
    name="dcs_regions",
    noun="DCS region",
    path="/v1/dcs-regions",
    id_field="regionId",
    fields=(
        Field(name="regionId", kind="integer", writable=False, about="Id."),
        Field(name="location", kind="string", about="Where it is."),
        Field(name="host", kind="string", about="Name of its servers."),
        Field(name="code", kind="string", about="Short name."),
        Field(name="status", kind="string", default="ACTIVE", about="ACTIVE or INACTIVE."),
        Field(name="createTime", kind="integer", writable=False, about="Epoch milliseconds."),
        Field(name="updateTime", kind="integer", writable=False, about="Epoch milliseconds."),
        Field(name="crUID", kind="integer", writable=False, about="User who created it."),
        Field(name="upUID", kind="integer", writable=False, about="User who changed it last."),
    ),
)

ROUTES = crud_routes(DCS_REGIONS, tag="DCS regions", verbs=("list", "get"))

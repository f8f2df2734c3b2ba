"""DCS regions; they are Adobe's and can only be read [doc]."""

from __future__ import annotations

from airflow_provider_aam.emulator.core.fields import Field
from airflow_provider_aam.emulator.core.resource import Resource
from airflow_provider_aam.emulator.core.service import Service

DCS_REGIONS = Resource(
    name="dcs_regions",
    noun="DCS region",
    path="/v1/dcs-regions",
    id_field="regionId",
    verbs=("list", "get"),
    fields=(
        Field("location", "string", "Where it is."),
        Field("host", "string", "Name of its servers."),
        Field("code", "string", "Short name."),
        Field("status", "string", "ACTIVE or INACTIVE.", default="ACTIVE"),
    ),
)

SERVICE = Service(tag="DCS regions", about="The data collection servers' regions.", resources=(DCS_REGIONS,))

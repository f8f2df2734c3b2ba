"""The routes of partner sites, which cookie destinations name in `siteIDs` [doc: domain management]."""

from __future__ import annotations

from airflow_provider_aam.emulator.core.crud import crud_routes
from airflow_provider_aam.emulator.core.fields import Field
from airflow_provider_aam.emulator.core.resource import Resource

PARTNER_SITES = Resource(
    name="partner_sites",
    noun="Partner site",
    path="/v1/partner-sites",
    id_field="siteId",
    fields=(
        Field(name="url", kind="string", required=True, max_length=255, about="The domain."),
        Field(name="siteId", kind="integer", writable=False, about="Id."),
        Field(name="pid", kind="integer", writable=False, about="Partner id."),
    ),
    audited=False,
)

ROUTES = crud_routes(PARTNER_SITES, tag="Partner sites", verbs=("list", "create", "get", "delete"))

"""Partner sites, which cookie destinations name in `siteIDs` [doc: domain management]."""

from __future__ import annotations

from airflow_provider_aam.emulator.core.fields import Field
from airflow_provider_aam.emulator.core.resource import Resource
from airflow_provider_aam.emulator.core.service import Service

PARTNER_SITES = Resource(
    name="partner_sites",
    noun="Partner site",
    path="/v1/partner-sites",
    id_field="siteId",
    first_id=601,
    verbs=("list", "create", "get", "delete"),
    fields=(Field("url", "string", "The domain.", required=True, max_length=255),),
    audited=False,
)

SERVICE = Service(
    tag="Partner sites",
    about="The customer's own domains, for cookie destinations.",
    resources=(PARTNER_SITES,),
)

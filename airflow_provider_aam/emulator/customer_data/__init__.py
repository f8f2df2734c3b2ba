"""The Customer Data API of `dmp-data.adobe.io` [doc: its OpenAPI file]: changes of profiles at once, and profiles.

What becomes of an operation is in `operations.py`. Adobe documents neither what a profile looks like nor which of the
DCS's codes an operation gets when: both are inferred.
"""

from __future__ import annotations

from airflow_provider_aam.emulator.core.call import Parameter, Route
from airflow_provider_aam.emulator.core.service import Service
from airflow_provider_aam.emulator.customer_data.handlers import get_profile, take_operations

SERVICE = Service(
    tag="Customer Data API",
    about="Many changes of profiles in one request, and what is known of one id.",
    routes=(
        Route("POST", "/stream/{streamId:str}", take_operations, "Append, overwrite or delete traits of profiles"),
        Route(
            "GET",
            "/profile/{dataSourceId:int}/{id:path}",
            get_profile,
            "What is known of an id (the response's shape is inferred)",
            query=(Parameter("filter[regionId]", "Regions, with commas."),),
        ),
    ),
)

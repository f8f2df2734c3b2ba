"""The data collection servers of `<alias>.demdex.net` [doc]: one user's traits and signals at a time, without a token.

Which of the DCS's codes a request gets when is inferred from their texts.
"""

from __future__ import annotations

from airflow_provider_aam.emulator.core.call import Parameter, Route
from airflow_provider_aam.emulator.core.service import Service
from airflow_provider_aam.emulator.dcs.event import take_event

_KEYS = (
    Parameter("d_rtbd", "`json`: the response is JSON, else a pixel."),
    Parameter("d_cid", "Data source, the byte 1, id; repeatable. `d_cid_ic`: by integration code."),
    Parameter("d_uuid", "AAM's own id. `d_mid`: Experience Cloud ID."),
    Parameter("d_sid", "Traits; repeatable, or with commas."),
    Parameter("d_tdpid", "The data source whose traits alone are changed."),
    Parameter("d_orgid", "The organization."),
)

SERVICE = Service(
    tag="DCS",
    about="Data collection servers. `Host` must be `<alias>.demdex.net`, with any alias that is not a region's.",
    routes=(
        Route("GET", "/event", take_event, "Give one user traits and signals (8K)", query=_KEYS, bearer=False),
        Route("POST", "/event", take_event, "The same, with the keys as a form (32K)", query=_KEYS, bearer=False),
    ),
)

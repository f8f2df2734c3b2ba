"""Reports about traits and segments."""

from __future__ import annotations

from airflow_provider_aam.api.resources.declare import PAGING, Action, Confidence, Resource

_TOP = PAGING | {"interval", "cutOff", "restrictType"}
_DAY = frozenset({"startDate", "endDate", "interval", "date"})


def _of(kind: str) -> tuple[Action, ...]:
    return (
        Action(
            name=f"{kind}_trend",
            method="POST",
            path=f"reports/{kind}-trend",
            about=f"Metrics of {kind} over time; reports.trend() writes the body.",
            confidence=Confidence.CLIENT,
            body=True,
            rows=True,
            replayable=True,
        ),
        Action(
            name=f"{kind}_trend_of_one",
            method="GET",
            path=f"reports/{kind}-trend/{{sid}}",
            about=f"Metrics of one of the {kind} over time.",
            confidence=Confidence.CLIENT,
            params=frozenset({"startDate", "endDate", "interval"}),
            needs=frozenset({"startDate", "endDate"}),
        ),
        Action(
            name=f"largest_{kind}",
            method="GET",
            path=f"reports/largest-{kind}",
            about=f"The largest {kind}; AAM keeps the response for a day.",
            confidence=Confidence.CLIENT,
            params=_TOP,
            rows=True,
        ),
        Action(
            name=f"most_changed_{kind}",
            method="GET",
            path=f"reports/most-changed-{kind}",
            about=f"The {kind} that changed most, with the differences.",
            confidence=Confidence.CLIENT,
            params=_TOP,
            rows=True,
        ),
        Action(
            name=f"{kind}_for_date",
            method="GET",
            path=f"reports/{kind}-for-date",
            about="The general report; AAM may give it to the AAM UI only.",
            confidence=Confidence.CLIENT,
            params=PAGING | _DAY,
            rows=True,
        ),
    )


REPORTS = Resource(
    name="reports",
    path="reports",
    id_field="sid",
    verbs={},
    fields={},
    actions=(
        *_of("traits"),
        *_of("segments"),
        Action(
            name="partner_uniques",
            method="GET",
            path="reports/partner-uniques",
            about="Unique visitors of the whole account.",
            confidence=Confidence.CLIENT,
            params=_DAY,
            rows=True,
        ),
    ),
)

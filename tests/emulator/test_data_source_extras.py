"""Inbound files, the mailing list, and the rest of a data source's list parameters."""

from __future__ import annotations

import pytest


@pytest.mark.endpoint("GET /datasources/{dataSourceId}/history/inbound")
def test_inbound_history_between_two_times(emulator, http, source):
    for begun in (1000, 2000, 3000):
        row = {"dataSourceId": source, "dataFileName": f"{begun}.sync", "startTime": begun, "receivedRecords": 5}
        emulator.add("inbound_history", row)
    path = f"/v1/datasources/{source}/history/inbound"
    rows = http.get(f"{path}?startDate=1000&endDate=2000").json()
    assert [(row["dataFileName"], row["receivedRecords"]) for row in rows] == [("1000.sync", 5), ("2000.sync", 5)]
    assert "samplingDetails" not in rows[0]
    (one,) = http.get(f"{path}?startDate=0&endDate=9999&includeSamplingDetails=true&dataFileName=3000.sync").json()
    assert one["samplingDetails"] == []
    assert http.get(f"{path}?startDate=1").status_code == 400
    assert http.get("/v1/datasources/5/history/inbound?startDate=1&endDate=2").status_code == 404


@pytest.mark.endpoint(
    "POST /datasources/{dataSourceId}/inbound-mailing-list/{email}",
    "DELETE /datasources/{dataSourceId}/inbound-mailing-list/{email}",
)
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_mailing_list(http, source, method):
    path = f"/v1/datasources/{source}/inbound-mailing-list/a@example.com"
    assert http.get(path).status_code == http.delete(path).status_code == 404
    assert http(method, path).json() == http(method, path).json() == {"dataSourceId": source, "email": "a@example.com"}
    assert http.get(path).status_code == 200
    assert http.delete(path).status_code == 204
    assert http.get(path).status_code == 404
    assert http(method, path.replace("@", "")).status_code == 400


@pytest.mark.endpoint("GET /datasources")
def test_list_parameters(emulator, http):
    emulator.add(
        "data_sources",
        [
            {"name": "own"},
            {"name": "foreign", "pid": 7},
            {"name": "suite", "type": "REPORT_SUITE"},
            {"name": "contained", "containerIds": [1]},
            {"name": "off", "status": "INACTIVE"},
        ],
    )

    def found(query):
        return {row["name"] for row in http.get(f"/v1/datasources/?{query}").json()}

    own = {"own", "suite", "contained", "off"}
    assert found("") == own
    assert found("includeThirdParty=true") == own | {"foreign"}
    assert found("excludeReportSuites=true") == own - {"suite"}
    assert found("availableForContainersOnly=true") == own - {"contained"}
    assert found("modelingEnabled=true") == own - {"off"}
    assert found("includePermissions=true&objectType=segment") == own
    assert http.get("/v1/datasources?objectType=x").status_code == 400

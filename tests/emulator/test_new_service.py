"""A resource that AAM does not have, added to the emulator from outside of the package."""

from __future__ import annotations

import pytest
import requests

from airflow_provider_aam.emulator import running_emulator
from airflow_provider_aam.emulator.core.call import Parameter
from airflow_provider_aam.emulator.core.fields import DESCRIPTION, NAME, Field
from airflow_provider_aam.emulator.core.limits import Limit
from airflow_provider_aam.emulator.core.resource import VERBS, Resource
from airflow_provider_aam.emulator.core.service import Service

GADGETS = Resource(
    name="gadgets",
    noun="Gadget",
    path="/v1/gadgets",
    id_field="gadgetId",
    first_id=71,
    verbs=("limits", *VERBS),
    codes=True,
    fields=(
        NAME,
        DESCRIPTION,
        Field("integrationCode", "string", "The customer's own id."),
        Field("dataSourceId", "integer", "Where it comes from.", required=True, of=("data_sources",)),
        Field("secret", "string", "Only on request.", detail="includeDetails"),
    ),
    query=(Parameter("dataSourceId", "Repeatable.", "integer", equals="dataSourceId"),),
    indexed=("integrationCode",),
    limits=(Limit("gadgets", 1_000, "gadgets"),),
)
SERVICE = Service(tag="Gadgets", about="What nobody needs.", resources=(GADGETS,))


@pytest.fixture(scope="module")
def gadget_server():
    with running_emulator(services=(SERVICE,)) as emulator:
        yield emulator


@pytest.fixture
def emulator(gadget_server):
    gadget_server.reset("empty")
    return gadget_server


@pytest.fixture
def gadget(source):
    return {"name": "A <b>", "dataSourceId": source, "integrationCode": "g-1", "secret": "s"}


def test_gadget_is_created_read_replaced_and_deleted(http, gadget, source):
    answer = http.post("/v1/gadgets", gadget)
    assert answer.status_code == 201
    made = answer.json()
    assert made.items() >= (gadget | {"gadgetId": 71, "description": ""}).items()
    assert {"pid", "createTime", "updateTime", "crUID", "upUID"} <= set(made)
    assert http.get("/v1/gadgets/71").json() == http.get("/v1/gadgets/ic:g-1").json() == made
    replaced = http.put("/v1/gadgets/71", {"name": "B", "dataSourceId": source}).json()
    assert (replaced["name"], replaced["integrationCode"]) == ("B", None)
    assert http.delete("/v1/gadgets/71").status_code == 204
    assert http.get("/v1/gadgets/71").json() == {"code": "NOT_FOUND", "message": "Gadget 71 not found"}


def test_gadgets_are_listed_in_pages_and_filtered(emulator, http, source):
    emulator.seed(gadgets=25)
    emulator.add("gadgets", {"dataSourceId": 99, "secret": "s"})
    rows = http.get("/v1/gadgets").json()
    assert [row["gadgetId"] for row in rows] == list(range(71, 97))
    assert "secret" not in rows[0]
    page = http.get("/v1/gadgets?page=2&pageSize=10").json()
    assert (page["total"], page["page"], [row["gadgetId"] for row in page["list"]]) == (26, 2, list(range(91, 97)))
    assert len(http.get(f"/v1/gadgets?dataSourceId={source}").json()) == 25
    (last,) = http.get("/v1/gadgets?dataSourceId=99&includeDetails=true").json()
    assert last["secret"] == "s"
    assert http.post("/v1/gadgets/bulk-delete", [71, 72]).status_code == 204
    assert len(emulator.objects("gadgets")) == 24


def test_gadget_that_cannot_be_is_refused(emulator, http, gadget):
    assert http.post("/v1/gadgets", {"dataSourceId": 99}).json()["childMessages"] == [
        "name: may not be empty",
        "dataSourceId: does not exist",
    ]
    emulator.configure(limits={"gadgets": 1})
    assert http.post("/v1/gadgets", gadget).status_code == 201
    refused = http.post("/v1/gadgets", gadget)
    assert (refused.status_code, refused.json()["code"]) == (403, "RESOURCE_LIMIT_EXCEEDED")
    assert http.get("/v1/gadgets/limits").json() == {"limits": [{"type": "TOTAL", "limit": 1, "count": 1}]}


def test_gadgets_are_on_the_documentation_page(emulator):
    document = requests.get(emulator.url + "/openapi.json", timeout=10).json()
    assert {"name": "Gadgets", "description": "What nobody needs."} in document["tags"]
    assert set(document["paths"]["/v1/gadgets/{gadgetId}"]) == {"get", "put", "delete"}
    assert document["components"]["schemas"]["GadgetBody"]["required"] == ["name", "dataSourceId"]


def test_what_aam_has_is_still_there(emulator, http, draft):
    assert http.post("/v1/traits", draft).status_code == 201
    assert emulator.count("POST /v1/traits") == 1


def test_other_emulators_have_no_gadgets():
    with running_emulator() as other, pytest.raises(ValueError, match="unknown collection 'gadgets'"):
        other.objects("gadgets")

"""What Adobe keeps for all: taxonomy, regions, schemas; and the sites that a company owns."""

from __future__ import annotations

from airflow_provider_aam.api.resources.declare import (
    AUDIT,
    COMMON,
    READ,
    Action,
    Confidence,
    Resource,
    Type,
    Verb,
    verbs,
)

TAXONOMIES = Resource(
    name="taxonomies",
    path="taxonomies/0",
    id_field="categoryId",
    id_aliases=("categoryID",),
    verbs=verbs(*READ, confidence=Confidence.DOC),
    fields={
        "categoryId": Type.INTEGER,
        "parentCategoryID": Type.INTEGER,
        "name": Type.TEXT,
        "description": Type.TEXT,
        "categoryCount": Type.INTEGER,
        **AUDIT,
    },
    children="categories",
    parent="parentCategoryID",
    actions=(
        Action(
            name="child_categories",
            method="GET",
            path="taxonomies/0/{categoryId}/childCategories",
            about="The categories directly below one.",
            confidence=Confidence.DOC,
            rows=True,
        ),
    ),
)

DCS_REGIONS = Resource(
    name="dcs_regions",
    path="dcs-regions",
    id_field="regionId",
    verbs=verbs(*READ, confidence=Confidence.DOC),
    fields={
        "regionId": Type.INTEGER,
        "location": Type.TEXT,
        "host": Type.TEXT,
        "code": Type.TEXT,
        "status": Type.TEXT,
        **AUDIT,
    },
)

PARTNER_SITES = Resource(
    name="partner_sites",
    path="partner-sites",
    id_field="siteId",
    named_by=("url",),
    verbs=verbs(*READ, Verb.CREATE, Verb.DELETE, confidence=Confidence.DOC),
    paged=True,
    fields={"siteId": Type.INTEGER, "pid": Type.INTEGER, "url": Type.TEXT},
    list_params=COMMON,
)

SCHEMAS = Resource(
    name="schemas",
    path="schemas",
    id_field="name",
    verbs={},
    fields={},
    actions=(
        Action(
            name="all",
            method="GET",
            path="schemas",
            about="Named in a table of addresses; what it returns is not documented.",
            confidence=Confidence.DOC,
            rows=True,
        ),
    ),
)

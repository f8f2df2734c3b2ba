"""Data sources, folders, trait types: what traits and segments rest on."""

from __future__ import annotations

import pytest

from airflow_provider_aam.catalog.drafts import (
    DataSourceDraft,
    SegmentDraft,
    SegmentFolderDraft,
    TraitDraft,
    TraitFolderDraft,
    TraitTypeDraft,
)
from catalog.drafting import faults, given

FOLDERS = [TraitFolderDraft, SegmentFolderDraft]


def test_data_source_needs_a_name_only():
    assert faults(DataSourceDraft, {"name": "Web"}) == []
    assert faults(DataSourceDraft, {"integrationCode": "web"}) == ["name is missing"]
    assert faults(DataSourceDraft, {"dataSourceId": 7, "description": ""}, id_field="dataSourceId") == []


def test_data_source_of_devices_has_no_ids_of_aam():
    row = {"name": "CRM", "idType": "cross_device", "useAudienceManagerVisitorID": "true"}
    assert faults(DataSourceDraft, row) == ["useAudienceManagerVisitorID: must be false with idType CROSS_DEVICE"]
    assert faults(DataSourceDraft, {**row, "useAudienceManagerVisitorID": "false"}) == []
    assert faults(DataSourceDraft, {**row, "idType": "COOKIE"}) == []


def test_data_source_uses_the_very_names_of_aam():
    assert {"inboundS2S", "outboundS2S", "useAudienceManagerVisitorID"} <= set(DataSourceDraft.columns())
    assert DataSourceDraft.only_on_create == {"uniqueTraitIntegrationCodes", "uniqueSegmentIntegrationCodes"}
    assert DataSourceDraft.only_on_create <= set(DataSourceDraft.columns())


@pytest.mark.parametrize("model", FOLDERS)
@pytest.mark.parametrize(
    "row",
    [
        {"path": "/Web/Pricing"},
        {"path": " /Web/Pricing/ "},
        {"path": "/All Traits/a/b/c/d/e"},
        {"name": "Pricing", "parentFolder": "/"},
        {"name": "Pricing", "parentFolderId": "0"},
    ],
)
def test_folder_has_a_path_or_a_name_and_a_parent(model, row):
    assert faults(model, row) == []


@pytest.mark.parametrize("model", FOLDERS)
@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({}, ["path is missing (or name, with parentFolder or parentFolderId)"]),
        ({"name": "Web"}, ["path is missing (or name, with parentFolder or parentFolderId)"]),
        ({"parentFolder": "/"}, ["path is missing (or name, with parentFolder or parentFolderId)"]),
        (
            {"path": "/a", "name": "a", "parentFolderId": 0},
            ["name: cannot be combined with path: keep one", "parentFolderId: cannot be combined with path: keep one"],
        ),
        (
            {"name": "a", "parentFolder": "/", "parentFolderId": 0},
            ["parentFolderId: cannot be combined with parentFolder: keep one"],
        ),
        ({"name": "a/b", "parentFolder": "/"}, ["name: must not hold “/”: it separates the names of a path"]),
        ({"path": "/"}, ["path: is the root, which AAM has"]),
        ({"path": "/" + "x" * 256}, [f"path: “{'x' * 60}…” has 256 characters, 255 at most"]),
        ({"path": "Web"}, ["path: String should match pattern '^\\s*/'"]),
        ({"path": 7}, ["path: String should match pattern '^\\s*/'"]),
        ({"path": ["/a"]}, ["path: Input should be a valid string"]),
        ({"folderId": 0, "path": "/a"}, ["folderId: Input should be greater than or equal to 1"]),
    ],
)
def test_folder_that_is_wrong(model, row, said):
    assert faults(model, row) == said


def test_only_trait_folders_are_five_deep_at_most():
    assert faults(TraitFolderDraft, {"path": "/a/b/c/d/e/f"}) == ["path: “/a/b/c/d/e/f” is 6 levels deep, 5 at most"]
    parent = {"name": "f", "parentFolder": "/a/b/c/d/e"}
    assert faults(TraitFolderDraft, parent) == ["parentFolder: “/a/b/c/d/e” is 5 levels deep, 4 at most for a parent"]
    assert faults(TraitDraft, {"folder": "/a/b/c/d/e/f"})[0] == "folder: “/a/b/c/d/e/f” is 6 levels deep, 5 at most"
    for model, row in [
        (SegmentFolderDraft, {"path": "/a/b/c/d/e/f"}),
        (SegmentFolderDraft, {**parent, "parentFolder": "/a/b/c/d/e/f"}),
        (TraitFolderDraft, {**parent, "parentFolder": "/all traits/a/b/c/d"}),
        (TraitFolderDraft, {**parent, "parentFolder": "/"}),
    ]:
        assert faults(model, row) == []
    for model in (TraitDraft, SegmentDraft):
        for path in ("/", "/a/b/c/d/e", " /All Traits/a/b/c/d/e/ "):
            assert model.model_validate({"folder": path}).given == {"folder": path.strip()}
        long = faults(model, {"folder": f"/a/{'x' * 256}"})
        assert long[0] == f"folder: “{'x' * 60}…” has 256 characters, 255 at most"


def test_trait_type_is_a_name_that_stays():
    assert faults(TraitTypeDraft, {"name": "Loyalty"}) == []
    assert faults(TraitTypeDraft, {}) == ["name is missing"]
    assert faults(TraitTypeDraft, {"name": "a", "description": "b"}) == ["description: Extra inputs are not permitted"]
    assert TraitTypeDraft.only_on_create == {"name"}
    assert given(TraitTypeDraft, pixelType="204") == {"pixelType": 204}

"""The folders of traits and of segments: two trees of one make."""

from __future__ import annotations

from airflow_provider_aam.api.resources.declare import CRUD, Action, Confidence, Resource, Type, verbs


def _folders(of: str, *actions: Action) -> Resource:
    return Resource(
        name=f"{of}_folders",
        path=f"folders/{of}s",
        id_field="folderId",
        verbs=verbs(*CRUD, confidence=Confidence.CLIENT),
        fields={
            "folderId": Type.INTEGER,
            "parentFolderId": Type.INTEGER,
            "pid": Type.INTEGER,
            "name": Type.TEXT,
            "path": Type.TEXT,
            "folderCount": Type.INTEGER,
        },
        children="subFolders",
        parent="parentFolderId",
        list_params=frozenset({"includeThirdParty"}),
        get_params=frozenset({"includeSubFolders"}),
        actions=actions,
    )


TRAIT_FOLDERS = _folders("trait")
SEGMENT_FOLDERS = _folders(
    "segment",
    Action(
        name="segments",
        method="GET",
        path="folders/segments/{folderId}/segments",
        about="The segments that are directly in a folder.",
        confidence=Confidence.CLIENT,
        rows=True,
    ),
)

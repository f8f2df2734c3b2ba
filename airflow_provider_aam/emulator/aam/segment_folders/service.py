"""The tree that segments are in. A limit on its folders is not documented."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.aam.segments.service import SEGMENTS
from airflow_provider_aam.emulator.aam.trees import folders, tree_route
from airflow_provider_aam.emulator.core.call import Route, ref
from airflow_provider_aam.emulator.core.listing import PAGING, list_reply
from airflow_provider_aam.emulator.core.rendering import renderer
from airflow_provider_aam.emulator.core.service import Service

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.call import Call, Reply

SEGMENT_FOLDERS = folders(
    name="segment_folders", path="/v1/folders/segments", members="segments", root_name="All Segments"
)


def segments_in(call: Call) -> Reply:
    """Answer GET /folders/segments/{folderId}/segments [client: the AAM UI]."""
    key = SEGMENT_FOLDERS.find_or_root(call)
    segments = SEGMENTS.collection(call.state)
    return list_reply(call, segments, [lambda row: row["folderId"] == key], renderer(segments, escaped=call.escaped))


SERVICE = Service(
    tag="Segment folders",
    about="The tree that segments are in.",
    resources=(SEGMENT_FOLDERS,),
    routes=(
        tree_route(SEGMENT_FOLDERS),
        Route(
            "GET",
            "/v1/folders/segments/{folderId:int}/segments",
            segments_in,
            "The segments directly in a folder",
            query=(*SEGMENTS.query, *PAGING),
            answer={"type": "array", "items": ref(SEGMENTS.schema)},
        ),
    ),
)

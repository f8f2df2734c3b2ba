"""``client.profiles``: what AAM knows of one id, for checking what has arrived."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from airflow_provider_aam.api.answers import shape_of
from airflow_provider_aam.api.errors import AAMArgumentError, AAMBadAnswer, Fate
from airflow_provider_aam.api.numbers import whole_number
from airflow_provider_aam.api.session import AAMSession
from airflow_provider_aam.api.stream import require_ims
from airflow_provider_aam.api.visible import one_line

_ELSEWHERE = frozenset({"", ".", ".."})


class Profiles:
    def __init__(self, session: AAMSession) -> None:
        self._session = session

    def get(self, data_source_id: int, user: str, *, region_ids: Sequence[int] = ()) -> dict[str, Any]:
        """Traits, segments and linked ids of ``user``, an id of that data source (0: AAM's own); in given regions.

        As AAM sends it: Adobe does not say which keys it has. Raises :class:`AAMNotFound` for an id without a profile.
        """
        require_ims(self._session, "the Customer Data API")
        source = whole_number(data_source_id)
        if source is None or user in _ELSEWHERE:
            raise AAMArgumentError(
                f"profiles.get: expected the ids of a data source and of a user, found "
                f"“{one_line(str(data_source_id))}” and “{one_line(user)}”. Nothing was sent to AAM."
            )
        # Not `build_request`'s doing: a slash in an id is no part of the path.
        path = f"profile/{source}/{quote(user, safe='', errors='surrogatepass')}"
        params = {"filter[regionId]": ",".join(map(str, region_ids))} if region_ids else None
        profile = self._session.call("GET", path, params=params)
        if not isinstance(profile, dict):
            raise AAMBadAnswer(f"GET /{path}: expected a profile, found {shape_of(profile)}.", fate=Fate.UNKNOWN)
        return profile

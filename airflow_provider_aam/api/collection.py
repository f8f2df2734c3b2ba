"""The verbs of one resource, bound to a session. Which of them a resource has is in its declaration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from airflow_provider_aam.api.errors import AAMBadAnswer, AAMNotFound, AAMOutcomeUnknown, Fate
from airflow_provider_aam.api.listing import Record, Records
from airflow_provider_aam.api.reading import Reading
from airflow_provider_aam.api.resources import Verb

__all__ = ["Collection", "Record", "Records"]


class Collection(Reading):
    """All objects of one kind, as ``client.segments``, ``client.traits`` and so on.

    Objects within others (mappings within destinations) are named with the id of those as well:
    ``client.mappings.get(65335, destinationId=4034)``.
    """

    def replace_by_integration_code(self, code: str, body: Mapping[str, Any]) -> Record:
        """:meth:`replace`, the object being named by its integration code."""
        self._require(Verb.BY_INTEGRATION_CODE)
        answer = self._session.call("PUT", self._by_code(code), body=dict(body))
        return self.get_by_integration_code(code) if answer is None else self._record(answer)

    def delete_by_integration_code(self, code: str) -> bool:
        """:meth:`delete`, the object being named by its integration code."""
        self._require(Verb.BY_INTEGRATION_CODE)
        return self._delete(self._by_code(code))

    def create(self, body: Mapping[str, Any]) -> Record:
        """The created object, with its id. Not repeated when its fate is unknown: :class:`AAMOutcomeUnknown`."""
        self._require(Verb.CREATE)
        path, around = self._address(body)
        answer = self._session.call("POST", f"{path}/", body=dict(body))
        try:
            return self._record(answer, around=around, with_id=True)
        except AAMBadAnswer as bad:
            raise AAMOutcomeUnknown(
                f"{bad.message} AAM may or may not have created it; check before sending it again.", fate=Fate.UNKNOWN
            ) from bad

    def update(self, object_id: int, changes: Mapping[str, Any], **params: Any) -> Record:
        """The object after ``changes``: read, merged and written, because AAM's PUT replaces all. Two requests.

        ``params`` name the objects around it (``destinationId=…``).
        """
        around = {name: changes[name] for name in self.resource.path_ids if name in changes} | params
        _, around = self._address(around, what=f"update of {self.resource.name}")
        return self.replace(object_id, {**self.get(object_id, **around), **changes})

    def replace(self, object_id: int, body: Mapping[str, Any]) -> Record:
        """AAM's PUT as it is: what ``body`` leaves out is reset. The object is read when the response is empty."""
        self._require(Verb.UPDATE)
        _, around = self._address(body)
        path = self._address_of(object_id, around, path=self.resource.replace_path)
        answer = self._session.call("PUT", path, body=dict(body))
        return self.get(object_id, **around) if answer is None else self._record(answer, around=around)

    def delete(self, object_id: int, **params: Any) -> bool:
        """Whether this call deleted it: an object that is gone already makes no error.

        ``params`` name the objects around it (``destinationId=…``).
        """
        self._require(Verb.DELETE)
        _, around = self._address(params, what=f"delete of {self.resource.name}", known=frozenset())
        return self._delete(self._address_of(object_id, around))

    def bulk_delete(self, object_ids: Sequence[int]) -> None:
        """Delete many in one request. AAM is known to report a failure for work it has done: look afterwards.

        Sent again after a lost response, when AAM may refuse the ids that the first request has deleted.
        """
        self._require(Verb.BULK_DELETE)
        self._session.call("POST", f"{self.resource.path}/bulk-delete", body=[*object_ids], replayable=True)

    def validate(self, rule: str) -> Record:
        """AAM's own verdict on a rule; the shape of its response is not documented."""
        self._require(Verb.VALIDATE)
        answer = self._session.call("POST", f"{self.resource.path}/validate", body={"code": rule}, replayable=True)
        return answer if isinstance(answer, dict) else {"valid": answer}

    def limits(self) -> Any:
        """How many objects there are and may be. The shape of the response is not documented: see ``api.limits``."""
        self._require(Verb.LIMITS)
        return self._session.call("GET", f"{self.resource.path}/limits")

    def _delete(self, path: str) -> bool:
        try:
            self._session.call("DELETE", path)
        except AAMNotFound:
            return False
        return True

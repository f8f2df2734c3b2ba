"""The verbs of one resource, bound to a session. Which of them a resource has is in its declaration."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from airflow_provider_aam.api.answers import UNREADABLE
from airflow_provider_aam.api.errors import (
    AAMBadAnswer,
    AAMIncomplete,
    AAMInvalid,
    AAMNotFound,
    AAMOutcomeUnknown,
    Fate,
)
from airflow_provider_aam.api.paging import AGAIN, LARGEST_PAGE, Completeness, Page, iter_pages, parse_page
from airflow_provider_aam.api.resources import Resource, Verb
from airflow_provider_aam.api.session import AAMSession

Record = dict[str, Any]
"""One object as AAM writes it: its own field names, epoch milliseconds, unknown fields kept."""

Records = list[Record]

LIST_ATTEMPTS = 3


class Collection:
    """All objects of one kind, as ``client.segments``, ``client.traits`` and so on."""

    def __init__(self, resource: Resource, session: AAMSession) -> None:
        self.resource = resource
        self._session = session

    def __repr__(self) -> str:
        return f"<{self.resource.name} of {self._session.base_url}>"

    def list(self, **filters: Any) -> Iterator[Record]:
        """Every object that matches, in AAM's order of ids; one request per 1,000, several under way at once.

        ``filters`` are AAM's query parameters (``folderId=7``, ``search="price"``, ``includeMetrics=True``). Raises
        :class:`AAMIncomplete` after the last row when the list could not be proven complete: take no decision on rows
        before the iteration has ended.
        """
        proof = self.completeness()
        for page in self.iter_pages(filters):
            proof.add(page)
            for row in page.rows:
                yield self._decoded(row)
        proof.verify()

    def fetch_all(self, **filters: Any) -> Records:
        """:meth:`list` in memory, read again from the start (three times at most) when it was not complete."""
        for _ in range(LIST_ATTEMPTS - 1):
            try:
                return [*self.list(**filters)]
            except AAMIncomplete:
                continue
        return [*self.list(**filters)]

    def iter_pages(
        self, filters: Mapping[str, Any], *, page_size: int = LARGEST_PAGE, max_concurrency: int | None = None
    ) -> Iterator[Page]:
        """Undecoded pages, for whoever writes or counts rows without looking into them.

        ``max_concurrency`` lowers the Connection's for this list. Feed :meth:`completeness` with the pages.
        """
        self._require(Verb.LIST)
        self.check_filters(filters)
        what = f"list of {self.resource.name}"
        if self.resource.children:
            return iter([self._flat_tree(filters)])

        def fetch(number: int, size: int) -> Page:
            paging: dict[str, Any] = {}
            if self.resource.paged:
                paging = {"page": number, "pageSize": size, "sortBy": self.resource.id_field}
            elif number:  # the first answer said, unasked, that it is one page of several: in the same order, then
                paging = {"page": number, "pageSize": size}
            return self._session.read(
                f"{self.resource.path}/",
                lambda body: parse_page(body, number=number, size=size, what=what),
                params={**self.resource.always, **paging, **filters},
            )

        highest = self._session.limit.highest
        concurrency = min(max_concurrency or highest, highest)
        return iter_pages(fetch, page_size=page_size, concurrency=concurrency, what=what)

    def completeness(self) -> Completeness:
        """An empty proof, to be fed with the pages of one list."""
        return Completeness(what=f"list of {self.resource.name}", id_field=self.resource.id_field)

    def check_filters(self, filters: Mapping[str, Any]) -> None:
        """Raises :class:`AAMInvalid` for parameters that AAM does not document: it ignores those, silently."""
        unknown = [name for name in filters if name not in self.resource.list_params]
        if unknown:
            names = sorted(self.resource.list_params)
            near = [match for name in unknown for match in difflib.get_close_matches(name, names, n=1)]
            hint = f" Did you mean {', '.join(near)}?" if near else ""
            raise AAMInvalid(
                f"list of {self.resource.name}: unknown filters {', '.join(sorted(unknown))}.{hint} "
                f"Known: {', '.join(names)}"
            )

    def get(self, object_id: int, **params: Any) -> Record:
        """One object with all its details. Raises :class:`AAMNotFound`."""
        self._require(Verb.GET)
        return self._record(self._session.call("GET", self._path(object_id), params={**self.resource.always, **params}))

    def get_by_integration_code(self, code: str, **params: Any) -> Record:
        """The object with this integration code (AAM's ``ic:`` look-up), ambiguous unless codes are unique."""
        self._require(Verb.BY_INTEGRATION_CODE)
        path = self._path(f"ic:{quote(code, safe='')}")
        return self._record(self._session.call("GET", path, params={**self.resource.always, **params}))

    def create(self, body: Mapping[str, Any]) -> Record:
        """The created object, with its id. Not repeated when its fate is unknown: :class:`AAMOutcomeUnknown`."""
        self._require(Verb.CREATE)
        answer = self._session.call("POST", f"{self.resource.path}/", body=dict(body))
        try:
            return self._record(answer, with_id=True)
        except AAMBadAnswer as bad:
            raise AAMOutcomeUnknown(
                f"{bad.message} Whether AAM created it is not known: look before sending it again.", fate=Fate.UNKNOWN
            ) from bad

    def update(self, object_id: int, changes: Mapping[str, Any]) -> Record:
        """The object after ``changes``: read, merged and written, because AAM's PUT replaces all. Two requests."""
        return self.replace(object_id, {**self.get(object_id), **changes})

    def replace(self, object_id: int, body: Mapping[str, Any]) -> Record:
        """AAM's PUT as it is: what ``body`` leaves out is reset. The object is read when the answer is empty."""
        self._require(Verb.UPDATE)
        answer = self._session.call("PUT", self._path(object_id), body=dict(body))
        return self.get(object_id) if answer is None else self._record(answer)

    def delete(self, object_id: int) -> bool:
        """Whether this call deleted it: an object that is gone already is no error."""
        self._require(Verb.DELETE)
        try:
            self._session.call("DELETE", self._path(object_id))
        except AAMNotFound:
            return False
        return True

    def bulk_delete(self, object_ids: Sequence[int]) -> None:
        """Delete many in one request. AAM is known to report a failure for work it has done: look afterwards.

        Sent again after a lost answer, when AAM may refuse the ids that the first request has deleted.
        """
        self._require(Verb.BULK_DELETE)
        self._session.call("POST", f"{self.resource.path}/bulk-delete", body=[*object_ids], replayable=True)

    def validate(self, rule: str) -> Record:
        """AAM's own verdict on a rule; the shape of its answer is not documented."""
        self._require(Verb.VALIDATE)
        answer = self._session.call("POST", f"{self.resource.path}/validate", body={"code": rule}, replayable=True)
        return answer if isinstance(answer, dict) else {"valid": answer}

    def limits(self) -> Any:
        """How many objects there are and may be; the shape of the answer is not documented."""
        self._require(Verb.LIMITS)
        return self._session.call("GET", f"{self.resource.path}/limits")

    def _require(self, verb: Verb) -> None:
        if verb not in self.resource.verbs:
            known = ", ".join(sorted(known.value for known in self.resource.verbs))
            raise AAMInvalid(f"AAM has no {verb.value} for {self.resource.name}; it has {known}.")

    def _path(self, key: object) -> str:
        return f"{self.resource.path}/{key}"

    def _record(self, answer: Any, *, with_id: bool = False) -> Record:
        if isinstance(answer, dict) and (not with_id or _is_id(answer.get(self.resource.id_field))):
            return answer
        shape = f"keys {sorted(answer)}" if isinstance(answer, dict) else type(answer).__name__
        raise AAMBadAnswer(
            f"{self.resource.name}: AAM answered {shape} where one object with {self.resource.id_field} was due. "
            "Is the Connection's host the API's address?",
            fate=Fate.UNKNOWN,
        )

    def _flat_tree(self, filters: Mapping[str, Any]) -> Page:
        """AAM's tree as one page of rows without their children, parents first."""
        what, children = f"list of {self.resource.name}", self.resource.children or ""
        answer = self._session.call("GET", f"{self.resource.path}/", params=filters)
        total = None
        if isinstance(answer, dict) and isinstance(answer.get("list"), list):
            answer, total = answer["list"], answer.get("total")
        rows: list[msgspec.Raw] = []
        waiting: list[tuple[Any, Any]] = [
            (node, None) for node in reversed(answer if isinstance(answer, list) else [answer])
        ]
        while waiting:
            node, parent_id = waiting.pop()
            inner: Any = (node.get(children) or []) if isinstance(node, dict) else None
            if not isinstance(inner, list):
                wrong = type(node if inner is None else inner).__name__
                text = f"{what}: a {wrong} stands where {'a folder was' if inner is None else 'folders were'} due."
                raise AAMBadAnswer(text, fate=Fate.UNKNOWN)
            waiting.extend((child, node.get(self.resource.id_field)) for child in reversed(inner))
            flat = {name: value for name, value in node.items() if name != children}
            if self.resource.parent and flat.get(self.resource.parent) is None and parent_id is not None:
                flat[self.resource.parent] = parent_id  # else the row would no longer say where it was
            rows.append(msgspec.Raw(msgspec.json.encode(flat)))
        if isinstance(total, int | str) and str(total).isdecimal() and int(total) > len(rows):
            raise AAMIncomplete(f"{what}: {len(rows)} rows came where AAM announced {total}. {AGAIN}")
        return Page(number=0, total=None, size=len(rows), rows=rows)

    def _decoded(self, row: msgspec.Raw) -> Record:
        try:
            return msgspec.json.decode(row, type=Record)
        except UNREADABLE as broken:
            text = f"list of {self.resource.name}: a row cannot be decoded ({broken})."
            raise AAMBadAnswer(text, fate=Fate.UNKNOWN) from broken


def _is_id(value: object) -> bool:
    """A number, or a text that is one."""
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, str) and value.isdecimal())

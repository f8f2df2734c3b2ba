"""Reading one resource: its list, in pages and verified complete, and its objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from airflow_provider_aam.api.actions import Actions
from airflow_provider_aam.api.addresses import address
from airflow_provider_aam.api.answers import shape_of
from airflow_provider_aam.api.complete import until_complete
from airflow_provider_aam.api.counted import counted
from airflow_provider_aam.api.errors import AAMArgumentError, AAMBadAnswer, AAMIncomplete, AAMNotFound, Fate
from airflow_provider_aam.api.listing import Record, Records, decoded, flat_tree, named_page, with_names
from airflow_provider_aam.api.names import near_misses
from airflow_provider_aam.api.numbers import whole_number
from airflow_provider_aam.api.paging import LARGEST_PAGE, Completeness, Page, iter_pages, parse_page
from airflow_provider_aam.api.pool import in_order
from airflow_provider_aam.api.resources import Verb
from airflow_provider_aam.api.rows import Rows


class Reading(Actions):
    """What every collection can be asked. Its verbs that write are in :class:`.collection.Collection`."""

    def list(self, *, max_concurrency: int | None = None, **filters: Any) -> Iterator[Record]:
        """Every object that matches, in AAM's order of ids; one request per 1,000, several under way at once.

        ``filters`` are AAM's query parameters (``folderId=7``, ``search="price"``, ``includeMetrics=True``). Raises
        :class:`AAMIncomplete` after the last row when the list could not be verified complete: take no decision on rows
        before the iteration has ended.
        """
        proof = self.completeness()
        for page in self.iter_pages(filters, max_concurrency=max_concurrency):
            proof.add(page)
            for row in page.rows:
                yield decoded(self.resource, row)
        proof.verify()

    def fetch_all(self, **filters: Any) -> Records:
        """:meth:`list` in memory, read again from the start (three times at most) when it was not complete."""
        return until_complete(lambda: [*self.list(**filters)])

    def read_all(self, **params: Any) -> Iterator[Record]:
        """Every object as :meth:`get` gives it, in the order of the list: one request each, several under way at once.

        For lists that hold only summaries (``client.destinations.read_all(includeMappings=True)``). ``params`` are
        those of :meth:`get`. An object that is deleted in between is left out; :class:`AAMIncomplete` is raised after
        the last one when AAM still lists what it did not find. Only ids are held in memory.
        """
        self._require(Verb.GET)
        self._check_params(params, what=f"one of {self.resource.name}")
        names = (self.resource.id_field, *self.resource.path_ids)
        keys = until_complete(lambda: [[row[name] for name in names] for row in self.list()])
        return self._read_each(keys, params)

    def _read_each(self, keys: Sequence[Sequence[Any]], params: Mapping[str, Any]) -> Iterator[Record]:
        missing: set[str] = set()

        def read(key: Sequence[Any]) -> Record | None:
            try:
                return self.get(key[0], **params, **dict(zip(self.resource.path_ids, key[1:], strict=True)))
            except AAMNotFound:
                missing.add(str(key[0]))
                return None

        for record in in_order(read, keys, concurrency=self._session.sender.places.most):
            if record is not None:
                yield record
        if missing:
            listed = until_complete(lambda: {str(row[self.resource.id_field]) for row in self.list()})
            if hidden := sorted(missing & listed):
                raise AAMIncomplete(
                    f"{self.resource.name}: AAM lists {counted(len(hidden), 'object')} that it does not find when "
                    f"asked for one by one: {', '.join(hidden[:10])}{', …' if len(hidden) > 10 else ''}. Check that "
                    "the technical account has access to them."
                )

    def iter_pages(
        self, filters: Mapping[str, Any], *, page_size: int = LARGEST_PAGE, max_concurrency: int | None = None
    ) -> Iterator[Page]:
        """Undecoded pages, for whoever writes or counts rows without looking into them.

        ``max_concurrency`` counts instead of the client's (64 at most). Feed :meth:`completeness` with the pages.
        """
        if max_concurrency is not None:
            bounded = Reading(self.resource, self._session.at_most(max_concurrency))
            return bounded.iter_pages(filters, page_size=page_size)
        self._require(Verb.LIST)
        self.check_filters(filters)
        if all(filters.get(name) is not None for name in self.resource.path_ids):
            return self._pages(filters, page_size=page_size)
        return self._pages_of_all(filters)

    def completeness(self) -> Completeness:
        """An empty proof, to be fed with the pages of one list."""
        return Completeness(what=f"list of {self.resource.name}", id_field=self.resource.id_field)

    def check_filters(self, filters: Mapping[str, Any]) -> None:
        """Raises :class:`AAMArgumentError` for parameters that AAM does not document: it ignores those, silently."""
        known = self.resource.list_params | {*self.resource.path_ids}
        unknown = [name for name in filters if name not in known]
        if unknown:
            raise AAMArgumentError(
                f"list of {self.resource.name}: unknown filters {', '.join(sorted(unknown))}."
                f"{near_misses(unknown, known)} Known: {', '.join(sorted(known)) or 'none'}"
            )

    def get(self, object_id: int, **params: Any) -> Record:
        """One object with all its details. Raises :class:`AAMNotFound`, and never gives another object than asked."""
        self._require(Verb.GET)
        _, around = self._address(params, what=f"one of {self.resource.name}")
        path = self._address_of(object_id, around)
        query = {**self.resource.always, **{name: value for name, value in params.items() if name not in around}}
        answer = self._session.call("GET", path, params=query)
        record = self._record(answer, around=around, with_id=True)
        if whole_number(object_id) != whole_number(record[self.resource.id_field]):
            raise AAMBadAnswer(
                f"{self.resource.name}: AAM returned {self.resource.id_field} {record[self.resource.id_field]} where "
                f"{object_id} was asked for. Does a proxy in between keep old responses?",
                fate=Fate.UNKNOWN,
            )
        return record

    def get_by_integration_code(self, code: str, **params: Any) -> Record:
        """The object with this integration code (AAM's ``ic:`` lookup), ambiguous unless codes are unique."""
        self._require(Verb.BY_INTEGRATION_CODE)
        self._check_params(params, what=f"one of {self.resource.name}")
        return self._record(self._session.call("GET", self._by_code(code), params={**self.resource.always, **params}))

    def _require(self, verb: Verb) -> None:
        if verb not in self.resource.verbs:
            known = ", ".join(sorted(known.value for known in self.resource.verbs)) or "none"
            raise AAMArgumentError(f"AAM has no {verb.value} for {self.resource.name}; it has {known}.")

    def _check_params(self, params: Mapping[str, Any], *, what: str, known: frozenset[str] | None = None) -> None:
        if known is None:
            known = self.resource.list_params | self.resource.get_params
        if unknown := sorted(params.keys() - known):
            names = ", ".join(sorted(known)) or "none"
            raise AAMArgumentError(
                f"{what}: unknown parameters {', '.join(unknown)}.{near_misses(unknown, known)} Known: {names}"
            )

    def _address(
        self, values: Mapping[str, Any], *, what: str = "", known: frozenset[str] | None = None
    ) -> tuple[str, Record]:
        """The path of the collection, and the ids of the objects around it, taken from ``values``.

        With ``what`` the other values are query parameters and must be ``known``.
        """
        around = {name: values.get(name) for name in self.resource.path_ids}
        if missing := [name for name, value in around.items() if value is None]:
            raise AAMArgumentError(
                f"{self.resource.name}: {', '.join(missing)} is needed; AAM keeps {self.resource.name} within "
                f"{self.resource.within.name if self.resource.within else 'others'}."
            )
        if what:
            self._check_params({name: values[name] for name in values if name not in around}, what=what, known=known)
        return address(self.resource.name, self.resource.path, around), around

    def _address_of(self, object_id: int, around: Mapping[str, Any], *, path: str | None = None) -> str:
        """Of one object, below the collection's own path unless another is given."""
        name = self.resource.id_field
        parts = {**around, name: object_id}
        return address(self.resource.name, f"{path or self.resource.path}/{{{name}}}", parts)

    def _by_code(self, code: str) -> str:
        return address(self.resource.name, f"{self.resource.path}/ic:{{integrationCode}}", {"integrationCode": code})

    def _record(self, answer: Any, *, around: Mapping[str, Any] | None = None, with_id: bool = False) -> Record:
        if isinstance(answer, dict):
            record = with_names(self.resource, answer, around)
            if not with_id or whole_number(record.get(self.resource.id_field)) is not None:
                return record
        shape = f"keys {sorted(answer)}" if isinstance(answer, dict) else shape_of(answer)
        raise AAMBadAnswer(
            f"{self.resource.name}: AAM returned {shape} instead of one object with {self.resource.id_field}. "
            "Is the Connection's host the API's address?",
            fate=Fate.UNKNOWN,
        )

    def _pages(self, filters: Mapping[str, Any], *, page_size: int, concurrency: int | None = None) -> Iterator[Page]:
        """The pages of one list of AAM's."""
        resource, what = self.resource, f"list of {self.resource.name}"
        path, around = self._address(filters)
        query = {**resource.always, **{name: value for name, value in filters.items() if name not in around}}
        if resource.children:
            return iter([flat_tree(resource, self._session.call("GET", f"{path}/", params=query))])

        def fetch(number: int, size: int) -> Page:
            paging: dict[str, Any] = {}
            if resource.paged:
                paging = {"page": number, "pageSize": size, "sortBy": resource.id_field}
            elif number:  # the first response said, unasked, that it is one page of several: in the same order, then
                paging = {"page": number, "pageSize": size}
            page = self._session.read(
                f"{path}/",
                lambda body: parse_page(body, number=number, size=size, what=what),
                params={**resource.always, **paging, **query},
            )
            return named_page(resource, page, around)

        most = concurrency or self._session.sender.places.most
        return iter_pages(fetch, page_size=page_size, concurrency=most, what=what)

    def _pages_of_all(self, filters: Mapping[str, Any]) -> Iterator[Page]:
        """The lists within every object around, in the order of their ids, each verified complete, as pages of one."""
        assert self.resource.within  # a path names an id only then
        parents = Reading(self.resource.within, self._session)
        (name,) = self.resource.path_ids

        def read(parent_id: Any) -> Sequence[Page]:
            try:
                return self._whole_list({**filters, name: parent_id})
            except AAMNotFound:
                if parents._exists(parent_id):
                    raise
                return ()

        ids = sorted(until_complete(lambda: [int(row[parents.resource.id_field]) for row in parents.list()]))
        number = 0
        for pages in in_order(read, ids, concurrency=self._session.sender.places.most):
            for page in pages:
                yield replace(page, number=number, total=None)
                number += 1
        if not number:
            yield Page(number=0, total=None, size=0, rows=Rows())

    def _whole_list(self, filters: Mapping[str, Any]) -> Sequence[Page]:
        proof, pages = self.completeness(), []
        for page in self._pages(filters, page_size=LARGEST_PAGE, concurrency=1):
            proof.add(page)
            pages.append(page)
        proof.verify()
        return pages

    def _exists(self, object_id: int) -> bool:
        try:
            self.get(object_id)
        except AAMNotFound:
            return False
        return True

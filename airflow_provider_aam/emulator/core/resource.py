"""A resource = declared fields + a few rules; the routes and the five verbs follow from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from airflow_provider_aam.emulator.core.authentication import require_access
from airflow_provider_aam.emulator.core.call import Call, Parameter, Reply
from airflow_provider_aam.emulator.core.fields import Field, read_body
from airflow_provider_aam.emulator.core.listing import list_reply
from airflow_provider_aam.emulator.core.refusals import bad_request, conflict, not_found
from airflow_provider_aam.emulator.core.rendering import rendered, renderer, tagged, with_extras
from airflow_provider_aam.emulator.core.state import PID

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_provider_aam.emulator.core.collection import Collection, Row
    from airflow_provider_aam.emulator.core.state import State

PERMISSIONS = ["READ", "WRITE", "CREATE", "DELETE"]


class ExtrasOf(Protocol):
    """Returns the function that makes a row's conditional members; `one` tells a single object from a list."""

    def __call__(self, call: Call, *, one: bool) -> Callable[[Row], dict[str, Any]] | None: ...


def _nothing(*_: object) -> None:
    return None


@dataclass(frozen=True, kw_only=True)
class Resource:
    """What distinguishes one type of object from another.

    `problems(state, values, key)` returns what is wrong with an object about to be stored (`key` is `None` on create);
    `limit(state, values)` and `in_use(state, row)` raise a `Refusal`; `keep(call)` is the list's filter;
    `changed(state, old, new)` hears of every write.
    """

    name: str
    noun: str
    path: str
    id_field: str
    fields: tuple[Field, ...]
    query: tuple[Parameter, ...] = ()
    constants: dict[str, Any] = field(default_factory=dict)
    unique_code_flag: str | None = None
    problems: Callable[[State, Row, int | None], list[str]] = lambda *_: []
    limit: Callable[[State, Row], None] = _nothing
    in_use: Callable[[State, Row], None] = _nothing
    keep: Callable[[Call], Callable[[Row], bool] | None] = _nothing
    extras: ExtrasOf = lambda *_, **__: None
    changed: Callable[[State, Row | None, Row], None] = _nothing

    def collection(self, state: State) -> Collection:
        """Return where its objects are."""
        return state.collections[self.name]

    def details(self) -> frozenset[str]:
        """Return the fields that a list leaves out unless `includeDetails` is given."""
        return frozenset(each.name for each in self.fields if each.detail)

    # --- the verbs -------------------------------------------------------------------------------------------------

    def show(self, call: Call) -> Reply:
        """Answer GET on the collection."""
        collection = self.collection(call.state)
        without = frozenset() if call.flag("includeDetails") else self.details()
        render = renderer(collection, escaped=call.escaped, without=without, extras=self.extras(call, one=False))
        return list_reply(call, collection, self.keep(call), render)

    def get(self, call: Call) -> Reply:
        """Answer GET on one; it always has all fields (inferred from a client that reads traitRule this way)."""
        return tagged(self.body(call, self.find(call)))

    def create(self, call: Call) -> Reply:
        """Answer POST with 201 and the new object."""
        require_access(call)
        state, body = call.state, call.json_object()
        values = self._values(state, body, key=None)
        self.limit(state, values)
        row = self.stamped(state, values, key=state.next_id(self.name), user_id=call.user_id)
        self._store(state, None, row)
        return Reply(201, self.body(call, row[self.id_field]))

    def update(self, call: Call) -> Reply:
        """Answer PUT: what the body does not say goes back to its default."""
        key = self.find(call)
        state, body = call.state, call.json_object()
        old = self.collection(state).rows[key]
        values = self._values(state, body, key=key)
        row = self.trimmed({**old, **values, "updateTime": state.clock.now_ms(), "upUID": call.user_id})
        self._store(state, old, row)
        return Reply(200, self.body(call, key))

    def delete(self, call: Call) -> Reply:
        """Answer DELETE with 204."""
        key = self.find(call)
        self.in_use(call.state, self.collection(call.state).rows[key])
        self.collection(call.state).remove(key)
        return Reply(204)

    def bulk_delete(self, call: Call) -> Reply:
        """Answer POST of an array of ids: all or none of the known ones; unknown ids are passed over (inferred)."""
        require_access(call)
        collection = self.collection(call.state)
        known = [key for key in dict.fromkeys(call.json_ids()) if key in collection.rows]
        for key in known:
            self.in_use(call.state, collection.rows[key])
        for key in known:
            collection.remove(key)
        return Reply(204)

    # --- their parts -----------------------------------------------------------------------------------------------

    def find(self, call: Call) -> int:
        """Return the id a path names, by id or by `ic:`; of several with one code the lowest id (inferred)."""
        require_access(call)
        collection = self.collection(call.state)
        if "code" in call.params:
            code = call.params["code"]
            if found := collection.with_code(code):
                return found[0]
            raise not_found(self.noun, f"ic:{code}")
        key: int = call.params[self.id_field]
        if key not in collection.rows:
            raise not_found(self.noun, key)
        return key

    def body(self, call: Call, key: int) -> bytes:
        """Return one object with what the query adds to it."""
        collection = self.collection(call.state)
        extras = self.extras(call, one=True)
        body = rendered(collection, key, escaped=call.escaped)
        return with_extras(body, extras(collection.rows[key])) if extras else body

    def stamped(self, state: State, values: Row, *, key: int, user_id: int) -> Row:
        """Return a new row: id, partner, the values, and who made it when."""
        now = state.clock.now_ms()
        audit = {"createTime": now, "updateTime": now, "crUID": user_id, "upUID": user_id}
        return self.trimmed({self.id_field: key, "pid": PID, **self.constants, **values, **audit})

    def trimmed(self, row: Row) -> Row:
        """Return the row without those fields that AAM shows only when they say something."""
        empty = [each.name for each in self.fields if each.sparse and row.get(each.name) is None]
        return {name: value for name, value in row.items() if name not in empty}

    def _values(self, state: State, body: Row, *, key: int | None) -> Row:
        values, problems = read_body(self.fields, body, creating=key is None)
        broken = {problem.partition(":")[0] for problem in problems}
        problems += [each for each in self.problems(state, values, key) if each.partition(":")[0] not in broken]
        if problems:
            raise bad_request(problems)
        self._refuse_duplicate_code(state, values, key)
        return values

    def _refuse_duplicate_code(self, state: State, values: Row, key: int | None) -> None:
        code, source = values.get("integrationCode"), values.get("dataSourceId")
        if not code or self.unique_code_flag is None or source is None:
            return
        if not state.collections["data_sources"].rows[source][self.unique_code_flag]:
            return
        collection = self.collection(state)
        for other in collection.with_code(code):
            if other != key and collection.rows[other]["dataSourceId"] == source:
                raise conflict(f"Integration code '{code}' is already used by {self.noun} {other} in this data source.")

    def _store(self, state: State, old: Row | None, row: Row) -> None:
        self.collection(state).put(row)
        self.changed(state, old, row)

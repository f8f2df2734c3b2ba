"""A resource = declared fields + a few rules; its collection, routes and verbs follow from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.core.authentication import require_access
from airflow_provider_aam.emulator.core.call import Call, Parameter, Reply, tagged
from airflow_provider_aam.emulator.core.fields import AUDIT, PARTNER, Field, read_body, reference_problems
from airflow_provider_aam.emulator.core.listing import Condition, conditions_of, list_reply
from airflow_provider_aam.emulator.core.refusals import bad_request, conflict, not_found
from airflow_provider_aam.emulator.core.rendering import Render, renderer
from airflow_provider_aam.emulator.core.state import PID, TECHNICAL_USER_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from airflow_provider_aam.emulator.core.collection import Collection, Row
    from airflow_provider_aam.emulator.core.limits import Limit
    from airflow_provider_aam.emulator.core.state import State

VERBS = ("list", "create", "bulk-delete", "get", "update", "delete")
PERMISSIONS = Parameter(
    "includePermissions",
    "Adds `permissions`.",
    "boolean",
    adds=lambda *_: {"permissions": ["READ", "WRITE", "CREATE", "DELETE"]},
)


def _nothing(*_: object) -> None:
    return None


@dataclass(frozen=True, kw_only=True)
class Resource:
    """What distinguishes one type of object from another. The one place where it is declared.

    Of `fields` id, partner and, if `audited`, who wrote it when may be left out. `verbs` have routes, `codes` are the
    `ic:` forms of them; a resource without verbs is only kept. `query` is for lists and, without `one_query`, for
    single objects too. Ids are counted from `first_id`, together with other resources of the same `sequence`, and are
    never `reserved` ones. Rows are found by the values of `indexed` fields, and of those that codes and limits need.
    `constants` are what every new object gets, `filled` what one gets that a test adds without saying it.

    `problems(state, values, key)` returns what is wrong with an object about to be stored (`key` is `None` on create);
    `in_use(state, row)` raises a `Refusal`; `keep(call)` returns further conditions of a list, `extras(call)` the
    function that adds members to each row; `completed(state, row)` returns what is stored of a row;
    `changed(state, old, new)` hears of every write.
    """

    name: str
    noun: str
    id_field: str
    path: str = ""
    verbs: tuple[str, ...] = VERBS
    codes: bool = False
    fields: tuple[Field, ...] = ()
    audited: bool = True
    query: tuple[Parameter, ...] = ()
    one_query: tuple[Parameter, ...] | None = None
    first_id: int = 1
    sequence: str = ""
    reserved: tuple[int, ...] = ()
    indexed: tuple[str, ...] = ()
    limits: tuple[Limit, ...] = ()
    filled: dict[str, Any] = field(default_factory=dict)
    constants: dict[str, Any] = field(default_factory=dict)
    unique_code_flag: str | None = None
    problems: Callable[[State, Row, int | None], list[str]] = lambda *_: []
    in_use: Callable[[State, Row], None] = _nothing
    keep: Callable[[Call], Sequence[Condition]] = lambda _: ()
    extras: Callable[[Call], Callable[[Row], dict[str, Any]] | None] = _nothing
    completed: Callable[[State, Row], Row] = lambda _, row: row
    changed: Callable[[State, Row | None, Row], None] = _nothing

    @property
    def schema(self) -> str:
        """What the OpenAPI document calls it."""
        return self.noun.replace(" ", "")

    @property
    def all_fields(self) -> tuple[Field, ...]:
        """Its fields and those that most resources have."""
        standard = (Field(self.id_field, "integer", "Id.", writable=False), PARTNER, *(AUDIT if self.audited else ()))
        own = {each.name for each in self.fields}
        return (*self.fields, *(each for each in standard if each.name not in own))

    @property
    def indexes(self) -> frozenset[str]:
        """The fields by whose values its rows are found."""
        codes = {"integrationCode"} if self.codes else set()
        return frozenset(codes.union(self.indexed, (each.field for each in self.limits if each.field)))

    def collection(self, state: State) -> Collection:
        """Return where its objects are."""
        return state.collections[self.name]

    def parameters(self, *, one: bool) -> tuple[Parameter, ...]:
        """Return the query parameters of a single object or of a list."""
        return self.query if not one or self.one_query is None else self.one_query

    def details(self, call: Call) -> frozenset[str]:
        """Return the fields that a list leaves out since the query does not ask for them."""
        return frozenset(each.name for each in self.fields if each.detail and not call.flag(each.detail))

    # --- the verbs -------------------------------------------------------------------------------------------------

    def show(self, call: Call) -> Reply:
        """Answer GET on the collection."""
        conditions = [*conditions_of(call, self.query), *self.keep(call)]
        return list_reply(call, self.collection(call.state), conditions, self.render(call, one=False))

    def usage(self, call: Call) -> Reply:
        """Answer GET of `limits`; the shape is inferred."""
        collection, maxima = self.collection(call.state), call.state.settings.limits
        rows = [each.usage(collection, maxima[each.name]) for each in self.limits if not each.of_one]
        return call.reply({"limits": rows})

    def get(self, call: Call) -> Reply:
        """Answer GET on one; it always has all fields (inferred from a client that reads traitRule this way)."""
        return tagged(self.shown(call, self.find(call)))

    def create(self, call: Call) -> Reply:
        """Answer POST with 201 and the new object."""
        require_access(call)
        key = self.add(call, self.checked(call.state, call.json_object(), key=None))
        return Reply(201, self.shown(call, key))

    def update(self, call: Call) -> Reply:
        """Answer PUT: what the body does not say goes back to its default."""
        key, state = self.find(call), call.state
        old = self.collection(state).rows[key]
        values = self.checked(state, call.json_object(), key=key)
        self._refuse_one_too_many(state, values, key)
        audit = {"updateTime": state.clock.now_ms(), "upUID": call.user_id} if self.audited else {}
        row = self.trimmed({**old, **values, **audit})
        self._store(state, old, row)
        return Reply(200, self.shown(call, key))

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
            if found := collection.with_value("integrationCode", code):
                return found[0]
            raise not_found(self.noun, f"ic:{code}")
        key: int = call.params[self.id_field]
        if key not in collection.rows:
            raise not_found(self.noun, key)
        return key

    def shown(self, call: Call, key: int) -> bytes:
        """Return one object with what the query adds to it."""
        return self.render(call, one=True)([key])[0]

    def render(self, call: Call, *, one: bool) -> Render:
        """Return the function from ids to those objects with what the query adds to them."""
        without = frozenset() if one else self.details(call)
        extras = self._extras(call, one=one)
        return renderer(self.collection(call.state), escaped=call.escaped, without=without, extras=extras)

    def _extras(self, call: Call, *, one: bool) -> Callable[[Row], dict[str, Any]] | None:
        asked = [
            each.adds
            for each in self.parameters(one=one)
            if each.adds and (one or not each.one_only) and call.flag(each.name)
        ]
        own, state = self.extras(call), call.state
        if not asked:
            return own
        return lambda row: {k: v for adds in asked for k, v in adds(state, row).items()} | (own(row) if own else {})

    def add(self, call: Call, values: Row) -> int:
        """Store a new object of values that were checked, and return its id."""
        state = call.state
        self._refuse_one_too_many(state, values, None)
        key = state.next_id(self.name)
        self._store(state, None, self.stamped(state, values, key=key, user_id=call.user_id))
        return key

    def stamped(self, state: State, values: Row, *, key: int, user_id: int) -> Row:
        """Return a new row: id, partner, the values, and who made it when."""
        now = state.clock.now_ms()
        stamps = {"createTime": now, "updateTime": now, "crUID": user_id, "upUID": user_id}
        audit = stamps if self.audited else {}
        return self.trimmed({self.id_field: key, "pid": PID, **self.constants, **values, **audit})

    def template(self, state: State) -> Row:
        """Return a row with every field at its default, in the order AAM prints them, and no id yet."""
        values = {each.name: each.default for each in self.fields if each.writable}
        return self.stamped(state, values | self.filled, key=0, user_id=TECHNICAL_USER_ID)

    def trimmed(self, row: Row) -> Row:
        """Return the row without those fields that AAM shows only when they say something."""
        empty = [each.name for each in self.fields if each.sparse and row.get(each.name) is None]
        return {name: value for name, value in row.items() if name not in empty}

    def checked(self, state: State, body: Row, *, key: int | None) -> Row:
        """Return the values of a body, or raise what is wrong with it; `key` is `None` for a new object."""
        values, problems = read_body(self.fields, body, creating=key is None)
        broken = {problem.partition(":")[0] for problem in problems}
        problems += reference_problems(self.fields, values, state.collections)
        problems += [each for each in self.problems(state, values, key) if each.partition(":")[0] not in broken]
        if problems:
            raise bad_request(problems)
        self._refuse_duplicate_code(state, values, key)
        return values

    def _refuse_one_too_many(self, state: State, values: Row, key: int | None) -> None:
        for each in self.limits:
            each.refuse(self.collection(state), values, state.settings.limits[each.name], key)

    def _refuse_duplicate_code(self, state: State, values: Row, key: int | None) -> None:
        code, source = values.get("integrationCode"), values.get("dataSourceId")
        if not code or self.unique_code_flag is None or source is None:
            return
        if not state.collections["data_sources"].rows[source][self.unique_code_flag]:
            return
        collection = self.collection(state)
        for other in collection.with_value("integrationCode", code):
            if other != key and collection.rows[other]["dataSourceId"] == source:
                raise conflict(f"Integration code '{code}' is already used by {self.noun} {other} in this data source.")

    def _store(self, state: State, old: Row | None, row: Row) -> None:
        row = self.completed(state, row)
        self.collection(state).put(row)
        self.changed(state, old, row)

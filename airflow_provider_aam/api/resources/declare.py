"""The words in which a resource is declared: verbs, types of fields, actions, and how sure each of them is."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Confidence(enum.Enum):
    """Where a declaration comes from. The authoritative Swagger has no public copy."""

    DOC = "doc"
    """An official document of Adobe."""
    CLIENT = "client"
    """Seen in a real client, Adobe's own workbook and the AAM UI included."""
    INFERRED = "inferred"
    """Reasoned, not seen."""


class Verb(enum.Enum):
    LIST = "list"
    GET = "get"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    BULK_DELETE = "bulk_delete"
    VALIDATE = "validate"
    LIMITS = "limits"
    BY_INTEGRATION_CODE = "get_by_integration_code"


class Type(enum.Enum):
    """How a column of a table (CSV, Parquet) holds a field."""

    INTEGER = "integer"
    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    INSTANT = "instant"
    """Epoch milliseconds on the wire."""
    JSON = "json"
    """Lists and objects, as JSON text."""


@dataclass(frozen=True, kw_only=True)
class Action:
    """What a resource can do beyond the verbs, called as ``collection.call(name, *ids, body=…, **params)``.

    ``path`` names its ids in braces, in the order in which they are given.
    """

    name: str
    method: str
    path: str
    about: str
    confidence: Confidence
    params: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    """Those of ``params`` without which AAM refuses."""
    body: bool = False
    rows: bool = False
    """The response is a list, bare or as one of several pages."""
    secrets: frozenset[str] = frozenset()
    """Members of the body that must never be shown."""
    replayable: bool | None = None
    """For a POST that only asks: it may be sent twice. ``None``: as the method says."""

    @property
    def ids(self) -> tuple[str, ...]:
        return placeholders(self.path)


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One address of AAM, as docs/coverage.md lists it. ``call`` is what to write after ``client.``."""

    method: str
    path: str
    call: str
    confidence: Confidence

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, kw_only=True)
class Resource:
    name: str
    path: str
    """May name the id of the object around it in braces: see ``within``."""
    id_field: str
    verbs: Mapping[Verb, Confidence]
    fields: Mapping[str, Type]
    """Documented fields in the order of their columns; responses may hold more, and those are kept."""
    id_aliases: tuple[str, ...] = ()
    """Other spellings of ``id_field`` that AAM is known to use; ``id_field`` is then filled in next to them."""
    embedded: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Fields that hold objects of another resource → its ``id_field`` and ``id_aliases``."""
    metrics: Mapping[str, Type] = field(default_factory=dict)
    """Fields that ``includeMetrics`` adds."""
    list_params: frozenset[str] = frozenset()
    get_params: frozenset[str] = frozenset()
    """Of one object; those of the list are taken as well."""
    always: Mapping[str, object] = field(default_factory=dict)
    """Parameters of every list and get, without which AAM leaves fields out."""
    named_by: tuple[str, ...] = ("integrationCode", "name")
    """Fields by which people call an object, the surest first."""
    paged: bool = False
    in_short: bool = False
    """The list leaves fields out: only an object that is asked for by its id is whole."""
    children: str | None = None
    """The field that nests objects of the same kind: AAM returns one tree instead of a list."""
    parent: str | None = None
    """The field of a nested object that holds the id of the one around it."""
    within: Resource | None = None
    """The resource that the id in ``path`` belongs to: AAM lists these objects one by one of those."""
    replace_path: str | None = None
    """Where PUT goes, when it is not below ``path``."""
    actions: tuple[Action, ...] = ()

    @cached_property
    def path_ids(self) -> tuple[str, ...]:
        return placeholders(self.path)

    @cached_property
    def label(self) -> str:
        """What people call one object: ``data source``."""
        return self.name.replace("_", " ").removesuffix("s")

    @cached_property
    def naming(self) -> tuple[str, ...]:
        """Those of ``named_by`` that its objects have."""
        return tuple(name for name in self.named_by if name in self.fields)

    @cached_property
    def is_tree(self) -> bool:
        """Folders and the like: an object is within another of its kind."""
        return self.children is not None

    @cached_property
    def is_owned(self) -> bool:
        """Whether codes and names are those of a data source: two of them may use the same."""
        return {"dataSourceId", "integrationCode"} <= self.fields.keys() - {self.id_field}

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Every address that the declaration means."""
        made: list[Endpoint] = []
        for verb, confidence in self.verbs.items():
            for method, ending, call in _ADDRESSES[verb]:
                base = self.replace_path if method == "PUT" and self.replace_path else self.path
                path = f"/{base}{ending}".replace("{id}", f"{{{self.id_field}}}")
                made.append(Endpoint(method=method, path=path, call=f"{self.name}.{call}", confidence=confidence))
        for action in self.actions:
            call = f'{self.name}.call("{action.name}")'
            made.append(Endpoint(method=action.method, path=f"/{action.path}", call=call, confidence=action.confidence))
        return tuple(made)


_ADDRESSES: Mapping[Verb, tuple[tuple[str, str, str], ...]] = {
    Verb.LIST: (("GET", "", "list()"),),
    Verb.GET: (("GET", "/{id}", "get()"),),
    Verb.CREATE: (("POST", "", "create()"),),
    Verb.UPDATE: (("PUT", "/{id}", "update(), replace()"),),
    Verb.DELETE: (("DELETE", "/{id}", "delete()"),),
    Verb.BULK_DELETE: (("POST", "/bulk-delete", "bulk_delete()"),),
    Verb.VALIDATE: (("POST", "/validate", "validate()"),),
    Verb.LIMITS: (("GET", "/limits", "limits()"),),
    Verb.BY_INTEGRATION_CODE: (
        ("GET", "/ic:{integrationCode}", "get_by_integration_code()"),
        ("PUT", "/ic:{integrationCode}", "replace_by_integration_code()"),
        ("DELETE", "/ic:{integrationCode}", "delete_by_integration_code()"),
    ),
}


def placeholders(path: str) -> tuple[str, ...]:
    """The names in braces, in order."""
    return tuple(_PLACEHOLDER.findall(path))


def verbs(*given: Verb, confidence: Confidence) -> Mapping[Verb, Confidence]:
    return dict.fromkeys(given, confidence)


AUDIT: Mapping[str, Type] = {
    "createTime": Type.INSTANT,
    "updateTime": Type.INSTANT,
    "crUID": Type.INTEGER,
    "upUID": Type.INTEGER,
}
COMMON = frozenset({"sortBy", "descending", "search"})
"""Of every paged list. Not ``page`` and ``pageSize``: whoever set them would get a part as if it were all."""
PAGING = COMMON | {"page", "pageSize"}
"""Of an action whose response is paged: there the caller says which page."""
PERMISSIONS = frozenset({"permissions", "permission", "includePermissions", "pid"})
PERIODS = ("1Day", "7Day", "14Day", "30Day", "60Day", "90Day", "Lifetime")
CRUD = (Verb.LIST, Verb.GET, Verb.CREATE, Verb.UPDATE, Verb.DELETE)
READ = (Verb.LIST, Verb.GET)

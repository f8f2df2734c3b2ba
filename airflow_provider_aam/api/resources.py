"""What AAM's REST API offers for each kind of object, as declarations. Adding a kind is adding an entry.

Fields, verbs and parameters as far as Adobe's documents and public clients show them; the authoritative Swagger has no
public copy. Where a list's paging is not evidenced (data sources, folders), everything is asked for at once.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field


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
class Resource:
    name: str
    path: str
    id_field: str
    verbs: frozenset[Verb]
    fields: Mapping[str, Type]
    """Documented fields in the order of their columns; answers may hold more, and those are kept."""
    metrics: Mapping[str, Type] = field(default_factory=dict)
    """Fields that ``includeMetrics`` adds."""
    list_params: frozenset[str] = frozenset()
    always: Mapping[str, object] = field(default_factory=dict)
    """Parameters of every list and get, without which AAM leaves fields out."""
    paged: bool = False
    children: str | None = None
    """The field that nests objects of the same kind: AAM answers one tree instead of a list."""
    parent: str | None = None
    """The field of a nested object that holds the id of the one around it."""


_ALL = frozenset(Verb)
_AUDIT = {"createTime": Type.INSTANT, "updateTime": Type.INSTANT, "crUID": Type.INTEGER, "upUID": Type.INTEGER}
_COMMON = frozenset({"sortBy", "descending", "search"})
"""Of every paged list. Not ``page`` and ``pageSize``: whoever set them would get a part as if it were all."""
_PERMISSIONS = frozenset({"permissions", "permission", "includePermissions", "pid"})
_PERIODS = ("1Day", "7Day", "14Day", "30Day", "60Day", "90Day", "Lifetime")

SEGMENTS = Resource(
    name="segments",
    path="segments",
    id_field="sid",
    verbs=_ALL,
    paged=True,
    fields={
        "sid": Type.INTEGER,
        "pid": Type.INTEGER,
        "name": Type.TEXT,
        "description": Type.TEXT,
        "status": Type.TEXT,
        "segmentRule": Type.TEXT,
        "folderId": Type.INTEGER,
        "dataSourceId": Type.INTEGER,
        "mergeRuleDataSourceId": Type.INTEGER,
        "integrationCode": Type.TEXT,
        "traitType": Type.TEXT,
        **_AUDIT,
    },
    metrics={f"{kind}Uniques{period}": Type.INTEGER for kind in ("instant", "total") for period in _PERIODS},
    list_params=_COMMON
    | _PERMISSIONS
    | {
        "containsTrait",
        "folderId",
        "dataSourceId",
        "mergeRuleDataSourceId",
        "integrationCode",
        "status",
        "updatedSince",
        "includeMetrics",
        "includeTraitDataSourceIds",
        "includeAddressableAudienceMetrics",
        "includeInUseStatus",
    },
)

TRAITS = Resource(
    name="traits",
    path="traits",
    id_field="sid",
    verbs=_ALL,
    paged=True,
    fields={
        "sid": Type.INTEGER,
        "pid": Type.INTEGER,
        "name": Type.TEXT,
        "description": Type.TEXT,
        "traitType": Type.TEXT,
        "status": Type.TEXT,
        "dataSourceId": Type.INTEGER,
        "folderId": Type.INTEGER,
        "integrationCode": Type.TEXT,
        "comments": Type.TEXT,
        "traitRule": Type.TEXT,
        "traitRuleVersion": Type.INTEGER,
        "ttl": Type.INTEGER,
        "type": Type.INTEGER,
        "categoryId": Type.INTEGER,
        "backfillStatus": Type.TEXT,
        "algoModelId": Type.INTEGER,
        "thresholdType": Type.TEXT,
        "accuracy": Type.NUMBER,
        **_AUDIT,
    },
    metrics={f"{kind}{period}": Type.INTEGER for kind in ("uniques", "count") for period in _PERIODS},
    always={"includeDetails": True},
    list_params=_COMMON
    | _PERMISSIONS
    | {
        "includeDetails",
        "includeMetrics",
        "metricsType",
        "folderId",
        "dataSourceId",
        "integrationCode",
        "restrictType",
        "usesModel",
    },
)

_FOLDER_FIELDS = {
    "folderId": Type.INTEGER,
    "parentFolderId": Type.INTEGER,
    "pid": Type.INTEGER,
    "name": Type.TEXT,
    "path": Type.TEXT,
    "folderCount": Type.INTEGER,
}
_FOLDER_VERBS = frozenset({Verb.LIST, Verb.GET, Verb.CREATE, Verb.UPDATE, Verb.DELETE})

TRAIT_FOLDERS = Resource(
    name="trait_folders",
    path="folders/traits",
    id_field="folderId",
    verbs=_FOLDER_VERBS,
    fields=_FOLDER_FIELDS,
    children="subFolders",
    parent="parentFolderId",
    list_params=frozenset({"includeThirdParty"}),
)

SEGMENT_FOLDERS = Resource(
    name="segment_folders",
    path="folders/segments",
    id_field="folderId",
    verbs=_FOLDER_VERBS,
    fields=_FOLDER_FIELDS,
    children="subFolders",
    parent="parentFolderId",
    list_params=frozenset({"includeThirdParty"}),
)

DATA_SOURCES = Resource(
    name="data_sources",
    path="datasources",
    id_field="dataSourceId",
    verbs=frozenset({Verb.LIST, Verb.GET, Verb.CREATE, Verb.UPDATE, Verb.DELETE, Verb.BULK_DELETE}),
    fields={
        "dataSourceId": Type.INTEGER,
        "pid": Type.INTEGER,
        "name": Type.TEXT,
        "description": Type.TEXT,
        "status": Type.TEXT,
        "type": Type.TEXT,
        "integrationCode": Type.TEXT,
        "idType": Type.TEXT,
        "subIdType": Type.TEXT,
        "inboundS2S": Type.BOOLEAN,
        "outboundS2S": Type.BOOLEAN,
        "useAudienceManagerVisitorID": Type.BOOLEAN,
        "allowDataSharing": Type.BOOLEAN,
        "masterDataSourceIdProvider": Type.BOOLEAN,
        "uniqueTraitIntegrationCodes": Type.BOOLEAN,
        "uniqueSegmentIntegrationCodes": Type.BOOLEAN,
        "dataExportRestrictions": Type.JSON,
        "containerIds": Type.JSON,
        "customerProfileDataRetention": Type.INTEGER,
        "linkNamespace": Type.BOOLEAN,
        "marketingCloudVisitorIdVersion": Type.INTEGER,
        "samplingEnabled": Type.BOOLEAN,
        "samplingStartTime": Type.INTEGER,  # not an instant: its unit is not documented
        "samplingEndTime": Type.INTEGER,
        "allowDeviceGraphSharing": Type.BOOLEAN,
        "supportsAuthenticatedProfile": Type.BOOLEAN,
        "authenticatedProfileName": Type.TEXT,
        "deviceGraph": Type.BOOLEAN,
        "deviceGraphName": Type.TEXT,
        "customNamespaceId": Type.INTEGER,
        "customNamespaceCode": Type.TEXT,
        **_AUDIT,
    },
    list_params=_PERMISSIONS
    | {
        "inboundOnly",
        "outboundOnly",
        "integrationCode",
        "includeThirdParty",
        "modelingEnabled",
        "availableForContainersOnly",
        "excludeReportSuites",
        "objectType",
    },
)

RESOURCES: Mapping[str, Resource] = {
    resource.name: resource for resource in (SEGMENTS, TRAITS, SEGMENT_FOLDERS, TRAIT_FOLDERS, DATA_SOURCES)
}

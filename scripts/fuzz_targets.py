"""What `make fuzz` feeds: everything of the package that reads what others wrote, as a function of bytes."""

from __future__ import annotations

import csv
import gzip
import io
import json
import logging
import socket
import tempfile
import threading
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml
from hypothesis import strategies as st
from openpyxl import Workbook
from pyarrow import parquet

from airflow_provider_aam.api.answers import decode
from airflow_provider_aam.api.client import AAMClient
from airflow_provider_aam.api.config import AAMConfig
from airflow_provider_aam.api.moments import utc_now
from airflow_provider_aam.api.shared import forget_shared
from airflow_provider_aam.api.transport import Answer, Request, RequestsTransport
from airflow_provider_aam.catalog.checking.sources import check, load
from airflow_provider_aam.catalog.kinds import KINDS
from airflow_provider_aam.catalog.plan.render import account_of, render_plan
from airflow_provider_aam.catalog.plan.saved import read_plan, sha256_of
from airflow_provider_aam.catalog.plan.summary import render_changes, summarise
from airflow_provider_aam.catalog.rules import segment_rule, trait_rule
from airflow_provider_aam.cli.credentials.files import read_files
from airflow_provider_aam.cli.credentials.merge import merge
from airflow_provider_aam.cli.credentials.render import render
from airflow_provider_aam.feeds.read_delivery import Lines, read_delivery
from airflow_provider_aam.feeds.read_feed import read_feed
from airflow_provider_aam.feeds.reading.given import Delivered
from airflow_provider_aam.feeds.reading.layout import LineLayout, ObjectLayout
from airflow_provider_aam.feeds.write_rows import ReadOrder

logging.disable(logging.CRITICAL)
_FOLDER = tempfile.TemporaryDirectory()
_HERE = Path(_FOLDER.name)
_MOST_REQUESTS = 40
"""Of one input: a server that announces a billion pages would be asked for each."""


@dataclass(frozen=True)
class Target:
    """``made`` draws inputs of about the right shape, which a change of bytes rarely finds."""

    read: Callable[[bytes], object]
    seeds: tuple[bytes, ...]
    made: st.SearchStrategy[bytes]


def _file(name: str, content: bytes) -> Path:
    path = _HERE / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path


def _catalog(name: str, content: bytes) -> None:
    path = _file(name, content)
    catalog, _ = load(str(path))
    check(catalog)


def _sheet(content: bytes) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_workbook())) as old, zipfile.ZipFile(packed, "w") as new:
        for part in old.infolist():
            new.writestr(part.filename, content if part.filename.endswith("sheet1.xml") else old.read(part))
    _catalog("traits.xlsx", packed.getvalue())


@cache
def _workbook() -> bytes:
    book = Workbook()
    book.active.title = "traits"
    book.active.append(["name", "traitRule"])
    book.active.append(["a", 'k == "v"'])
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _trait_rule(content: bytes) -> None:
    rule = content.decode(errors="replace")
    trait_rule.find_fault(rule)
    trait_rule.canonical(rule)


def _segment_rule(content: bytes) -> None:
    rule = content.decode(errors="replace")
    segment_rule.find_fault(rule)
    segment_rule.find_contradictions(rule)
    segment_rule.find_repetitions(rule)
    segment_rule.find_misuses(rule, {"1t": "RULE_BASED_TRAIT", "2t": "ALGO_TRAIT"}.get)
    segment_rule.canonical(rule)


def _plan(content: bytes) -> None:
    plan, _ = read_plan(_file("plan.json", content), sha256=None)
    sha256_of(plan)
    account_of(plan)
    summarise(plan, "plan.json")
    [*render_plan(plan), *render_changes(plan)]


def _credentials(content: bytes, *, name: str = "credentials.json", folder: str = "credentials") -> None:
    path = _file(f"{folder}/{name}", content)
    found, problems = read_files([path.parent])
    draft = merge(found, problems, host=None, extra={}, now=utc_now())
    for form in ("json", "uri", "cli", "env"):
        with suppress(KeyError):
            render(draft.connection, "aam_default", form)  # type: ignore[arg-type]


def _key(content: bytes) -> None:
    _file("jwt/jwt.json", json.dumps(_JWT).encode())
    _credentials(content, name="private.key", folder="jwt")


def _delivered(read: Callable[[Delivered, ReadOrder], object], content: bytes) -> None:
    read(
        Delivered(uri="delivered", path=_file("delivered", content)),
        ReadOrder(destination=_HERE / "rows.parquet", max_rejected=len(content)),
    )


def _delivery(content: bytes) -> None:
    others = {"separator": "|", "list_separator": " ", "user": 2, "segments": 1}
    objects = ObjectLayout(user="id", segments="in", removed="out")
    for layout in (LineLayout(), LineLayout(list_separator=" ", removed=None), LineLayout.of(others), objects):
        _delivered(lambda file, order, layout=layout: read_delivery([file], Lines(layout=layout), order), content)  # type: ignore[misc]


def _feed(content: bytes) -> None:
    _delivered(lambda file, order: read_feed([file], order), content)


def _config() -> AAMConfig:
    forget_shared()
    extra = {"auth": "oauth_server_to_server", "org_id": "0123456789ABCDEF01234567@AdobeOrg", "max_attempts": 2}
    return AAMConfig.from_connection(login="0123456789abcdef0123456789abcdef", password="p8e-secret", extra=extra)  # noqa: S106  of nobody


class _Scripted:
    """The same answer again and again, of IMS too if ``ims``."""

    def __init__(self, answer: Answer, *, ims: bool) -> None:
        self._answer = answer
        self._ims = ims
        self._left = _MOST_REQUESTS

    def send(self, request: Request) -> Answer:
        if "/ims/" in request.url and not self._ims:
            return Answer(status=200, headers={}, body=b'{"access_token": "t", "expires_in": 86399}')
        self._left -= 1
        return self._answer if self._left > 0 else Answer(status=400, headers={}, body=b"{}")

    def close(self) -> None:
        pass


def _client(answer: Answer, *, ims: bool) -> AAMClient:
    now = count().__next__
    return AAMClient.from_config(
        _config(),
        transport=_Scripted(answer, ims=ims),
        sleep=lambda _: None,
        monotonic=lambda: float(now()) / 1000,
    )


def _each(*calls: Callable[[], object]) -> None:
    """All of them; the last refusal of the package's own, if any, is raised in the end."""
    refused: Exception | None = None
    for call in calls:
        try:
            call()
        except Exception as error:
            if not is_documented(error):
                raise
            refused = error
    if refused:
        raise refused


def is_documented(error: BaseException) -> bool:
    from airflow_provider_aam.api.errors import AAMError

    return isinstance(error, AAMError)


def _parsed(content: bytes) -> Answer:
    """From what HTTP would send: status, headers, an empty line, the body."""
    head, _, body = content.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    digits = status.rpartition(" ")[2]
    headers = dict(line.split(": ", 1) for line in lines if ": " in line)
    return Answer(
        status=int(digits) % 1000 if digits.isascii() and digits.isdigit() else 200, headers=headers, body=body
    )


def _answers(content: bytes) -> None:
    with _client(_parsed(content), ims=False) as client:
        _each(
            lambda: [*client.traits.list()],
            lambda: [*client.segment_folders.list()],
            lambda: [*client.mappings.list(destinationId=1)],
            lambda: client.segments.get(1),
            lambda: client.traits.create({"name": "x"}),
            lambda: client.traits.delete(1),
            lambda: client.traits.bulk_delete([1]),
            client.traits.limits,
            lambda: client.traits.validate("a == 1"),
        )


def _ims(content: bytes) -> None:
    with _client(_parsed(content), ims=True) as client:
        client.sign_in()


@cache
def _server() -> tuple[list[bytes], str]:
    """Answers each connection with the bytes in the list, then closes."""
    answers = [b""]
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                connection.settimeout(1)
                connection.recv(65536)
                connection.sendall(answers[0])

    threading.Thread(target=serve, daemon=True).start()
    return answers, f"http://127.0.0.1:{listener.getsockname()[1]}"


def _http(content: bytes) -> None:
    answers, address = _server()
    answers[0] = content
    transport = RequestsTransport(timeout_s=1, longest_s=3, pool_size=1, proxies={"no_proxy": "*"})
    request = Request(method="GET", url=f"{address}/v1/traits", path="/v1/traits")
    try:
        decode(request, transport.send(request).body)
    finally:
        transport.close()


_NAMES = sorted({name for kind in KINDS.values() for name in kind.model.columns()})
_TEXTS = ["", "x", "=1+1", "1", "-1", "1e999", "\0", "\ud800", "\u202e", "a/b", "/", "active", "true", 'k == "v"', "1T"]
_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(_TEXTS) | st.text(max_size=20)
_KEYS = st.sampled_from(_NAMES) | st.text(max_size=5)
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4), max_leaves=10
)
_ROWS = st.lists(st.dictionaries(_KEYS, _VALUES, max_size=8), max_size=5)
_DOCUMENTS = st.dictionaries(st.sampled_from([*KINDS]) | st.text(max_size=5), _ROWS | _VALUES, max_size=4) | _ROWS
_JSON: st.SearchStrategy[bytes] = _DOCUMENTS.map(lambda value: json.dumps(value).encode())


def _as_yaml(value: object) -> bytes:
    return yaml.safe_dump(value, allow_unicode=True).encode(errors="surrogatepass")


def _as_csv(rows: list[list[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(errors="surrogatepass")


def _as_parquet(columns: dict[str, list[Any]]) -> bytes:
    length = min(map(len, columns.values()), default=0)
    held = io.BytesIO()
    arrays = {name.encode(errors="replace").decode(): pa.array(values[:length]) for name, values in columns.items()}
    parquet.write_table(pa.table(arrays), held)
    return held.getvalue()


_COLUMN = st.one_of(
    *(
        st.lists(st.none() | each, min_size=1, max_size=4)
        for each in (
            st.booleans(),
            st.integers(-(2**63), 2**63 - 1),
            st.floats(),
            st.text(max_size=9),
            st.binary(max_size=9),
            st.datetimes(),
            st.dates(),
            st.times(),
            st.timedeltas(),
            st.decimals(allow_nan=False, places=3, max_value=9**9),
            st.lists(st.integers(0, 9), max_size=3),
            st.lists(st.text(max_size=5), max_size=3),
            st.dictionaries(st.sampled_from("ab"), st.integers(0, 9), max_size=2),
        )
    )
)


def _as_sheet(cells: list[tuple[int, int, str, str]]) -> bytes:
    columns = "ABCDEFZ"
    text = "".join(
        f'<row r="{row}"><c r="{columns[column]}{row}" t="{kind}"><v>{value}</v><is><t>{value}</t></is></c></row>'
        for row, column, kind, value in cells
    )
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{text}</sheetData></worksheet>'.encode(errors="replace")


_CELLS = st.lists(
    st.tuples(
        st.integers(-1, 9) | st.integers(),
        st.integers(0, 6),
        st.sampled_from(["s", "n", "b", "d", "e", "str", "inlineStr", "x"]),
        st.sampled_from([*_NAMES, "1", "0", "-1", "1e400", "nan", "2024-13-45", "x", "&amp;", "99999999999"]),
    ),
    max_size=8,
)


def _words(*words: str) -> st.SearchStrategy[bytes]:
    one = st.sampled_from(words) | st.text(max_size=4)
    return st.lists(one, max_size=25).map(lambda made: " ".join(made).encode(errors="replace"))


_CHANGES = st.fixed_dictionaries(
    {
        "action": st.sampled_from(["create", "update", "delete", "x"]),
        "kind": st.sampled_from([*(kind.name for kind in KINDS.values()), "x"]),
        "label": st.text(max_size=9) | _SCALARS,
        "key": st.dictionaries(_KEYS, _VALUES, max_size=2),
    },
    optional={
        "wave": st.integers(),
        "id": st.none() | st.integers(),
        "fields": st.lists(
            st.fixed_dictionaries(
                {"field": _KEYS, "before": _VALUES, "after": _VALUES}, optional={"shown": st.lists(st.text(max_size=9))}
            ),
            max_size=3,
        ),
        "links": st.lists(
            st.fixed_dictionaries({"field": _KEYS, "text": st.text(max_size=5), "to": st.integers(-1, 3)})
        ),
        "within": st.dictionaries(st.sampled_from(["destinationId", "x"]), st.integers(), max_size=1),
        "resent": st.dictionaries(_KEYS, _VALUES, max_size=2),
        "held": st.dictionaries(_KEYS, _VALUES, max_size=2),
        "look_first": st.booleans(),
        "beside": st.lists(st.integers(), max_size=2),
        "place": st.none() | st.text(max_size=9),
    },
)
_PLANS = st.fixed_dictionaries(
    {
        "source": st.text(max_size=9),
        "match_on": st.none() | st.text(max_size=9),
        "created_at": st.text(max_size=9),
        "changes": st.lists(_CHANGES, max_size=4),
        "version": st.just(2),
    },
    optional={
        "account": st.dictionaries(st.sampled_from(["base_url", "pid", "x"]), _VALUES),
        "unchanged": st.lists(
            st.fixed_dictionaries({"kind": st.text(max_size=9), "label": st.text(max_size=9), "id": st.integers()}),
            max_size=2,
        ),
        "warnings": st.lists(st.text(max_size=9), max_size=2),
    },
).map(lambda value: json.dumps(value).encode())

_BODIES = st.one_of(
    st.fixed_dictionaries(
        {},
        optional={
            "list": _ROWS | _VALUES,
            "total": _SCALARS,
            "pageSize": _SCALARS,
            "code": _SCALARS,
            "message": _VALUES,
            "error": _VALUES,
            "error_description": _VALUES,
            "access_token": _SCALARS,
            "expires_in": _SCALARS,
            "sid": _SCALARS,
            "subFolders": _VALUES,
            "refresh_token": _SCALARS,
        },
    ),
    _VALUES,
    _ROWS,
).map(lambda value: json.dumps(value).encode()) | st.binary(max_size=50)
_HEADERS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "Content-Type",
                "Content-Length",
                "Content-Encoding",
                "Transfer-Encoding",
                "Retry-After",
                "Location",
                "WWW-Authenticate",
                "X-Request-Id",
                "Date",
            ]
        ),
        st.sampled_from(
            [
                "application/json",
                "0",
                "-1",
                "99999999999999999999",
                "gzip",
                "deflate, gzip",
                "chunked",
                "br",
                "Fri, 31 Dec 9999 23:59:59 GMT",
                "/",
                "//",
                "http://[",
                "nan",
                "1e400",
                'Bearer error="x"',
            ]
        )
        | st.text(max_size=9),
    ),
    max_size=4,
)


def _as_http(parts: tuple[int, list[tuple[str, str]], bytes]) -> bytes:
    status, headers, body = parts
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join(lines).encode("latin-1", errors="replace") + b"\r\n\r\n" + body


_STATUS = st.sampled_from([200, 201, 204, 301, 400, 401, 403, 404, 409, 429, 500, 503]) | st.integers(0, 999)
_HTTP = st.tuples(_STATUS, _HEADERS, _BODIES).map(_as_http)
_JWT = {
    "CLIENT_SECRET": "p8e-secret",
    "ORG_ID": "0123456789ABCDEF01234567@AdobeOrg",
    "API_KEY": "0123456789abcdef0123456789abcdef",
    "TECHNICAL_ACCOUNT_ID": "0123456789ABCDEF01234567@techacct.adobe.com",
    "PUBLIC_KEYS_WITH_EXPIRY": {"aa": "01/31/2030"},
}
_S2S = {"CLIENT_ID": "0" * 32, "CLIENT_SECRETS": ["p8e-x"], "ORG_ID": "1@AdobeOrg", "SCOPES": ["openid"]}
_CREDENTIALS = st.dictionaries(
    st.sampled_from([*_JWT, *_S2S, "project", "workspace", "details", "credentials", "jwt", "private_key_path"])
    | st.text(max_size=5),
    _VALUES,
    max_size=6,
).map(lambda value: json.dumps(value).encode())
_PEM = b"-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAABAgME\n-----END PRIVATE KEY-----\n"
_PLAN = {
    "source": "c",
    "match_on": None,
    "created_at": "2026-01-01T00:00:00Z",
    "account": {"base_url": "https://x", "pid": 1},
    "changes": [
        {
            "action": "create",
            "kind": "trait folder",
            "label": "/a",
            "key": {"path": "/a"},
            "fields": [{"field": "path", "before": None, "after": "/a"}],
        },
        {
            "action": "update",
            "kind": "trait",
            "label": "a",
            "key": {},
            "id": 7,
            "fields": [{"field": "name", "before": "a", "after": "b", "shown": ["a", "b"]}],
        },
    ],
    "unchanged": [{"kind": "trait", "label": "b", "id": 8}],
    "warnings": ["w"],
    "version": 2,
}
_ROW = {
    "name": "a",
    "dataSource": "d",
    "folder": "/a/b",
    "traitRule": 'k == "v"',
    "ttl": 3,
    "traitType": "RULE_BASED_TRAIT",
}
_GZIPPED = (gzip.compress(b'[{"name":"a"}]'), gzip.compress(b""))

TARGETS: dict[str, Target] = {
    "yaml": Target(
        partial(_catalog, "catalog.yaml"),
        (b"traits:\n- &a {name: a, ttl: 3}\n- {<<: *a, name: b}\n", b"segments:\n- name: s\n  segmentRule: 1T\n"),
        _DOCUMENTS.map(_as_yaml),
    ),
    "json": Target(partial(_catalog, "catalog.json"), (json.dumps({"traits": [_ROW]}).encode(),), _JSON),
    "jsonl": Target(
        partial(_catalog, "traits.jsonl"),
        (json.dumps(_ROW).encode() + b"\n{}\n",),
        _ROWS.map(lambda rows: "\n".join(map(json.dumps, rows)).encode()),
    ),
    "csv": Target(
        partial(_catalog, "traits.csv"),
        (b'name,traitRule,ttl\na,"k == ""v""",3\n', b"name;ttl\r\nb;4\r\n"),
        st.lists(st.lists(_KEYS | _SCALARS, max_size=6), max_size=5).map(_as_csv),
    ),
    "xlsx": Target(partial(_catalog, "traits.xlsx"), (_workbook(),), st.binary(max_size=300)),
    "sheet": Target(
        _sheet, (_as_sheet([(1, 0, "inlineStr", "name"), (2, 0, "inlineStr", "a")]),), _CELLS.map(_as_sheet)
    ),
    "parquet": Target(
        partial(_catalog, "traits.parquet"),
        (_as_parquet({"name": ["a"], "ttl": [1]}),),
        st.dictionaries(_KEYS, _COLUMN, min_size=1, max_size=4).map(_as_parquet),
    ),
    "json.gz": Target(partial(_catalog, "traits.json.gz"), _GZIPPED, _JSON.map(gzip.compress)),
    "csv.gz": Target(partial(_catalog, "traits.csv.gz"), _GZIPPED, st.binary(max_size=200).map(gzip.compress)),
    "trait-rule": Target(
        _trait_rule,
        (b'a == "b" AND NOT (c > 1 OR "d e" contains "f")',),
        _words(
            "a", '"b c"', "==", "=>", "<", "1", "-1.5", "AND", "or", "NOT", "(", ")", "contains", "matchesregex", '"'
        ),
    ),
    "segment-rule": Target(
        _segment_rule,
        (b"1T AND NOT (2T OR frequency([3T, {code}] <= 7D) >= 2)", b'{"data source": code} or {a}'),
        _words(
            "1T",
            "2T",
            "{a}",
            '{"d":c}',
            "AND",
            "or",
            "NOT",
            "(",
            ")",
            "frequency",
            "([",
            "])",
            "<= 7D",
            ">= 2",
            "== 0",
            ",",
        ),
    ),
    "plan": Target(_plan, (json.dumps(_PLAN).encode(),), _PLANS),
    "delivery": Target(
        _delivery,
        (b"u1 1,2 3\nu2 4\n", b"1 2|u1|3\r\n\n", gzip.compress(b"u1 1\n")),
        _words("u", "1", "22", "9" * 19, ",", "|", " ", "\n", "\r\n", "\0", "é"),
    ),
    "feed": Target(
        _feed,
        (b"2017-09-14 17:05:09\1d\1\\N\1" + b"1\0022\1\1k\3a%20b\1\1\1\1" + b"1\1" + b"2\n",),
        _words("2017-09-14 17:05:09", "\1", "\1" * 10, "\2", "\3", "\\N", "7", "%", "\n"),
    ),
    "credentials": Target(_credentials, (json.dumps(_S2S).encode(), json.dumps(_JWT).encode(), _PEM), _CREDENTIALS),
    "key": Target(_key, (_PEM,), st.binary(max_size=300).map(lambda made: _PEM.replace(b"MC4C", made))),
    "answers": Target(
        _answers,
        (
            _as_http((200, [], b'{"list": [{"sid": 1}], "total": 1, "pageSize": 10}')),
            _as_http((400, [], b'{"code": "x"}')),
        ),
        _HTTP,
    ),
    "ims": Target(_ims, (_as_http((200, [], b'{"access_token": "t", "expires_in": 86399}')),), _HTTP),
    "http": Target(_http, (_as_http((200, [("Content-Length", "2")], b"{}")),), _HTTP),
}

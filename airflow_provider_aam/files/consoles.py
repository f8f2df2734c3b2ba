"""Where a file or folder can be looked at in a browser."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

_S3 = "https://s3.console.aws.amazon.com/s3"
_GOOGLE = "https://console.cloud.google.com/storage/browser"
_OBJECTS = {"s3": _S3 + "/object/{bucket}?prefix={key}", "gs": _GOOGLE + "/_details/{bucket}/{key}"}
_FOLDERS = {"s3": _S3 + "/buckets/{bucket}?prefix={key}", "gs": _GOOGLE + "/{bucket}/{key}"}
_SAME = {"s3a": "s3", "s3n": "s3", "gcs": "gs", "abfss": "abfs"}
_AZURE = ".core.windows.net"


def browser_address(uri: str, *, is_folder: bool = False, other: Mapping[str, str]) -> str | None:
    """The page of a store's console that shows ``uri``, else the URI itself, without Connection id and password.

    Azure has no page that follows from a URI: where a URI names its account, it is the address of the blob.
    ``other`` has pages by scheme, with ``{bucket}`` and ``{key}``; an empty one is none.
    """
    scheme, _, rest = uri.partition("://")
    place, _, path = rest.partition("/")
    before, _, host = place.rpartition("@")
    store = _SAME.get(scheme, scheme)
    bucket, page = host, (_FOLDERS if is_folder else _OBJECTS).get(store)
    if store == "abfs" and host.endswith(_AZURE):  # container@account
        bucket, page = before, f"https://{host.partition('.')[0]}.blob{_AZURE}/{{bucket}}/{{key}}"
    page = other.get(store, page)
    if page is None:
        # A query of a web address may hold a token.
        return f"{scheme}://{host}/{path.partition('?')[0] if store in ('http', 'https') else path}"
    key = quote(path.strip("/")) + ("/" if is_folder and path.strip("/") else "")
    return page.replace("{bucket}", quote(bucket)).replace("{key}", key) or None

"""URIs that tasks and commands are given, as paths: any file system that Airflow's ``ObjectStoragePath`` knows."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from airflow_provider_aam.api.errors import AAMArgumentError, AAMDestinationError
from airflow_provider_aam.api.visible import one_line
from airflow_provider_aam.compat import AirflowNotFoundException, ObjectStoragePath


def open_path(uri: str | os.PathLike[str], conn_id: str | None, *, what: str) -> ObjectStoragePath:
    """The path with its file system ready; nothing is asked of it yet, and nothing that was asked earlier is kept.

    ``what`` names the argument in errors.
    """
    if not isinstance(uri, str | os.PathLike):
        raise AAMArgumentError(f"{what}: expected a path or URI, found {uri!r}.")
    try:
        uri = os.fspath(uri)
        given = {"conn_id": conn_id} if conn_id else {}  # with None Airflow 2.11 would not look for it in the URI
        path = ObjectStoragePath(uri, **given)
        path.fs.invalidate_cache()
    except AirflowNotFoundException as absent:
        from airflow_provider_aam.files.uris import connection_in

        raise AAMDestinationError(
            f"{what} {uri!r}: there is no Airflow Connection {conn_id or connection_in(str(uri))!r}. Add it (Admin → "
            "Connections) or name another."
        ) from absent
    except (ValueError, TypeError, ImportError) as unusable:
        raise AAMDestinationError(
            f"{what} {uri!r} cannot be opened: {unusable}. Is the provider of that storage installed (for s3://: "
            "pip install 'airflow-provider-aam[s3]')?"
        ) from unusable
    scheme, separator, _ = uri.partition("://")
    if separator and "file" in path.fs.protocol and scheme not in ("file", "local"):
        # Airflow would make a local folder of that name.
        raise AAMDestinationError(f"{what} {uri!r} cannot be opened: there is no storage {scheme!r}.")
    return path


def optional_path(
    uri: str | os.PathLike[str] | None, conn_id: str | None = None, *, what: str
) -> ObjectStoragePath | None:
    return open_path(uri, conn_id, what=what) if uri else None


def names_in(uri: str, conn_id: str | None) -> frozenset[str]:
    """What a folder holds now; nothing where there is no such folder. Raises as :func:`telling`."""
    path = open_path(uri, conn_id, what="folder")
    try:
        with telling(f"folder {one_line(uri)} cannot be listed"):
            return frozenset(name_of(each) for each in path.fs.ls(path.path, detail=False))
    except (FileNotFoundError, NotADirectoryError):
        return frozenset()


def name_of(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


@contextmanager
def telling(what: str) -> Iterator[None]:
    """Raises :class:`AAMDestinationError` for trouble of a store, and :class:`OSError` where that may pass."""
    from airflow_provider_aam.files.refusals import may_pass

    try:
        yield
    except PermissionError as refused:
        raise AAMDestinationError(f"{what}: {one_line(str(refused))}.") from refused
    except OSError:
        raise
    except Exception as trouble:  # botocore's errors and their like have no class in common
        text = f"{what}: {type(trouble).__name__}: {one_line(str(trouble))}"
        if may_pass(trouble):
            raise OSError(text) from trouble
        raise AAMDestinationError(f"{text}. Check its Airflow Connection.") from trouble

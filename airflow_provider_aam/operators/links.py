"""The buttons of a task in Airflow: AAM's own UI, the file that the task writes, the guide to what went wrong."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from airflow_provider_aam.api.errors import AAMArgumentError, AAMConfigError, AAMDestinationError, AAMError
from airflow_provider_aam.compat import (
    DEFAULT_ADDRESS,
    SERVES_DOCUMENTATION,
    AirflowNotFoundException,
    BaseOperatorLink,
    conf,
)

if TYPE_CHECKING:
    from airflow_provider_aam.compat import Context

log = logging.getLogger(__name__)


class _Link(BaseOperatorLink):
    """Airflow 3 shows what is in the XCom, while the task runs, too; Airflow 2 asks the class for it."""

    xcom_key: ClassVar[str]

    def get_link(self, operator: Any, *, ti_key: Any) -> str:  # noqa: ARG002  Airflow's signature
        from airflow_provider_aam.compat.links import XCom

        return XCom.get_value(key=self.xcom_key, ti_key=ti_key) or ""


class AAMUILink(_Link):
    """The object or list in AAM's own UI."""

    name = "Audience Manager"
    xcom_key = "aam_ui_link"


class AAMFileLink(_Link):
    """The file or folder that the task writes, in the console of its store."""

    name = "File"
    xcom_key = "aam_file_link"


class AAMGuideLink(_Link):
    """The part of the documentation about the error that the task failed with."""

    name = "About this error"
    xcom_key = "aam_guide_link"


LINKS = (AAMUILink(), AAMFileLink(), AAMGuideLink())


@dataclass(frozen=True)
class Subject:
    """What of AAM a task is about: a list, or an object of it; the account, where no list is the one."""

    resource: str = "account"
    id: Any = None


@dataclass(frozen=True)
class Written:
    """What a task writes; ``conn_id`` is the Connection of its store."""

    uri: str
    conn_id: str | None = None
    is_folder: bool = False


def only_id(ids: object) -> Any:
    """Of a list of one id, that."""
    return ids[0] if isinstance(ids, list | tuple) and len(ids) == 1 else None


class Linked(Protocol):
    aam_conn_id: str

    def subject(self) -> Subject:
        """As far as it is known by now."""

    def written(self) -> Sequence[Written]:
        """What there will be in the end, the most telling first."""


def link(task: Linked, context: Context) -> None:
    """Show what is known before the task begins. Never a reason to fail.

    Airflow 3 asks for every link when the task ends, and logs an error for one that was never pushed.
    """
    _push(context, AAMUILink, lambda: _in_aam(task))
    _push(context, AAMGuideLink, lambda: None)
    _push(context, AAMFileLink, lambda: _in_browser(task.written()))


@contextmanager
def linking(task: Linked, context: Context) -> Iterator[None]:
    """:func:`link`, and in the end only what is there: the object that was made, the file if the task has failed."""
    link(task, context)
    try:
        with guiding(context):
            yield
    except Exception as error:
        nowhere = isinstance(error, AAMDestinationError)
        _push(context, AAMFileLink, lambda: None if nowhere else _in_browser([*filter(_exists, task.written())]))
        raise
    _push(context, AAMUILink, lambda: _in_aam(task))


@contextmanager
def guiding(context: Context) -> Iterator[None]:
    """Show where the documentation explains what the block raises."""
    try:
        yield
    except Exception as error:
        _push(context, AAMGuideLink, partial(_guide_to, error))
        raise


def _guide_to(error: Exception) -> str | None:
    """The setup step that its message names, else what the runbook says of its class."""
    from airflow_provider_aam.api.guide import IN_AIRFLOW, Step, address, file_of, runbook

    step = next((each for each in Step if each.pointer in str(error)), None)
    if step is not None:
        part = ("setup-aam-access", step.heading)
    elif isinstance(error, AAMError):
        part = runbook(type(error))
    else:
        return None
    return address(*part) or (f"{DEFAULT_ADDRESS}/{IN_AIRFLOW}/{file_of(*part)}" if SERVES_DOCUMENTATION else None)


def _push(context: Context, link: type[_Link], address: Callable[[], str | None]) -> None:
    if "ti" not in context:
        return
    try:
        context["ti"].xcom_push(key=link.xcom_key, value=address() or "")
    except AAMArgumentError:
        context["ti"].xcom_push(key=link.xcom_key, value="")  # the task fails with it, and says it once
    except Exception as failure:  # noqa: BLE001  of whatever storage, Connection or XCom backend
        # Airflow quotes a Connection that it cannot parse, password and all.
        why = failure.message if isinstance(failure, AAMError) else type(failure).__name__
        log.info("This task has no button “%s”: %s", link.name, why)


def _in_aam(task: Linked) -> str | None:
    from airflow_provider_aam.api.aam_ui import address_in_aam_ui
    from airflow_provider_aam.hooks.aam import AAMHook

    subject = task.subject()
    try:
        base_url = AAMHook(task.aam_conn_id).read_config().base_url
    except (AAMConfigError, AirflowNotFoundException):
        return None  # the task fails with it, and says it once
    return address_in_aam_ui(base_url, subject.resource, subject.id, other=_other_addresses())


def _in_browser(written: Sequence[Written]) -> str | None:
    from airflow_provider_aam.files.consoles import browser_address
    from airflow_provider_aam.files.uris import uri_of

    first = next(iter(written), None)
    if first is None or not first.uri:
        return None
    return browser_address(uri_of(first.uri), is_folder=first.is_folder, other=_other_addresses())


def _other_addresses() -> dict[str, str]:
    given = conf.get("aam", "links", fallback=None) or "{}"
    try:
        other: dict[str, str] = json.loads(given)
        "".join(other.values())
    except (ValueError, TypeError, AttributeError) as broken:
        raise AAMConfigError(f"[aam] links is {given!r}; expected a JSON object of texts.") from broken
    return other


def _exists(file: Written) -> bool:
    from airflow_provider_aam.hooks.paths import open_path

    return bool(open_path(file.uri, file.conn_id, what="the file").exists())

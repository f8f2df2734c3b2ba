"""What all operators have in common: the Connection, one way to fail, and what is told afterwards."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from airflow_provider_aam.api.errors import AAMArgumentError, AAMError
from airflow_provider_aam.api.numbers import too_small
from airflow_provider_aam.compat import AIRFLOW_V_3_0_PLUS, Asset, BaseOperator, Context
from airflow_provider_aam.failures import task_failures
from airflow_provider_aam.operators.links import LINKS, Subject, Written, linking
from airflow_provider_aam.operators.noting import noting
from airflow_provider_aam.operators.rendered import not_given

if TYPE_CHECKING:
    from airflow_provider_aam.api.client import AAMClient
    from airflow_provider_aam.catalog import Plan
    from airflow_provider_aam.files.notes import NoteKind
    from airflow_provider_aam.lineage import Lineage

log = logging.getLogger(__name__)

RESULT = "return_value"
"""The XCom key of what a task returns."""

Returned = dict[str, Any] | list[dict[str, Any]]
Told = tuple[Returned, Mapping[str, Any]]
"""What a task returns, and what the event of each Asset in its ``outlets`` gets as extra; JSON-safe, both."""


class Receipt(Protocol):
    def as_xcom(self) -> Returned: ...

    def as_asset_extra(self) -> dict[str, Any]: ...


class AAMOperator(BaseOperator):
    """Refuses arguments that cannot be, all at once, before it runs."""

    operator_extra_links = LINKS
    shown_as: ClassVar[NoteKind | None] = None
    """Where the page *Browse → Audience Manager* shows how the task ended; ``None``: nowhere."""
    shown_plan: Plan | None = None
    applied_sha256: str | None = None
    """Of the plan file that it has begun to apply."""

    def __init__(self, *, aam_conn_id: str = "aam_default", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.aam_conn_id = aam_conn_id
        self._account: int | str | None = None
        self._returned: Returned | None = None

    def execute(self, context: Context) -> Returned:
        with task_failures(), linking(self, context):
            if problems := [*not_given(self)] or self._problems():
                raise AAMArgumentError.from_problems(f"task {self.task_id}", problems)
            with noting(self, context) as note:
                result, extra = self._run(context)
                note.result = result
        self._tell_outlets(context, extra)
        self._returned = result
        return result

    def on_kill(self) -> None:
        """Airflow 3 kills the process some seconds later, which would leave its files on the worker's disk.

        Airflow 2 raises an error in it, with which they go, and what is to be written in any case is written.
        """
        from airflow_provider_aam.files.scratch import discard

        if AIRFLOW_V_3_0_PLUS:
            discard()

    def subject(self) -> Subject:
        return Subject()

    def written(self) -> Sequence[Written]:
        return ()

    def _tell_outlets(self, context: Context, extra: Mapping[str, Any]) -> None:
        tell_outlets(self.outlets, context, extra)

    def get_openlineage_facets_on_complete(self, task_instance: Any) -> Any:  # noqa: ARG002  Airflow's signature
        """What Airflow's OpenLineage provider shows of the task, where that is installed."""
        from airflow_provider_aam.lineage import Lineage

        lineage = Lineage(self._account)
        if isinstance(self._returned, dict):
            self._trace(lineage, self._returned)
        return lineage.facets()

    def _trace(self, lineage: Lineage, receipt: Mapping[str, Any]) -> None:
        """Tell what was read and written."""

    def _problems(self) -> list[str]:
        """Of the arguments; each names its own."""
        return []

    def _too_small(self, **least: int) -> list[str]:
        """Problems of integer arguments with a least value; ``None`` is none."""
        given = {name: getattr(self, name) for name in least}
        return [
            problem
            for name, value in given.items()
            if value is not None
            for problem in too_small(name, value, least[name])
        ]

    def _run(self, context: Context) -> Told:
        raise NotImplementedError

    @contextmanager
    def _client(self) -> Iterator[AAMClient]:
        from airflow_provider_aam.hooks.aam import AAMHook

        with closing(AAMHook(self.aam_conn_id)) as hook:
            client = hook.get_conn()
            yield client
            self._account = _account_for_lineage(client)


class QuietOperator(AAMOperator):
    """Its Assets get no event of a run that changed nothing, unless ``emit_when_unchanged``."""

    def __init__(self, *, emit_when_unchanged: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.emit_when_unchanged = emit_when_unchanged

    def _tell_outlets(self, context: Context, extra: Mapping[str, Any]) -> None:
        if not (self.emit_when_unchanged or self._is_news(context, extra)):
            self.outlets = []  # Airflow notes an event of each outlet that a task has when it succeeds
        super()._tell_outlets(context, extra)

    def _is_news(self, context: Context, extra: Mapping[str, Any]) -> bool:
        """A retry finds done what an earlier try may have done without telling anyone."""
        return bool(extra["changed"]) or context["ti"].try_number > 1


def tell_outlets(outlets: Iterable[Any] | None, context: Context, extra: Mapping[str, Any]) -> None:
    """Put ``extra`` into the event of each Asset."""
    for outlet in outlets or ():
        if isinstance(outlet, Asset):
            context["outlet_events"][outlet].extra.update(extra)


def _account_for_lineage(client: AAMClient) -> int | str | None:
    """The partner id, where OpenLineage listens and AAM tells it: one request, and never a reason to fail."""
    from airflow_provider_aam.compat.listening import is_listening

    if not is_listening():
        return None
    try:
        pid: int | str | None = client.users.self().get("pid")
    except AAMError as error:
        log.info("OpenLineage gets no datasets of AAM: %s", error.message)
        return None
    return pid


def told(receipt: Receipt) -> Told:
    return receipt.as_xcom(), receipt.as_asset_extra()

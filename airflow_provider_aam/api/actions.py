"""What a resource can do beyond the verbs: one call for every declared action."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow_provider_aam.api.addresses import address
from airflow_provider_aam.api.errors import AAMArgumentError, AAMBadAnswer, AAMIncomplete, Fate
from airflow_provider_aam.api.names import near_misses
from airflow_provider_aam.api.numbers import whole_number
from airflow_provider_aam.api.paging import AGAIN
from airflow_provider_aam.api.resources import Action, Resource
from airflow_provider_aam.api.session import AAMSession

_PAGING = frozenset({"total", "page", "pageSize"})


class Actions:
    """The declared actions of one resource, bound to a session."""

    def __init__(self, resource: Resource, session: AAMSession) -> None:
        self.resource = resource
        self._session = session

    def __repr__(self) -> str:
        return f"<{self.resource.name} of {self._session.base_url}>"

    @property
    def actions(self) -> Mapping[str, Action]:
        """Name → what :meth:`call` does under it; its ``about`` says what it is for."""
        return {action.name: action for action in self.resource.actions}

    def call(self, action: str, *ids: int | str, body: Any = None, **params: Any) -> Any:
        """What AAM returns: ``client.models.call("latest_traits", 7, page=0)``.

        ``ids`` fill the action's path. A list comes as a list, whether AAM sends it bare, wrapped or in pages; with
        ``page`` it is that page. Raises :class:`AAMArgumentError`, before anything is sent, for an unknown action or
        parameter, and for what is missing.
        """
        declared = self._declared(action)
        what = f"{self.resource.name}.{action}"
        _check(what, declared, ids, body, params)
        path = address(what, declared.path, dict(zip(declared.ids, ids, strict=True)))
        for name in declared.secrets:
            self._session.sender.redactor.add(str(body.get(name, "")))

        def ask(**paging: Any) -> Any:
            return self._session.call(
                declared.method, path, params={**params, **paging}, body=body, replayable=declared.replayable
            )

        answer = ask()
        if not declared.rows:
            return answer
        if answer is None and declared.replayable:
            raise AAMBadAnswer(f"{what}: expected a list, AAM sent nothing.", fate=Fate.UNKNOWN)
        rows, total = _rows(answer)
        if params.get("page") is not None or total is None or not _only_asks(declared):
            return rows
        size, page, latest = answer.get("pageSize") or len(rows), 0, rows
        while len(rows) < total:
            page += 1
            more, _ = _rows(ask(page=page, pageSize=size))
            if not more or more == latest:
                again = ", one page over and over" if more else ""
                raise AAMIncomplete(f"{what}: AAM announced {total:,} rows but returned {len(rows):,}{again}. {AGAIN}")
            rows, latest = [*rows, *more], more
        return rows

    def _declared(self, name: str) -> Action:
        known = self.actions
        if name in known:
            return known[name]
        there_are = f"there are {', '.join(known)}" if known else "there are none"
        raise AAMArgumentError(
            f"AAM's {self.resource.name} have no action {name!r}; {there_are}.{near_misses([name], known)}"
        )


def _only_asks(action: Action) -> bool:
    """Whether it changes nothing. A write is never sent again for the rest of its response: that would write again."""
    return action.method == "GET" or action.replayable is True


def _check(what: str, action: Action, ids: tuple[int | str, ...], body: Any, params: Mapping[str, Any]) -> None:
    problems = []
    if len(ids) != len(action.ids) or "" in ids or None in ids:
        needed = ", ".join(action.ids) or "no id"
        problems.append(f"it takes {needed}, not {', '.join(map(repr, ids)) or 'nothing'}")
    if action.body and body is None:
        problems.append(f"it needs a body: {action.about}")
    if body is not None and not action.body:
        problems.append("it takes no body")
    if action.secrets and body is not None and not isinstance(body, Mapping):
        problems.append(f"its body must hold {', '.join(sorted(action.secrets))}")
    if unknown := sorted(params.keys() - action.params):
        known = ", ".join(sorted(action.params)) or "none"
        problems.append(f"unknown parameters {', '.join(unknown)}.{near_misses(unknown, action.params)} Known: {known}")
    if missing := sorted(name for name in action.needs if params.get(name) is None):
        problems.append(f"it needs {', '.join(missing)}")
    if problems:
        raise AAMArgumentError.from_problems(what, problems)


def _rows(answer: Any) -> tuple[list[Any], int | None]:
    """The rows of a list, and how many there are in all pages if the response says so.

    Rows may be under any one name. An object that says more than that is itself the only row.
    """
    if answer is None:
        return [], None
    if isinstance(answer, list):
        return answer, None
    if isinstance(answer, dict):
        rest = answer.keys() - _PAGING
        name = "list" if isinstance(answer.get("list"), list) else rest.pop() if len(rest) == 1 else None
        if name is not None and isinstance(answer[name], list):
            return answer[name], whole_number(answer.get("total"))
    return [answer], None

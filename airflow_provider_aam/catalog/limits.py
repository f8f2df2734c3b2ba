"""Whether what a plan creates still fits into the account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from airflow_provider_aam.catalog.account import Account
from airflow_provider_aam.catalog.kinds import KINDS, Kind
from airflow_provider_aam.catalog.plan import Change


def find_overflows(account: Account, changes: Iterable[Change]) -> tuple[list[str], list[str]]:
    """(problems, warnings): kinds of which there would be more than Adobe's documented maximum.

    An account that is beyond a maximum already has another one than documented, so that is only a warning. Kinds of
    which the plan did not need the whole list are not counted.
    """
    problems: list[str] = []
    warnings: list[str] = []
    more, fewer = _grown(changes)
    for kind in KINDS.values():
        if not kind.limits or not account.is_read(kind) or kind.key in account.filters:
            continue
        for what, held, added, most in _counts(account, kind, more, fewer):
            if added <= 0 or held + added <= most:
                continue
            text = f"AAM would hold {held + added:,} {what}, {most:,} at most ({held:,} now)"
            (warnings if held > most else problems).append(text)
    return problems, warnings


def _grown(changes: Iterable[Change]) -> tuple[Counter[tuple[str, object]], Counter[tuple[str, object]]]:
    more: Counter[tuple[str, object]] = Counter()
    fewer: Counter[tuple[str, object]] = Counter()
    by_name = {kind.name: kind for kind in KINDS.values()}
    for change in changes:
        kind = by_name[change.kind]
        values = {field.field: field.after if change.action == "create" else field.before for field in change.fields}
        count = {"create": more, "delete": fewer}.get(change.action)
        if count is not None:
            count[kind.key, None] += 1
            if kind.limited_by:
                count[kind.key, values.get(kind.limited_by)] += 1
    return more, fewer


def _counts(
    account: Account, kind: Kind, more: Counter[tuple[str, object]], fewer: Counter[tuple[str, object]]
) -> Iterator[tuple[str, int, int, int]]:
    objects = account.objects(kind)
    for value, most in kind.limits.items():
        added = more[kind.key, value] - fewer[kind.key, value]
        if not more[kind.key, value]:
            continue
        held = (
            len(objects)
            if value is None
            else sum(1 for record in objects if record.get(kind.limited_by or "") == value)
        )
        yield (kind.plural if value is None else f"{kind.plural} of type {value}"), held, added, most

"""Which traits or segments are meant: by id, code, folder, text or data source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeGuard

from airflow_provider_aam.api.numbers import whole_number
from airflow_provider_aam.api.reports import REPORTED

ONE_OF = ("sids", "codes", "folder", "search")


@dataclass(frozen=True, kw_only=True)
class Selection:
    """One of the four, or none of them for a whole data source; ``data_source`` narrows the last three, too."""

    kind: str
    sids: tuple[int, ...] | None = None
    codes: tuple[str, ...] | None = None
    folder: str | None = None
    search: str | None = None
    data_source: int | str | None = None
    """Its id, integration code or name."""

    def __str__(self) -> str:
        given = [(name, getattr(self, name)) for name in (*ONE_OF, "data_source")]
        parts = [
            f"{len(value)} {name}" if isinstance(value, tuple) else f"{name} {value!r}"
            for name, value in given
            if value is not None
        ]
        return f"{self.kind} of {', '.join(parts)}"

    @classmethod
    def parse(
        cls,
        problems: list[str],
        *,
        kind: object,
        sids: object = None,
        codes: object = None,
        folder: object = None,
        search: object = None,
        data_source: object = None,
    ) -> Self:
        """Arguments as users give them. What is wrong is added to ``problems``; the result is of no use then."""
        values = {"sids": sids, "codes": codes, "folder": folder, "search": search}
        given = [name for name, value in values.items() if value is not None]
        if len(given) > 1:
            problems.append(f"{' and '.join(given)} are both given: keep one")
        if not given and data_source is None:
            problems.append(f"nothing says which objects: give one of {', '.join(ONE_OF)} and data_source")
        if sids is not None and data_source is not None:
            problems.append("data_source does not narrow sids: keep one")
        texts = [(name, value) for name, value in (("folder", folder), ("search", search)) if value is not None]
        problems += [
            f"{name} must be text that is not empty, not {text!r}" for name, text in texts if not _is_text(text)
        ]
        if data_source is not None and type(data_source) is not int and not _is_text(data_source):
            problems.append(f"data_source must be its id, integration code or name, not {data_source!r}")
        return cls(
            kind=parse_kind(problems, kind),
            sids=None if sids is None else parse_sids(problems, sids),
            codes=None if codes is None else _parse_codes(problems, codes),
            folder=str(folder) if _is_text(folder) else None,
            search=str(search) if _is_text(search) else None,
            data_source=data_source if isinstance(data_source, int | str) else None,
        )


def parse_kind(problems: list[str], kind: object) -> str:
    if kind not in REPORTED:
        problems.append(f"kind must be {' or '.join(REPORTED)}, not {kind!r}")
    return str(kind)


def parse_sids(problems: list[str], sids: object) -> tuple[int, ...]:
    """Ids without repetition, in the order given; numbers or texts that are one."""
    listed = _listed(problems, "sids", sids, example="[4011872, 4011873]")
    wrong = [sid for sid in listed if whole_number(sid) is None]
    if wrong:
        problems.append(
            f"sids: {', '.join(map(repr, wrong[:5]))} {'is not an id' if len(wrong) == 1 else 'are not ids'}"
        )
    return tuple(dict.fromkeys(number for number in map(whole_number, listed) if number is not None))


def _parse_codes(problems: list[str], codes: object) -> tuple[str, ...]:
    listed = _listed(problems, "codes", codes, example="['pricing-visit']")
    wrong = [code for code in listed if not _is_text(code)]
    if wrong:
        problems.append(
            f"codes: {', '.join(map(repr, wrong[:5]))} {'is not a code' if len(wrong) == 1 else 'are not codes'}"
        )
    return tuple(dict.fromkeys(map(str, listed)))


def _listed(problems: list[str], name: str, value: Any, *, example: str) -> Sequence[Any]:
    """Any sequence will do: mapped tasks give lazy ones."""
    if isinstance(value, str | bytes) or not isinstance(value, Sequence) or not len(value):
        hint = " (a template gives text unless the DAG has render_template_as_native_obj=True)"
        problems.append(
            f"{name} must be a list that is not empty, like {example}, not {value!r}"
            f"{hint if isinstance(value, str) else ''}"
        )
        return ()
    return [*value]


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and bool(value.strip())

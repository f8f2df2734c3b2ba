"""How many objects there may be, in all or of a type. The numbers are Adobe's: "Usage limits" (2026)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.emulator.core.refusals import limit_exceeded

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.collection import Collection, Row


@dataclass(frozen=True)
class Limit:
    """At most `maximum` objects, or so many whose `field` has this `value`.

    `configure(limits=…)` knows it by its `name`, a refusal says that there are too many `what`. It is looked at when an
    object is created, with `on_update` when one is changed as well. A limit `of_one` is not on the number of objects:
    the rules of the resource look at it.
    """

    name: str
    maximum: int
    what: str
    field: str = ""
    value: str = "TOTAL"
    on_update: bool = False
    of_one: bool = False

    def refuse(self, collection: Collection, values: Row, maximum: int, key: int | None) -> None:
        """403 if an object of these values is one too many; `key` is `None` for a new one."""
        if self.of_one or (key is not None and not self.on_update):
            return
        if self.field and values.get(self.field) != self.value:
            return
        ids = self._ids(collection)
        others = len(ids) if key is None else len(ids) - (key in ids)
        if others >= maximum:
            raise limit_exceeded(self.what, maximum)

    def usage(self, collection: Collection, maximum: int) -> dict[str, Any]:
        """Return how many there are and how many there may be; AAM's shape is unpublished, this one is inferred."""
        return {"type": self.value, "limit": maximum, "count": len(self._ids(collection))}

    def _ids(self, collection: Collection) -> list[int]:
        return collection.with_value(self.field, self.value) if self.field else collection.ids

"""What changes for AAM between the set that it has and today's: numbers of users and items, compared as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.members.making.items import HAS, KIND, KIND_BITS, REMOVED

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, Any]


@dataclass(frozen=True, kw_only=True)
class Changes:
    """``to_send`` is what to add and to remove, ``same`` what AAM has for certain and keeps; both in order."""

    to_send: Numbers
    same: Numbers

    @classmethod
    def of(cls, keys: Numbers) -> Changes:
        """Of sorted ``keys``, each once: those of today's set are of the kind HAS, which comes first."""
        import numpy as np

        twin = np.append(keys[1:] >> KIND_BITS == keys[:-1] >> KIND_BITS, False)[: len(keys)]
        is_twin = np.roll(twin, 1)
        kinds = keys & KIND
        same = twin & (np.roll(kinds, -1) == REMOVED)
        sent = keys[~(is_twin | same)]
        return cls(to_send=sent & ~KIND | (sent & KIND != HAS), same=keys[same])

"""What to do about an operation that AAM did not take, by its DCS error code.

The codes are Adobe's; what to do about each is inferred from their texts.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence

from airflow_provider_aam.api.stream import Fault


class Verdict(enum.IntEnum):
    """The gravest of an operation counts."""

    RETRY = 1
    """AAM failed: send it again, a few times."""
    SKIP = 2
    """The person has opted out, or is where AAM serves nobody: nothing to mend."""
    REJECT = 3
    """The row is wrong."""
    BAR = 4
    """The id is on AAM's denylist, which it never leaves: send nothing of it any more."""
    STOP = 5
    """Connection or account are wrong: no other operation will do better."""


_BY_VERDICT = {
    Verdict.RETRY: (0, 10, *range(200, 206)),
    Verdict.SKIP: (171, 172, 173, 198, 199, 313, 314, 315),
    Verdict.BAR: (303, 306, 307),
    Verdict.STOP: (1, 2, 100, 109, 111, 302, 304),
}
_VERDICTS: dict[int | str, Verdict] = {code: verdict for verdict, codes in _BY_VERDICT.items() for code in codes}


def verdict_on(code: int | str) -> Verdict:
    """Codes that are not documented are the row's fault."""
    return _VERDICTS.get(code, Verdict.REJECT)


def gravest(faults: Sequence[Fault]) -> Fault:
    return max(faults, key=lambda fault: verdict_on(fault.code))

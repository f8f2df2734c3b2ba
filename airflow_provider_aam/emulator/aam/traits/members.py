"""Who has which trait, as far as inbound files have said it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflow_provider_aam.emulator.core.state import State, User


def join(state: State, user: User, sids: Iterable[int], now_ms: int) -> None:
    """Give someone traits, or have them again."""
    for sid in sids:
        state.members.setdefault(sid, {})[user] = now_ms


def leave(state: State, user: User, sids: Iterable[int]) -> None:
    """Take traits from someone. The people that the invented figures count cannot be named, so they stay."""
    for sid in sids:
        state.members.get(sid, {}).pop(user, None)

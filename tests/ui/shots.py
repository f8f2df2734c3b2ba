"""Pictures of the documentation: ``make test-ui SHOTS=docs/images`` takes them again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

SHOTS = os.environ.get("SHOTS")


def shoot(page: Any, name: str, part: Any = None) -> None:
    """Of the page, or of all of a part that is taller than the window."""
    if not SHOTS:
        return
    path = str(Path(SHOTS).resolve() / f"{name}.png")
    if part is None:
        page.screenshot(path=path)
        return
    window = page.viewport_size
    page.set_viewport_size({"width": 1000, "height": int(part.evaluate("each => each.scrollHeight")) + 200})
    part.screenshot(path=path, animations="disabled")
    page.set_viewport_size(window)

"""Text of others as people may see it: nothing in it moves the cursor, turns the text around or cannot be seen.

Names, keys, file names and whatever a server says pass :func:`one_line` before they are put into a message, a log line,
a plan or a page. Line breaks, ESC, C1 controls, bidirectional marks and blanks other than the space become Python's
escapes, so that two texts that differ look different.
"""

from __future__ import annotations


def one_line(text: str) -> str:
    r"""``text`` in one line: ``a\n::error::b`` with a backslash and an n in it."""
    return text if text.isprintable() else "".join(mark if mark.isprintable() else _escape(mark) for mark in text)


def visible(message: str) -> str:
    """The same for a message of several lines of our own."""
    return message if message.isprintable() else "\n".join(map(one_line, message.split("\n")))


def _escape(mark: str) -> str:
    return repr(mark)[1:-1]

"""AAM's outbound side: batches of files that appear in a folder, each with its `.info`, and their rows of the history.

`batch.py` is one batch: names, content, `.info` and row, as Adobe documents them; `sending.py` keeps the history, and
`pieces.py` writes files over time. None of it knows the package's own readers, so that a mistake of theirs shows.
"""

"""AAM's inbound side: files in a watched folder become history, markers and members of traits.

`watch.py` is the folder over time; `store.py` reads and writes it; `names.py`, `ids.py` and `lines.py` are the grammar
[doc: "Name and content requirements for inbound data files"]; `intake.py` reads one file against the account;
`outcome.py` is what becomes of it. None of it knows the package's own generator of such files: they are read as AAM
documents them, so that a mistake of the generator shows.
"""

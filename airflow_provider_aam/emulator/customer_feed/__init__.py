"""Customer Data Feeds: hours of events that appear in a folder, as `day=/hour=` says, each with its `.info`.

`hour.py` is one hour, or a piece of it, as Adobe documents it. None of it knows the package's own readers, so that a
mistake of theirs shows.
"""

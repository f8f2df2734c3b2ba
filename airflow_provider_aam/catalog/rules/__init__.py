"""AAM's two rule languages, checked offline."""

"""Files, folders and lists → rows, each with its place."""

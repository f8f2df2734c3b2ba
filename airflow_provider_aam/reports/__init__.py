"""How traits and segments develop: trends to a file, populations against bounds. Plain functions over the client."""

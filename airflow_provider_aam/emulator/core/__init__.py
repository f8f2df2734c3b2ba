"""What every emulated resource shares: storage, bodies, lists, errors, and what happens around a request."""

"""Where rows come from, and what their words mean in the account."""

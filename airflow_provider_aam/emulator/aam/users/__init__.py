"""Users, as far as `users/self`."""

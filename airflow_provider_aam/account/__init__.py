"""What the account holds, read until complete, and found by what people call it."""

"""What depends on a trait or a segment, in the account or in catalog files."""

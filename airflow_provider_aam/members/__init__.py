"""Who has which trait: rows of users and traits as inbound files that AAM accepts, and AAM's verdict on them."""

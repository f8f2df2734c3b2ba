"""Changes of profiles that go at once, through the Customer Data API."""

"""How rows become files, and how files reach their destination, whole or not at all. For all jobs."""

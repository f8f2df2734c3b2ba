"""How rows become files, and how files reach their destination, complete or not at all. For all jobs."""

"""Parts become files that AAM picks up."""

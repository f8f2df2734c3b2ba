"""What AAM made of the files."""

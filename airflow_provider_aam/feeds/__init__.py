"""What AAM delivers."""

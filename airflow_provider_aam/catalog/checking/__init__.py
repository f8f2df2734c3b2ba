"""What can be told of rows without asking AAM."""

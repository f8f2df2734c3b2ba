"""What AAM accepts as the name, the ids and the lines of an inbound file."""

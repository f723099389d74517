"""What a plan layer is, how it is checked and how it is drawn."""

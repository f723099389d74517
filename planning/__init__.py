"""What the law asks and what the layers answer."""

"""The demonstration county: facts as small text files, and what makes layers of them."""

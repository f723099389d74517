"""One rule, one subject layer, one object layer: which pairs there are, how they weigh, what could not be judged."""

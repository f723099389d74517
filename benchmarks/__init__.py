"""Speed beside a peer, in one run on the same inputs. Not a test: machines differ, ratios say more than seconds."""

"""The reader: finds the exact answer in a passage, or says that the passage holds none."""

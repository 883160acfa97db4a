"""What becomes of the index as the corpus grows, from 10,000 chunks to a million."""

"""What runs in the contestants' own environments; imports nothing of this project but our own."""

"""Answers written by a language model, every sentence of which is checked before it is shown."""

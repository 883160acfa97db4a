"""corpus-qa beside its peers: the same articles, the same model, one machine, in one run."""

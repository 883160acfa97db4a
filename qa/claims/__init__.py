"""Claims of a language model held against the articles: what a span bears out, and what not."""

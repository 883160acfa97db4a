"""The command line and the web chat: the only place where errors become words for people."""

"""A GGUF file as a language model on this machine, by xllamacpp (the extra `local`)."""

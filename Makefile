# From a bare Python 3.11 or newer: `make demo` to look at it, `make test` to prove it. `make help` lists the rest.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
FUZZ_VENV := .venv-fuzz
PY := $(VENV)/bin/python
UV := $(shell command -v uv 2>/dev/null)
# A house starts a dozen processes: compiled once, our modules need not be compiled by each of them.
unexport PYTHONDONTWRITEBYTECODE
RUN_LOCKS := -r requirements/runtime.txt -r requirements/embedded.txt
ifdef UV
MAKE_VENV = uv venv -q --allow-existing -p $(PYTHON) $(VENV)
INSTALL = uv pip install -q -p $(PY) --require-hashes
else
MAKE_VENV = $(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "Python has no ensurepip: apt-get install -y python3-venv"; exit 1; }; $(PYTHON) -m venv $(VENV)
INSTALL = $(PY) -m pip install -q --disable-pip-version-check --require-hashes
endif

.PHONY: help setup demo dev test check fuzz prove bench stop shell lock clean
help: ## these lines
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

$(VENV)/.runtime: requirements/runtime.txt requirements/embedded.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed"; exit 1; }
	@echo "installing the locked dependencies into $(VENV) ..."
	@$(MAKE_VENV)
	@$(INSTALL) $(RUN_LOCKS)
	@touch $@
$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt
	@echo "installing the locked test tools ..."
	@$(INSTALL) $(RUN_LOCKS) -r requirements/dev.txt
	@touch $@

setup: $(VENV)/.runtime ## make .venv with the locked dependencies
demo: setup ## start everything with demo data (PORT=8010, EMPTY=1 without orders)
	@exec $(PY) -m oms.ops.supervisor --port $(PORT) $(if $(EMPTY),--empty)
dev: $(VENV)/.dev ## the same, restarting the web process when code changes
	@OMS_DEBUG=1 exec $(PY) -m oms.ops.supervisor --port $(PORT) --reload $(if $(EMPTY),--empty)
test: $(VENV)/.dev ## the whole suite; each process has embedded services of its own
	@$(PY) -m pytest $(if $(DATABASE_URL),,-n auto --maxprocesses 4 --dist loadgroup)
check: $(VENV)/.dev ## format, lint, types, templates, layers, migrations, deploy settings, dependencies
	@$(PY) -m oms.ops.check
$(FUZZ_VENV)/.installed: $(VENV)/.runtime requirements/fuzz.txt
	@echo "installing the locked fuzzing tool into $(FUZZ_VENV) ..."
	@$(subst $(VENV),$(FUZZ_VENV),$(MAKE_VENV))
	@$(subst $(VENV),$(FUZZ_VENV),$(INSTALL)) -r requirements/runtime.txt -r requirements/fuzz.txt
	@touch $@
fuzz: $(VENV)/.dev $(FUZZ_VENV)/.installed ## ask every operation of the API what its document allows, and what not (FUZZ_EXAMPLES=50)
	@$(PY) -m tests.fuzz
prove: $(VENV)/.dev ## what the suite proves small, at full size, one to two hours (PROOFS="oversell crossing")
	@$(PY) -m tests.proofs $(PROOFS)
bench: $(VENV)/.dev ## measure, each figure beside its ceiling
	@$(PY) -m benchmarks
stop: ## stop everything of this checkout
	@test ! -x $(PY) || $(PY) -m oms.ops.supervisor --stop
shell: setup ## a Python shell with the models
	@$(PY) manage.py shell
lock: ## resolve requirements/*.in anew
	@for name in runtime embedded dev fuzz; do uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate requirements/$$name.in -o requirements/$$name.txt; done
clean: stop ## remove .venv and var
	rm -rf $(VENV) $(FUZZ_VENV) var

# The two commands: `make run` and `make test`. Everything else is a part of one of them.
PY := .venv/bin/python
.PHONY: run test test-quick fix vendor bench bench-conditions bench-import bench-race bench-chaos stop-test checks install-test

run:
	@python3 practice/embedded/bootstrap.py run
	@exec $(PY) -m practice.embedded

install-test:
	@python3 practice/embedded/bootstrap.py test

checks: install-test
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache >/dev/null || .venv/bin/lint-imports --no-cache
	$(PY) -m tests.databases manage makemigrations --check --dry-run

test: test-quick
	@if $(PY) -m tests.browser; then $(PY) -m pytest tests/journeys --durations=20; else test -z "$$CI"; fi

test-quick: checks
	$(PY) -m pytest -n 2 --ignore=tests/journeys --durations=20

fix: install-test
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

vendor: install-test
	$(PY) manage.py vendor

bench: install-test
	$(PY) -m tests.bench $(ONLY)

bench-conditions: install-test
	DJANGO_SETTINGS_MODULE=practice.config.settings $(PY) -c "import django; django.setup(); from tests.bench.conditions import main; main()"

bench-import: install-test
	PYTHONDONTWRITEBYTECODE= BENCH=1 $(PY) -m pytest tests/routes/test_command_ceiling.py -q

bench-race: install-test
	$(PY) -m tests.bench.race

bench-chaos: install-test
	$(PY) -m tests.bench.chaos $(LETTERS) $(KILLS)

stop-test:
	@$(PY) -m tests.databases

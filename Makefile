# Everything a bare Debian or Ubuntu needs; what is done already is not done again.
#   make demo    see a portrait follow a visitor
#   make test    style, types, import rules, tests
#   make bench   speeds of this machine
#   make soak    an hour with faults on purpose (HOURS=1)
#   make faults  what breaks, on purpose, in a container with a systemd of its own (as root)
#   make fuzz    a million made inputs (CASES=1000000), ten minutes or more
#   make install-service   the kiosk under systemd, and what to type next (ENABLE=1: does that, too)
#   make release           VERSION=0.2.0: built, dated, tagged (KEY=minisign's, DRY=1 only tells)
# PYTHON chooses the interpreter (3.10 to 3.12); TORCH_INDEX_URL another place to take torch from,
# such as the index of CPU builds on a machine without an NVIDIA GPU.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

VENV := .venv
PYTHON ?= $(shell for p in python3.11 python3.12 python3.10 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 13))' \
	&& { echo $$p; break; }; done)
BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
TORCH := torch==2.13.0

# OpenCV wants libGL and glib; pyglet libGL, libGLX and libEGL; mediapipe libEGL and libGLES;
# Mesa's drivers draw where there is no GPU; Xvfb stands in where EGL has no surface
APT := python3-venv libgl1 libglx-mesa0 libegl1 libegl-mesa0 libgles2 libgl1-mesa-dri \
	libglib2.0-0 libportaudio2 xvfb

# some tests want more, and are skipped without: a browser for the staff page, a sound service to
# play to, a voice that speaks texts, what watches a program's every call
APT_TESTS := chromium chromium-driver pulseaudio pulseaudio-utils libasound2-plugins espeak-ng \
	strace

# a container, the servers that show pictures, and a clock that jumps
APT_FAULTS := systemd-container xinit xserver-xorg-core xserver-xorg-video-dummy cage \
	xwayland libfaketime

HOURS ?= 1
CASES ?= 1000000

.PHONY: help demo test faults soak fuzz bench install install-dev install-service release lint clean

help:
	@sed -n '2,11s/^# \{0,1\}//p' Makefile

demo: install
	@$(BIN)/python -m kiosk demo

test: install-dev lint
	$(BIN)/pytest

lint: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# the table is left in out/faults.json
faults: install-dev
	-@.ci/system-packages $(APT_FAULTS)
	$(BIN)/pytest tests/faults -m "live or not live" -rs

soak: install
	@$(BIN)/python -m kiosk bench --soak $(HOURS)

# docs/architecture.md says what is tried; other cases each time, the same with the same SEED=N
fuzz: install-dev
	CASES=$(CASES) SEED=$(SEED) $(BIN)/pytest tests/fuzz --durations=0

bench: install
	$(BIN)/python -m kiosk bench

install: $(STAMPS)/run

install-dev: $(STAMPS)/dev

# as root where it is not: it writes to /etc
install-service: install
	@$(if $(filter-out 0,$(shell id -u)),sudo) $(BIN)/python -m kiosk install-service $(if $(ENABLE),--enable)

release: install-dev
	@$(BIN)/python .ci/release.py '$(VERSION)' $(if $(KEY),--key '$(KEY)') $(if $(DRY),--dry-run)

$(STAMPS)/system: Makefile .ci/system-packages
	@.ci/system-packages $(APT)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/venv: $(STAMPS)/system
	@test -n "$(PYTHON)" || { \
		echo "Python 3.10, 3.11 or 3.12 is needed: install one, or name it with PYTHON=..." >&2; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	@touch $@

$(STAMPS)/torch: $(STAMPS)/venv
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet $(TORCH) $(if $(TORCH_INDEX_URL),--index-url $(TORCH_INDEX_URL))
	@touch $@

$(STAMPS)/run: $(STAMPS)/torch pyproject.toml
	$(BIN)/pip install --quiet --editable .
	@touch $@

$(STAMPS)/dev: $(STAMPS)/run
	-@.ci/system-packages $(APT_TESTS)
	$(BIN)/pip install --quiet --editable '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) out .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

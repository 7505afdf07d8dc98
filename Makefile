# `make help` lists the targets. Two do everything: `make run` and `make test`.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run build web test test-rust test-postgres test-web test-interop test-openapi crash interop-page test-examples test-nextjs-app test-ui verifiers compat lint fmt deps deny clean

binary := target/release/doorward
pages := web/out/index.html
# What the pages are made of; not what the builds, the type check and the tests leave there.
page_sources := $(shell find web -type d \( -name node_modules -o -name .next -o -name out -o -name e2e -o -name test-results \) -prune -o \
	-type f -not -name generated.css -not -name next-env.d.ts -not -name '*.tsbuildinfo' -print 2>/dev/null)
rust_sources := $(shell find crates -type f -name '*.rs' -o -type f -name '*.sql' -o -type f -name '*.toml' 2>/dev/null)
nextest := $(shell command -v cargo-nextest >/dev/null && echo yes)

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

run: build ## Build everything and start on http://localhost:3000
	@DOORWARD_MAIL=$${DOORWARD_MAIL:-log} exec $(binary) serve

build: $(binary) ## The release binary with the pages in it: target/release/doorward

$(binary): $(pages) $(rust_sources) Cargo.toml Cargo.lock
	cargo build --release --locked -p doorward-server
	@touch $(binary)

web: $(pages) ## Export the pages to web/out

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	@touch $@

$(pages): web/node_modules/.package-lock.json $(page_sources)
	cd web && npm run build
	@touch $(pages)

test: deps build ## Everything: Rust on SQLite and Postgres, interop, protocol scenarios, pages in Chromium
	$(MAKE) test-rust
	$(MAKE) test-postgres
	$(MAKE) test-interop
	$(MAKE) test-openapi
	$(MAKE) test-examples
	$(MAKE) compat
	$(MAKE) test-web
	$(MAKE) test-nextjs-app
	$(MAKE) test-ui
	$(MAKE) instructions

test-rust: ## Rust tests
ifeq ($(nextest),yes)
	cargo nextest run --workspace --locked --no-fail-fast
else
	cargo test --workspace --locked --no-fail-fast
endif
	cargo test --workspace --locked --doc

.PHONY: fuzz
fuzz: ## Invented tokens, cookies, origins, redirects, hops queries and forms by the million: no panic, nothing taken for more than it is
	PROPTEST_CASES=1000000 cargo test --locked -q -p doorward --lib invariants
	PROPTEST_CASES=1000000 cargo test --locked -q -p doorward-crypto -p doorward-verify

.PHONY: timing
timing: ## How long answers take for the known and for the unknown: figures for docs/security.md
	cargo test --locked -q -p doorward-server --test attacks timing -- --ignored --nocapture

test-postgres: ## The behaviour tests on a Postgres of their own
ifeq ($(nextest),yes)
	scripts/with-postgres cargo nextest run --locked -p doorward -p tasks-api --test it --test tasks --no-fail-fast
	scripts/with-postgres cargo nextest run --locked -p doorward-server --test it two_processes --no-fail-fast
else
	scripts/with-postgres cargo test --locked -p doorward -p tasks-api --test it --test tasks --no-fail-fast
	scripts/with-postgres cargo test --locked -p doorward-server --test it two_processes --no-fail-fast
endif

python_packages := interop/requirements.txt $(wildcard examples/*/requirements.txt)

.venv/installed: $(python_packages)
	python3 -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check $(addprefix -r ,$(python_packages))
	@touch $@

# What the tests of tokens ask, beside Python's libraries: jose for Node, jsonwebtoken, and the example on doorward-verify.
verifiers: .venv/installed compat/node_modules/.package-lock.json examples/express-jose/node_modules/.package-lock.json build
	CARGO_TARGET_DIR=$(CURDIR)/target cargo build --locked --manifest-path examples/axum-api/Cargo.toml
	CARGO_TARGET_DIR=$(CURDIR)/target cargo build --locked --manifest-path interop/jsonwebtoken/Cargo.toml

test-interop: verifiers ## Our tokens in jose, PyJWT, python-jose and jsonwebtoken
	.venv/bin/pytest -q -p no:cacheprovider interop

interop-page: verifiers ## Write the tables of docs/features/interop.md as they are now
	.venv/bin/pytest -q -p no:cacheprovider interop/test_matrix.py --write-page

examples/express-jose/node_modules/.package-lock.json: examples/express-jose/package.json examples/express-jose/package-lock.json
	cd examples/express-jose && npm ci --no-audit --no-fund
	@touch $@

test-examples: verifiers ## Other people's APIs behind Doorward: axum, FastAPI, Express
	.venv/bin/pytest -q -p no:cacheprovider examples

crash: .venv/installed build ## Kill the server a thousand times while people write (ten minutes; DOORWARD_KILLS=100 in `make test`)
	DOORWARD_KILLS=$${DOORWARD_KILLS:-1000} .venv/bin/pytest -q -p no:cacheprovider interop/test_crash.py

.venv/schemathesis: interop/openapi/requirements.txt .venv/installed
	.venv/bin/pip install --quiet --disable-pip-version-check -r interop/openapi/requirements.txt
	@touch $@

test-openapi: .venv/schemathesis build ## Over 10,000 generated requests against the server's own description
	.venv/bin/python interop/openapi/run.py

compat/node_modules/.package-lock.json: compat/package.json compat/package-lock.json
	cd compat && npm ci --no-audit --no-fund
	@touch $@

compat: compat/node_modules/.package-lock.json build ## Protocol scenarios on the real Better Auth and on Doorward, diffed
	cd compat && DOORWARD_BINARY=$(CURDIR)/$(binary) npm test

.PHONY: explore
explore: compat/node_modules/.package-lock.json build ## Random requests on the real Better Auth and on Doorward, diffed (SEED=1 COUNT=100 for each profile; twenty minutes)
	cd compat && DOORWARD_BINARY=$(CURDIR)/$(binary) node explore.mjs --seed $${SEED:-1} --count $${COUNT:-100}

test-web: build ## Every page in Chromium, on the real binary
	cd web && DOORWARD_BINARY=$(CURDIR)/$(binary) npm run e2e

examples/nextjs-app/node_modules/.package-lock.json: examples/nextjs-app/package.json examples/nextjs-app/package-lock.json
	cd examples/nextjs-app && npm ci --no-audit --no-fund
	@touch $@

test-nextjs-app: examples/nextjs-app/node_modules/.package-lock.json web/node_modules/.package-lock.json build ## Somebody's own Next.js app in front of Doorward, in Chromium
	DOORWARD_BINARY=$(CURDIR)/$(binary) node --test examples/nextjs-app/nextjs-app.test.mjs

compat/ui/node_modules/.package-lock.json: compat/ui/package.json compat/ui/package-lock.json
	cd compat/ui && npm ci --no-audit --no-fund
	@touch $@

test-ui: compat/ui/node_modules/.package-lock.json web/node_modules/.package-lock.json build ## Better Auth UI, another project's pages, in front of Doorward, in Chromium
	cd compat/ui && DOORWARD_BINARY=$(CURDIR)/$(binary) npm test

lint: web/node_modules/.package-lock.json ## Format, clippy, rustdoc, licences, types and lint of the pages
	cargo fmt --all --check
	cargo fmt --manifest-path examples/axum-api/Cargo.toml --check
	cargo fmt --manifest-path interop/jsonwebtoken/Cargo.toml --check
	cargo fmt --manifest-path bench/micro/Cargo.toml --check
	cargo clippy --workspace --locked --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --locked --no-deps
	CARGO_TARGET_DIR=$(CURDIR)/target cargo clippy --locked --manifest-path examples/axum-api/Cargo.toml -- -D warnings
	cd web && npm run typecheck && npm run lint
	$(MAKE) deny

deny: ## Licences, bans and sources of all crates (advisories need a network: `cargo deny check advisories`)
	@if command -v cargo-deny >/dev/null; then cargo deny --offline check licenses bans sources; else python3 scripts/licences.py; fi

# What is measured beside Doorward: Node and Python packages, and small Rust programs in workspaces of their own.
bench/peers/better-auth/node_modules/.package-lock.json: bench/peers/better-auth/package.json bench/peers/better-auth/package-lock.json
	cd bench/peers/better-auth && npm ci --no-audit --no-fund
	@touch $@

bench/peers/fastapi/.venv/installed: bench/peers/fastapi/requirements.txt
	python3 -m venv bench/peers/fastapi/.venv
	bench/peers/fastapi/.venv/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

.PHONY: bench bench-full bench-peers bench-micro bench-ready hot-paths instructions instructions-record
hot-paths: build
	cargo build --release --locked -p doorward-server --example hot_paths

bench-ready: hot-paths bench/peers/better-auth/node_modules/.package-lock.json bench/peers/fastapi/.venv/installed
	@command -v wrk >/dev/null || apt-get install -y wrk
	CARGO_TARGET_DIR=$(CURDIR)/target/peers cargo build --release --locked --manifest-path bench/peers/axum-hello/Cargo.toml

bench: bench-ready ## Doorward beside its peers on this machine, short; see bench/README.md
	python3 bench/run.py

bench-peers: bench-ready
	@ls /usr/lib/*/libicui18n.so >/dev/null 2>&1 || apt-get install -y -qq libicu-dev || true
	LIBSQLITE3_FLAGS= RUST_ICU_MAJOR_VERSION_NUMBER=$$(pkg-config --modversion icu-i18n | cut -d. -f1) \
		CARGO_TARGET_DIR=$(CURDIR)/target/peers cargo build --release --locked --manifest-path bench/peers/better-auth-rs/Cargo.toml || \
		echo "The Rust port of Better Auth did not build; it is left out."

bench-full: bench-peers ## The same with longer runs, more rounds, a million people, and both kinds of durability
	python3 bench/run.py --full
	python3 bench/run.py --full --sync NORMAL --only tasks --rounds 3

bench-micro: ## The hot paths timed one by one, by criterion; PATHS=verify for some
	CARGO_TARGET_DIR=$(CURDIR)/target cargo run --release --locked --manifest-path bench/micro/Cargo.toml -- --bench $(PATHS)

instructions: hot-paths ## Instructions of the hot paths, against bench/instructions.json
	python3 bench/instructions.py

instructions-record: hot-paths ## Write bench/instructions.json anew
	python3 bench/instructions.py --record

fmt: ## Format everything
	cargo fmt --all
	cd web && npm run format

deps: ## Install what the tests need from Debian, when it is missing
	@scripts/install-test-dependencies

clean: ## Remove what was built
	rm -rf target web/out web/.next examples/nextjs-app/.next .venv

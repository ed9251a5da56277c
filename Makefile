# Kvarten's commands. Each is a script in scripts/, which says more about itself.
# KVARTEN_DATA (default: data) holds the database and media; builds and tools are kept in
# ~/.cache/kvarten (KVARTEN_CACHE, CARGO_TARGET_DIR).

.DEFAULT_GOAL := help
.PHONY: help run test watch demo bench trial pictures build sbom fmt clean

PEOPLE ?= 400

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

run: ## Install what is missing, build, fill an empty database, serve on http://127.0.0.1:3000
	@scripts/run

test: ## Everything that must hold before a change lands
	@scripts/test

watch: ## Serve with live reload while editing
	@scripts/watch

demo: ## Fill the database with a made-up municipality: make demo PEOPLE=10000
	@scripts/demo $(PEOPLE)

bench: ## Print every figure beside its bar and write docs/performance.md
	@scripts/bench

trial: ## Attack the server, print what others notice of it beside its bar, write docs/trials.md
	@scripts/trial

pictures: ## Every screen in three sizes and both themes, into end2end/screenshots
	@scripts/pictures

build: ## The optimised server and site, without starting them
	@scripts/setup
	@scripts/build

sbom: ## Write the inventory of all parts, with licences and checksums, to kvarten.cdx.json
	@node scripts/sbom.mjs kvarten.cdx.json

fmt: ## Format the Rust code
	@cargo fmt --all

clean: ## Remove what tests and Playwright left in the checkout (not data/, not the builds)
	@rm -rf end2end/test-results end2end/playwright-report end2end/screenshots

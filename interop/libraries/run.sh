#!/usr/bin/env bash
# Runs libraries that were written for TCP over streams of sctpkit. They are installed here, by their own lock file, and not among
# the development dependencies of the package. Arguments go to the test runner.
set -euo pipefail
cd "$(dirname "$0")"
if [ ! -d node_modules ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  npm ci --no-audit --no-fund
fi
exec npx --prefix ../.. vitest run --config vitest.config.ts "$@"

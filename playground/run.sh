#!/usr/bin/env bash
# Runs a program of the playground's. Its packages are installed here, by their own lock file, and not among the development
# dependencies of sctpkit. Arguments: install, dev, build, check, test, measure or pictures, and what is for that program.
set -euo pipefail
cd "$(dirname "$0")"
if [ ! -d node_modules ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  npm ci --no-audit --no-fund
fi
program=$1
shift
case $program in
  dev) exec npx vite "$@" ;;
  build) npx vite build "$@" && exec npx vite build --mode one-file "$@" ;;
  install) ;;
  measure) npx vite build --logLevel error && exec ../node_modules/.bin/tsx test/browser/measure.ts "$@" ;;
  pictures) npx vite build --logLevel error && exec ../node_modules/.bin/tsx pictures/front-door.ts ;;
  check) npx tsc -p tsconfig.json && exec npx tsc -p test/tsconfig.json ;;
  test) exec ../node_modules/.bin/vitest run --config test/browser/vitest.config.ts "$@" ;;
  *)
    echo "playground/run.sh: install, dev, build, check, test, measure or pictures, not \"$program\"" >&2
    exit 2
    ;;
esac

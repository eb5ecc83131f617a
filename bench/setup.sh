#!/usr/bin/env bash
# Installs what the benchmark's other sides need, where it is missing: a C compiler, usrsctp, Go and pion/sctp from Debian's
# packages; the SCTP packages of npm, each in a folder of its own.
set -euo pipefail
cd "$(dirname "$0")"

missing=()
for package in gcc libc6-dev make libusrsctp-dev golang-go golang-github-pion-sctp-dev; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  command -v apt-get >/dev/null || { echo "bench: this script knows apt-get only; install by hand: ${missing[*]}" >&2; exit 1; }
  as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "bench: run as root, to install: ${missing[*]}" >&2; exit 1; }
    as_root=(sudo)
  fi
  echo "bench: installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  "${as_root[@]}" apt-get -qq update
  "${as_root[@]}" apt-get -qq -y --no-install-recommends install "${missing[@]}" >/dev/null
fi

for package in werift npm-sctp; do
  echo "bench: installing peers/$package"
  (cd "peers/$package" && npm ci --no-audit --no-fund --silent)
done
echo "bench: everything is installed"

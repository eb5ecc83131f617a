#!/usr/bin/env bash
# Installs what the benchmarks need, where it is missing: a C compiler, ip, usrsctp, Go and pion/sctp from Debian's
# packages; the SCTP packages of npm, each in a folder of its own.
set -euo pipefail
cd "$(dirname "$0")"
. ../interop/apt-install.sh

apt_install bench gcc libc6-dev make iproute2 libusrsctp-dev golang-go golang-github-pion-sctp-dev

for package in werift npm-sctp; do
  echo "bench: installing peers/$package"
  (cd "peers/$package" && npm ci --no-audit --no-fund --silent)
done
echo "bench: everything is installed"

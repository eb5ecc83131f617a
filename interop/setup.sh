#!/usr/bin/env bash
# Installs what the interop tests need from Debian's packages, where it is missing: usrsctp and a C compiler, pion/sctp and
# Go, tshark, and ip, which makes the network namespaces.
set -euo pipefail
. "$(dirname "$0")/apt-install.sh"

apt_install interop libusrsctp-dev gcc libc6-dev make golang-go golang-github-pion-sctp-dev tshark iproute2
if [ ${#missing[@]} -eq 0 ]; then echo "interop: everything is installed"; fi

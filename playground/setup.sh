#!/usr/bin/env bash
# Installs what the browser tests need from Debian's packages, where it is missing: Chromium.
set -euo pipefail
. "$(dirname "$0")/../interop/apt-install.sh"

apt_install playground chromium
if [ ${#missing[@]} -eq 0 ]; then echo "playground: everything is installed"; fi

#!/bin/bash
# catatonit, a static init of Debian's, has a pause mode.
set -euo pipefail
install -D "$(command -v catatonit)" /out/pause

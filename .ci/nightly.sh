#!/usr/bin/env bash
# One night without a CI service, for cron:
#   17 4 * * *  READOUT_TARGET=web@example.com:/srv/readout/ /opt/readout/.ci/nightly.sh >> /var/log/readout.log 2>&1
# READOUT_TARGET   where the site is copied to by rsync; without it the site stays in dist/
# READOUT_BASE     path on the host, default /
# Ends with 0 if all is well, 3 if some readouts are stale, 1 if something is blocked or nothing was built, 2 if it could
# not run. A night that fails leaves the published site as it was.
set -euo pipefail
cd "$(dirname "$0")/.."
readout() { node lib/commands/readout.mjs "$@"; }

built=0
readout site --base "${READOUT_BASE:-/}" || built=$?
case "$built" in
  0 | 3) ;;
  *) exit "$built" ;;
esac

checked=0
readout check --notify || checked=$?

# New files arrive beside the old ones and are renamed at the end, so that a reader never sees half of a file.
if [ -n "${READOUT_TARGET:-}" ]; then
  rsync --archive --delete-delay --delay-updates --checksum dist/ "$READOUT_TARGET"
fi

# Where history/ is a git repository of its own, each night is a commit.
if [ -e history/.git ]; then
  git -C history add --all -- '*.jsonl'
  git -C history diff --cached --quiet || git -C history commit --quiet --message "add what was published"
fi

if [ "$checked" != 0 ]; then exit "$checked"; fi
exit "$built"

#!/usr/bin/env bash
# One night without a CI service, for cron:
#   17 4 * * *  READOUT_TARGET=web@example.com:/srv/readout/ /opt/readout/.ci/nightly.sh >> /var/log/readout.log 2>&1
# READOUT_TARGET   where the site is copied to by rsync; without it the site stays in dist/
# READOUT_BASE     path on the host, default /
# READOUT_WEBHOOK  where news are posted, if sources.yaml has webhooks with the address ${READOUT_WEBHOOK}
# Ends with 0 if all is well, 3 if some readouts are stale, 1 if something is blocked or nothing was built, 2 if it could
# not run. A night on which nothing was built publishes the last good readouts marked stale; without any, the published
# site stays as it was.
set -euo pipefail
cd "$(dirname "$0")/.."
readout() { node lib/commands/readout.mjs "$@"; }

built=0
readout publish --base "${READOUT_BASE:-/}" || built=$?
case "$built" in
  0 | 3) ;;
  1) compgen -G 'src/readouts/*/readout.json' > /dev/null || exit 1 ;;
  *) exit "$built" ;;
esac

checked=0
notify=()
if [ -n "${READOUT_WEBHOOK:-}" ]; then notify=(--notify); fi
readout check ${notify[@]+"${notify[@]}"} || checked=$?

# New files arrive beside the old ones and are renamed at the end, so that a reader never sees half of a file.
if [ -n "${READOUT_TARGET:-}" ]; then
  rsync --archive --delete-delay --delay-updates --checksum dist/ "$READOUT_TARGET"
fi

# Where history/ is a git repository of its own, each night is a commit.
if [ -e history/.git ]; then
  git -C history add --all -- '*.jsonl'
  git -C history diff --cached --quiet || git -C history commit --quiet --message "add what was published"
fi

if [ "$built" = 1 ]; then exit 1; fi
if [ "$checked" != 0 ]; then exit "$checked"; fi
exit "$built"

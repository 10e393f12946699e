#!/usr/bin/env bash
# From a plain file of events to figures of orders to leave and departures.
#
#     run.sh DIR [--serve]
#
# Makes the new directory DIR with the office's side only; `--serve` then serves the page.
#
# Not here: the steps themselves (`../steps.sh`); an agency (`../border`).
set -euo pipefail
example=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../steps.sh
. "$example/../steps.sh"

begin "$example" "$@"
make_store
take_file events.csv
release
show_figures EVENTS M.LT.FLOW._T.REFUSAL+DECISION

#!/usr/bin/env bash
# From a border police's exports to figures of entries, exits and persons present.
#
#     run.sh DIR [--serve]
#
# Makes the new directory DIR with both sides of it, the agency and the office; `--serve` then
# serves the page.
#
# Not here: the steps themselves (`../steps.sh`).
set -euo pipefail
example=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../steps.sh
. "$example/../steps.sh"

begin "$example" "$@"
exchange_keys POLICE "Border police" day 2025-03-03 2025a
make_store
deliver
release
show_figures EVENTS D.AT.FLOW._T.ENTRY+EXIT

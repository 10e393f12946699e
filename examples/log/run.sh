#!/usr/bin/env bash
# From the log of a permit procedure to figures of its steps, and of which follows which.
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
exchange_keys PERMITS "Permit office" month 2024-01-01 2024a
make_store
deliver
release
show_figures FOLLOWS M.EE.FLOW.CHECKED.RETURNED+DECIDED

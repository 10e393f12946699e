#!/usr/bin/env bash
# From a register of authorised stays to figures of departures and of persons past their end.
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
exchange_keys REGISTER "Register of stays" week 2025-01-06 2025a
make_store
deliver
release
show_figures OVERSTAYERS W.FR.STOCK._T

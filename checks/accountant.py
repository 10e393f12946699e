"""An independent check of the charges in a ledger, with Google's dp_accounting.

What it is: it reads the entries of a public ledger from the frozen formats only (the ledger's
`entry.rs`, and the tiles of C2SP), recomputes every charge in fractions, and composes the charges
of each window with an accountant that we did not write.

What it is not: a check of sensitivities (the proofs beside the mechanisms, and `checks`), of the
sampler, or of hashes and signatures (`tidegauge ledger verify`). It takes `delta2` as given. The
noise is the discrete Gaussian, whose Renyi divergence is bounded by that of the Gaussian with the
same sigma (Canonne, Kamath and Steinke 2020): each charge enters as a Gaussian event with noise
multiplier sqrt(variance / delta2).

Invariants, each a line that passes or fails:
1. The number of entries is that of the checkpoint.
2. rho = delta2 / (2 variance) for every charge, in exact fractions.
3. The charges of a window stay within the plan's rho, and those of all windows within its total.
   No dataflow, window and part is charged twice.
4. At delta 1e-6, 1e-9 and 1e-12 the epsilon of the Renyi accountant, of the privacy loss
   distribution and of the exact Gaussian curve never exceeds the epsilon we print.
5. The Renyi accountant agrees with the zCDP conversion of the window's rho, implemented separately
   here, within 0.1 %; the other two, which are tighter, are at most 10 % below it; and the printed
   epsilon, which is that of the whole budget, is at most 0.01 above the conversion of that budget.
6. The checks can fail: a charge that is too low by a hundredth, and a window that spent a tenth too
   much, are both found.

Use: accountant.py STORE [--tidegauge PROGRAM] [--epsilon DELTA=EPSILON ...]
     STORE is a store or its public directory. Without --epsilon the program is run:
     `tidegauge plan show` on the plan that the ledger names.
Needs: dp-accounting, scipy. Exit 0 if all passed, otherwise 1; 2 if the ledger cannot be read.
"""

import argparse
import collections
import json
import math
import pathlib
import re
import subprocess
import sys
from fractions import Fraction

import dp_accounting
import numpy as np
from dp_accounting.pld import PLDAccountant
from dp_accounting.rdp import RdpAccountant
from scipy.optimize import brentq
from scipy.stats import norm

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUNDLE_WIDTH = 256
DELTAS = ("1e-6", "1e-9", "1e-12")
SHOWN = re.compile(r"a window is \(epsilon ([0-9.]+), delta (1e-[0-9]+)\)")
# Orders of the Renyi accountant: dense, so that its minimum is that of all orders.
ORDERS = 1 + np.exp(np.linspace(math.log(1e-3), math.log(1e4), 8001))


class Tally:
    """Prints a line for each check, and counts those that passed and failed."""

    def __init__(self):
        self.passed = self.failed = 0

    def check(self, holds, text):
        print(f"{'pass' if holds else 'FAIL'}  {text}")
        self.passed += bool(holds)
        self.failed += not holds


def bundle_path(number, width):
    """The path of an entry bundle in C2SP tlog-tiles."""
    path = f"{number % 1000:03}"
    while number >= 1000:
        number //= 1000
        path = f"x{number % 1000:03}/{path}"
    return f"tile/entries/{path}" + (f".p/{width}" if width < BUNDLE_WIDTH else "")


def bundle_entries(data, width):
    """The first `width` entries of a bundle, each after its length in two bytes."""
    entries, offset = [], 0
    for _ in range(width):
        length = int.from_bytes(data[offset:offset + 2], "big")
        entry = data[offset + 2:offset + 2 + length]
        if len(entry) != length:
            raise ValueError("a bundle is cut short")
        entries.append(json.loads(entry))
        offset += 2 + length
    return entries


def read_ledger(public):
    """The entries, and the size that the checkpoint states."""
    size = int((public / "checkpoint").read_text().splitlines()[1])
    entries = []
    for number in range(-(-size // BUNDLE_WIDTH)):
        width = min(size - number * BUNDLE_WIDTH, BUNDLE_WIDTH)
        path = public / bundle_path(number, width)
        if not path.exists():
            path = public / bundle_path(number, BUNDLE_WIDTH)
        entries += bundle_entries(path.read_bytes(), width)
    return entries, size


def printed_epsilons(program, plan_file):
    """The epsilons that the program prints, by delta."""
    shown = subprocess.run(
        [program, "plan", "show", plan_file], capture_output=True, text=True, check=True
    )
    return {delta: float(epsilon) for epsilon, delta in SHOWN.findall(shown.stdout)}


def converted(rho, delta):
    """Epsilon of rho-zCDP at delta (Canonne, Kamath and Steinke 2020, Proposition 12)."""
    alpha = ORDERS
    epsilon = alpha * rho + (
        math.log(1 / delta) + (alpha - 1) * np.log1p(-1 / alpha) - np.log(alpha)
    ) / (alpha - 1)
    return float(epsilon.min())


def from_curve(rho, delta):
    """Epsilon of the Gaussian mechanism with this rho, exactly (Balle and Wang 2018)."""
    mu = math.sqrt(2 * rho)

    def excess(epsilon):
        first = norm.logcdf(mu / 2 - epsilon / mu)
        second = epsilon + norm.logcdf(-mu / 2 - epsilon / mu)
        return first + math.log(-math.expm1(second - first)) - math.log(delta)

    return brentq(excess, 1e-9, 1000, xtol=1e-10)


def composed(charges):
    """The accountants after all charges: Renyi, and privacy loss distribution."""
    events = [
        dp_accounting.GaussianDpEvent(math.sqrt(variance / delta2))
        for delta2, variance, _ in charges
    ]
    event = dp_accounting.ComposedDpEvent(events)
    return RdpAccountant(ORDERS).compose(event), PLDAccountant().compose(event)


def parsed(charge):
    return tuple(Fraction(charge[field]) for field in ("delta2", "variance", "rho"))


def is_priced(delta2, variance, rho):
    """Whether the charge is the cost of the mechanism, exactly in fractions."""
    return variance > 0 and delta2 >= 0 and rho == delta2 / (2 * variance)


def check_charges(tally, charges):
    seen = collections.Counter()
    for charge in charges:
        key = f"{charge['dataflow']} {charge['window']} {charge['part']}"
        seen[key] += 1
        delta2, variance, rho = parsed(charge)
        cost = f"rho {rho} = delta2 {delta2} / (2 x variance {variance})"
        tally.check(is_priced(delta2, variance, rho) and seen[key] == 1, f"{key}: {cost}")
    return seen


def check_window(tally, window, charges, budget, printed):
    spent = sum(rho for _, _, rho in charges)
    tally.check(spent <= budget, f"{window}: rho {spent} of {budget}")
    # The accountants get delta2 and variance, not the rho that the ledger states.
    rho = float(sum(delta2 / (2 * variance) for delta2, variance, _ in charges))
    renyi, loss = composed(charges)
    for delta, shown in printed.items():
        delta_value = float(delta)
        zcdp = converted(rho, delta_value)
        by_renyi, by_loss, by_curve = (
            renyi.get_epsilon(delta_value),
            loss.get_epsilon(delta_value),
            from_curve(rho, delta_value),
        )
        found = f"{window}, delta {delta}: "
        tally.check(
            max(by_renyi, by_loss, by_curve) <= shown,
            f"{found}printed {shown:.2f} is at least dp_accounting's {by_renyi:.4f} (Renyi), "
            f"{by_loss:.4f} (loss distribution) and {by_curve:.4f} (Gaussian curve)",
        )
        tally.check(
            abs(by_renyi / zcdp - 1) <= 1e-3,
            f"{found}Renyi / zCDP conversion {by_renyi / zcdp:.6f}",
        )
        tally.check(
            0.9 <= by_curve / zcdp <= 1 and 0.9 <= by_loss / zcdp <= 1,
            f"{found}loss distribution / zCDP conversion {by_loss / zcdp:.4f}, "
            f"Gaussian curve / zCDP conversion {by_curve / zcdp:.4f}",
        )


def check_that_checks_can_fail(tally, charge, budget, printed):
    """Checks that wrong ledgers are found: otherwise the other checks would prove nothing."""
    delta2, variance, rho = charge
    tally.check(
        not is_priced(delta2, variance, rho * Fraction(99, 100)),
        "a charge that is too low by a hundredth is found",
    )
    excess = [(budget * Fraction(11, 10), Fraction(1, 2), budget)]
    renyi, _ = composed(excess)
    tally.check(
        all(renyi.get_epsilon(float(delta)) > shown for delta, shown in printed.items()),
        "a window that spent a tenth more than its budget is found",
    )


def check_printed(tally, budget, printed):
    for delta, shown in printed.items():
        exact = converted(float(budget), float(delta))
        tally.check(
            0 <= shown - exact <= 0.0101,
            f"delta {delta}: printed {shown:.2f} is the conversion of rho {budget}, "
            f"{exact:.4f}, rounded up",
        )


def arguments():
    parser = argparse.ArgumentParser(description="Checks the charges of a ledger.")
    parser.add_argument("store", type=pathlib.Path)
    parser.add_argument("--tidegauge", default=ROOT / "target/release/tidegauge")
    parser.add_argument("--epsilon", action="append", default=[], metavar="DELTA=EPSILON")
    return parser.parse_args()


def main():
    given = arguments()
    public = given.store / "public" if (given.store / "public").is_dir() else given.store
    try:
        entries, size = read_ledger(public)
    except (OSError, ValueError, IndexError) as error:
        print(f"no ledger: {error}")
        return 2
    tally = Tally()
    tally.check(len(entries) == size, f"{size} entries, as in the checkpoint")
    plan = [entry for entry in entries if entry["entry"] == "plan"][-1]
    charges = [entry for entry in entries if entry["entry"] == "charge"]
    tally.check(bool(charges), f"{len(charges)} charges")
    if not charges:
        return finish(tally)
    if given.epsilon:
        printed = {delta: float(value) for delta, value in (e.split("=") for e in given.epsilon)}
    else:
        printed = printed_epsilons(given.tidegauge, public / "plan" / f"{plan['digest']}.toml")
    tally.check(set(DELTAS) <= set(printed), f"printed at delta {', '.join(printed)}")
    budget = Fraction(plan["rho"])
    check_charges(tally, charges)
    windows = collections.defaultdict(list)
    for charge in charges:
        windows[charge["window"]].append(parsed(charge))
    for window, parts in sorted(windows.items()):
        check_window(tally, window, parts, budget, printed)
    whole = sum(rho for parts in windows.values() for _, _, rho in parts)
    total = budget * plan["windows"]
    tally.check(whole <= total, f"lifetime: rho {whole} of {total}")
    check_printed(tally, budget, printed)
    check_that_checks_can_fail(tally, parsed(charges[0]), budget, printed)
    return finish(tally)


def finish(tally):
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""The solver of wishes compared with an independent one, on random plans.

What it is: random plans of tables of flows by the month, with dimensions of one or two levels,
some of them apart, and a wish for most marginals. `tidegauge plan fit` states the least rho that
grants all wishes; here the same convex problem is set up from the plan's text, with coefficients
of its own, and solved by another method. In the reciprocals x of the charges it reads

    least sum of 1 / x_j   subject to   sum of c_ij x_j <= V_i for every kind of figure i,

where c_ij is the variance of figure i at a charge of 1 for residual j. A figure takes from the
residual at level l of a dimension with n codes ((n - 1) / n)^2, or 1 at the total, over the square
of the number of codes of each level below, and the noise of one contribution list: half of the
largest squared length of what one person may add to one cell. V_i is the variance with which the
margin is as wished, before and after figures are rounded to whole numbers.

Peer: SLSQP of scipy. Its answer is scaled until it is feasible, which bounds the optimum from
above, and its multipliers, found by least squares that are not negative, bound it from below: the
column "known to" is the distance of the two.

What it is not: a test of strategies (the grain of each table is that at which it is wished, where
no strategy beats one measurement per period), of balances and stocks, or of bounds.

Invariants:
1. Nothing of the program is used but what `plan fit` and `plan show` print.
2. Every plan is a function of the seed and its number.

Columns: the least rho that the program states, relative to the peer's (a program that stops at a
gap of 0.1 % may lie that much above); and how far the plan that it writes, with whole weights and
shares, misses its most missed wish beyond the common factor that is unavoidable. Where weights of
marginals cannot express the best split the plan has weights of residuals; what is left is rounding,
most of it of variances to whole sixteenths where margins are of a few persons.

Use: solver.py [--plans N] [--seed N] [--tidegauge PROGRAM]      needs numpy and scipy
"""

import argparse
import itertools
import json
import math
import pathlib
import random
import re
import statistics
import subprocess
import tempfile

import numpy as np
from scipy.optimize import minimize, nnls

ROOT = pathlib.Path(__file__).resolve().parent.parent
POINT = 1.959964
# The program prints rho with three decimals.
ROUNDING = 0.0005
ATTRIBUTES = ["border_point", "traveller_class", "citizenship", "age_band", "sex"]
# The part of a variance limited by rounding that the program uses, since variances are sixteenths.
KEPT = 0.998
MONTHS = {"month": 1, "quarter": 3, "year": 12}

STATEMENT = """
[statement]
id = "SOLVER"
agency = "TG"
title = "Random plan"
purpose = "Comparison of solvers"
controller = "Example Statistics Office"
legal_basis = "Example Official Statistics Act"
contact = "statistics@example.org"
reference_area = "XX"
start = "2025-01-01"
expires = "2025-12-31"
time_zone = "UTC"

[privacy]
window = "year"
rho = "1"
windows = 1

[life_cycle]
model = "border"
"""


class Dimension:
    """A dimension with a code list; sizes are those of its groups, or one number of codes."""

    def __init__(self, draw, attribute):
        self.attribute, self.name = attribute, attribute.upper()
        self.is_grouped = draw.random() < 0.4
        self.sizes = [draw.randint(2, 8)]
        if self.is_grouped:
            self.sizes = [draw.randint(1, 6) for _ in range(draw.randint(2, 5))]
            self.sizes[0] = max(self.sizes[0], 2)
        self.depth = 2 if self.is_grouped else 1

    def text(self):
        sizes = enumerate(self.sizes)
        codes = [(f"C{g}_{n}", f"G{g}") for g, size in sizes for n in range(size)]
        of_group = (lambda group: f', group = "{group}"') if self.is_grouped else lambda _: ""
        listed = ", ".join(f'{{ id = "{c}", name = "{c}"{of_group(g)} }}' for c, g in codes)
        lines = [f'[[code_list]]\nid = "CL_{self.name}"\nversion = "1.0.0"\nname = "{self.name}"']
        if self.is_grouped:
            groups = ", ".join(f'{{ id = "G{g}", name = "G{g}" }}' for g in range(len(self.sizes)))
            lines.append(f"groups = [{groups}]")
        return "\n".join([*lines, f"codes = [{listed}]\n"])

    def kinds(self, level):
        """The numbers of codes on the way to a figure of this level, for each kind of figure."""
        if not self.is_grouped:
            return [(self.sizes[0],)[:level]]
        return sorted({(len(self.sizes), size)[:level] for size in self.sizes})


def taken(numbers, residual):
    """What a figure takes from the residual at a level of one dimension, as a variance."""
    own = ((numbers[residual - 1] - 1) / numbers[residual - 1]) ** 2 if residual else 1.0
    return own / math.prod(numbers[residual:]) ** 2


class Table:
    """A dataflow with marginals, all by one grain, and the margins wished for some of them."""

    def __init__(self, draw, number, dimensions):
        self.id = f"T{number}"
        self.dimensions = draw.sample(dimensions, draw.randint(1, min(3, len(dimensions))))
        self.bound, self.grain = draw.randint(1, 6), draw.choice(list(MONTHS))
        self.apart = None
        if len(self.dimensions) > 1 and draw.random() < 0.3:
            self.apart = draw.randrange(len(self.dimensions))
        finest = tuple(dimension.depth for dimension in self.dimensions)
        levels = {finest}
        for _ in range(draw.randint(0, 4)):
            levels.add(tuple(draw.randint(0, depth) for depth in finest))
        if self.apart is not None:
            at, depth = self.apart, finest[self.apart]
            levels = {own[:at] + (depth,) + own[at + 1:] for own in levels}
        self.marginals = sorted(levels)
        self.wishes = {own: draw.randint(1, 5) for own in self.marginals if draw.random() < 0.8}
        if not self.wishes:
            self.wishes = {finest: draw.randint(1, 5)}

    def names(self, levels):
        named = zip(self.dimensions, levels)
        return ", ".join(
            f'"{d.name}/1"' if level < d.depth else f'"{d.name}"' for d, level in named if level)

    def text(self, share):
        marginals = ",\n    ".join(
            f'{{ of = [{self.names(own)}], grain = "{self.grain}" }}' for own in self.marginals)
        apart = ""
        if self.apart is not None:
            apart = f'apart = ["{self.dimensions[self.apart].name}"]\n'
        dimensions = ", ".join(
            f'{{ id = "{d.name}", from = "{d.attribute}", code_list = "CL_{d.name}" }}'
            for d in self.dimensions)
        wishes = "".join(
            f'\n[[wish]]\ndataflow = "{self.id}"\nmarginal = [{self.names(own)}]\n'
            f'period = "{self.grain}"\nmargin = {margin}\n' for own, margin in self.wishes.items())
        return (
            f'\n[[dataflow]]\nid = "{self.id}"\nname = "T"\ndescription = "Persons who crossed."\n'
            f'measure = "flow"\nunit = "PERSONS"\nstep = "month"\nbound = {self.bound}\n'
            f'share = "{share}"\nstrategy = "identity"\n{apart}marginals = [\n    {marginals},\n]\n'
            f"dimensions = [{dimensions}]\n{wishes}")

    def noise(self):
        """Variance of one cell by the grain at a charge of 1: contributions fill whole periods."""
        full, rest = divmod(self.bound, min(self.bound, MONTHS[self.grain]))
        return (full * min(self.bound, MONTHS[self.grain]) ** 2 + rest ** 2) / 2

    def limit(self, levels, margin):
        """The variance that grants a wish: neither the margin of the noise nor the published one,
        of whole numbers and with the rounding of a sum at each corner and end, may exceed it."""
        split = sum(level > 0 for at, level in enumerate(levels) if at != self.apart)
        own = (margin / POINT) ** 2
        published = ((margin + 0.5) / POINT) ** 2 - 2 * 2 ** split / 12
        return min(own, published * KEPT) if published > 0 else own

    def rows(self):
        """For each kind of wished figure what it takes from each residual, over its variance."""
        for levels, margin in self.wishes.items():
            for kind in itertools.product(*map(Dimension.kinds, self.dimensions, levels)):
                row = {}
                depths = [range(level + 1) for level in levels]
                if self.apart is not None:
                    depths[self.apart] = [None]
                for residual in itertools.product(*depths):
                    part = math.prod(taken(numbers, level) for numbers, level
                                     in zip(kind, residual) if level is not None)
                    if part:
                        row[self.id, residual] = self.noise() * part / self.limit(levels, margin)
                yield row


def random_plan(seed, number):
    draw = random.Random(f"{seed} {number}")
    dimensions = [Dimension(draw, name) for name in draw.sample(ATTRIBUTES, draw.randint(1, 4))]
    tables = [Table(draw, n, dimensions) for n in range(draw.randint(1, 3))]
    used = [d for d in dimensions if any(d in table.dimensions for table in tables)]
    attributes = "".join(f'\n[[attribute]]\nname = "{d.attribute}"\ncode_list = "CL_{d.name}"\n'
                         for d in used)
    lists = "\n".join(dimension.text() for dimension in used)
    flows = "".join(table.text(f"1/{len(tables)}") for table in tables)
    return tables, f"{STATEMENT}{attributes}\n{lists}{flows}"


def solved(rows):
    """The least rho, from above and from below."""
    columns = sorted({column for row in rows for column in row})
    needs = np.array([[row.get(column, 0.0) for column in columns] for row in rows])
    # Begins with equal charges; every variable is then of the order of 1.
    scale = 1 / needs.sum(1).max()
    scaled = needs * scale
    answer = minimize(
        lambda x: (1 / x).sum(), np.full(len(columns), 0.999), jac=lambda x: -1 / x ** 2,
        method="SLSQP", bounds=[(1e-6, None)] * len(columns),
        constraints={"type": "ineq", "fun": lambda x: 1 - scaled @ x, "jac": lambda _: -scaled},
        options={"maxiter": 2000, "ftol": 1e-13})
    x = answer.x / (scaled @ answer.x).max()
    prices, _ = nnls(scaled.T * x[:, None] ** 2, np.ones(len(columns)))
    below = np.sqrt(scaled.T @ prices).sum() ** 2 / prices.sum()
    return (1 / x).sum() / scale, below / scale


def called(program, *words):
    done = subprocess.run([program, *map(str, words)], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    return done.stdout


def fitted(program, text, place):
    """The least rho and the common factor that the program states, and the largest miss."""
    plan, out = place / "plan.toml", place / "fitted.toml"
    plan.write_text(text, encoding="utf-8")
    report = called(program, "plan", "fit", plan, "--out", out)
    least = float(re.search(r"need rho ([0-9.]+)", report)[1])
    factor = re.search(r"common factor of ([0-9.]+)", report)
    shown = json.loads(called(program, "plan", "show", out, "--format", "json"))
    misses = [row["unrounded"] / row["wished"] for row in shown["headline"] if row.get("wished")]
    written = out.read_text(encoding="utf-8")
    is_changed = text.count('"identity"') != written.count('"identity"')
    return least, float(factor[1]) if factor else 1.0, max(misses), is_changed


def arguments():
    parser = argparse.ArgumentParser(description="The solver of wishes and an independent one.")
    parser.add_argument("--plans", type=int, default=50)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--tidegauge", default=str(ROOT / "target/release/tidegauge"))
    return parser.parse_args()


def main():
    given = arguments()
    print(f"{'plan':>5}{'figures':>9}{'residuals':>11}{'ours':>12}{'peer':>12}{'ours/peer - 1':>15}"
          f"{'known to':>11}{'plan written':>14}")
    worst, written, changed = 0.0, [], 0
    with tempfile.TemporaryDirectory(prefix="tidegauge-solver-") as directory:
        for number in range(given.plans):
            tables, text = random_plan(given.seed, number)
            rows = [row for table in tables for row in table.rows()]
            above, below = solved(rows)
            least, factor, miss, is_changed = fitted(
                given.tidegauge, text, pathlib.Path(directory))
            columns = len({column for row in rows for column in row})
            difference, extra = least / above - 1, miss / max(1.0, math.sqrt(above)) - 1
            changed += is_changed
            worst = max(worst, (abs(least - above) - ROUNDING) / above)
            written.append(extra)
            print(f"{number:>5}{len(rows):>9}{columns:>11}{least:>12.3f}{above:>12.3f}"
                  f"{100 * difference:>13.4f} %{100 * (1 - below / above):>9.4f} %"
                  f"{100 * extra:>+12.2f} %{'  another strategy' if is_changed else ''}")
            if abs(factor / max(1.0, math.sqrt(above)) - 1) > 2e-3:
                print(f"      common factor {factor:.3f}, peer {math.sqrt(above):.3f}")
    print(f"\n{given.plans} plans, {changed} with another strategy: least rho differs by at most "
          f"{100 * worst:.4f} % beyond rounding; as written, plans miss the optimum's margins by at "
          f"most {100 * max(written):.2f} %, median {100 * statistics.median(written):.2f} %, "
          f"{sum(extra > 0.02 for extra in written)} by more than 2 %")


if __name__ == "__main__":
    main()

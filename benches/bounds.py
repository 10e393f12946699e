"""Lower bounds and reference values with which the accuracy of our mechanisms is compared.

What it is: a program that recomputes `bounds.csv`. A lower bound holds for every mechanism that
adds Gaussian noise to linear measurements and decodes without bias; a reference value is the
error of a mechanism of the literature, in closed form or tuned here. All values are standard
deviations of a figure at rho = 1 zCDP; for another rho they are divided by sqrt(rho).

What it is not: our mechanisms, whose errors the tests compute in integers from the plan. This
program reads none of our code, so that a mistake there cannot change the bounds that would show it.

The certificate. A mechanism measures C x + noise; let X = C'C, and let G = B'B be the Gram matrix
of the wanted figures. Its cost is tr(G inv(X)), and u'Xu <= 1 for every u that one person can
contribute. Take any weights w >= 0 of sum 1 on such u, and M = sum w u u'. Then tr(XM) <= 1, so by
Cauchy and Schwarz tr(G inv(X)) >= (tr (B M B')^(1/2))^2. Every w gives a valid bound; iterations
make it tighter, and a poor optimum is only less tight, never wrong. For the largest error over time
the same holds with weights p on the figures: gamma_2(A) >= tr norm of diag(p)^(1/2) A
diag(q)^(1/2).

Invariants:
1. Rounding never lifts a bound above the truth: every eigenvalue is lowered by the error that its
   computation may have (`root_trace`), and values are rounded down before they are stored.
2. If a feasible mechanism is computed too, it is not below the bound (`single`, asserted).
3. A recomputed value equals the stored one within 1e-4 (the exit code); fast ones are recomputed in
   every run.
4. A person's behaviour in a dual point is allowed by the workload (`Behaviour`, asserted).

Use: bounds.py [--all] [--only PREFIX] [--write]
     without --all only fast values; --write stores the recomputed values in bounds.csv.
Needs: numpy, scipy.
"""

import argparse
import csv
import datetime
import math
import pathlib
import sys
import time

import numpy as np
from scipy.linalg import eigh
from scipy.optimize import minimize
from scipy.signal import lfilter

STORED = pathlib.Path(__file__).resolve().parent / "bounds.csv"
COLUMNS = ("id", "workload", "steps", "participation", "quantity", "value", "kind", "certified")
TOLERANCE = 1e-4
YEAR = 2026
GRAINS = ("hour", "day", "week", "month", "quarter", "year", "to date")


# Workloads.

def calendar(per_day=1):
    """Periods of the year, as (first step, last step) by grain; only whole ISO weeks."""
    first = datetime.date(YEAR, 1, 1)
    days = [first + datetime.timedelta(n) for n in range(366)]
    days = [day for day in days if day.year == YEAR]
    n = len(days)

    def runs(key):
        starts = [i for i in range(n) if i == 0 or key(days[i]) != key(days[i - 1])]
        return list(zip(starts, [s - 1 for s in starts[1:]] + [n - 1]))

    periods = {
        "day": [(i, i) for i in range(n)],
        "week": [(i, i + 6) for i in range(n - 6) if days[i].weekday() == 0],
        "month": runs(lambda day: day.month),
        "quarter": runs(lambda day: (day.month - 1) // 3),
        "year": [(0, n - 1)],
    }
    steps = n * per_day
    grains = {
        grain: [(s * per_day, (e + 1) * per_day - 1) for s, e in spans]
        for grain, spans in periods.items()
    }
    if per_day > 1:
        grains["hour"] = [(i, i) for i in range(steps)]
    grains["to date"] = [(0, i) for i in range(steps)]
    return steps, grains


def prefix_gram(steps):
    step = np.arange(steps)
    return (steps - np.maximum(step[:, None], step[None, :])).astype(float)


def calendar_gram(per_day, how):
    """Gram matrix of the calendar's figures, with equal weights for all ("uniform") or for each
    grain ("balanced")."""
    steps, grains = calendar(per_day)
    gram = np.zeros((steps, steps))
    figures = sum(map(len, grains.values()))
    for grain, periods in grains.items():
        weight = 1 / figures if how == "uniform" else 1 / len(periods) / len(grains)
        if grain == "to date":
            gram += weight * prefix_gram(steps)
        elif all(s == e for s, e in periods):
            gram[np.diag_indices(steps)] += weight
        else:
            for s, e in periods:
                gram[s:e + 1, s:e + 1] += weight
    return gram


# The certificate.

def root_trace(values, norm):
    """Lower bound of the sum of the roots of a symmetric matrix's eigenvalues, from computed ones.

    Computed eigenvalues are those of a matrix that differs in norm by a small multiple of
    machine epsilon * norm, in practice far below steps * epsilon * norm; each is lowered by
    that (Weyl)."""
    lowered = values - len(values) * np.finfo(float).eps * norm
    return float(np.sqrt(np.maximum(lowered, 0)).sum())


def scaled(gram, weights):
    root = np.sqrt(weights)
    return root[:, None] * gram * root[None, :]


def single(gram, weights, iterations, power=1.8, gap=0.0):
    """One contribution per person: bound, cost of a feasible mechanism divided by it, weights.

    Iterates weights <- weights * diag(X)^power. Denisov and others (2022) show that the plain
    iteration (power 1) converges; a larger power is faster, and the gap proves the result."""
    best, best_weights, ratio = 0.0, weights, math.inf
    for _ in range(iterations):
        values, vectors = np.linalg.eigh(scaled(gram, weights))
        bound = root_trace(values, values[-1])
        roots = np.sqrt(np.maximum(values, 0))
        diagonal = np.einsum("ij,j,ij->i", vectors, roots, vectors) / weights / roots.sum()
        feasible = roots.sum() * math.sqrt(diagonal.max())
        assert feasible >= bound
        if bound > best:
            best, best_weights = bound, weights
        ratio = min(ratio, feasible / best)
        if ratio - 1 < gap:
            break
        weights = weights * diagonal**power
        weights /= weights.sum()
    return best, ratio, best_weights


def largest(steps, iterations, p, q):
    """gamma_2 of the prefix sums: bound, feasible value divided by bound, and the weights."""
    best, ratio = (0.0, p, q), math.inf
    prefix = np.tril(np.ones((steps, steps)))
    for _ in range(iterations):
        matrix = np.sqrt(p)[:, None] * prefix * np.sqrt(q)[None, :]
        left, values, right = np.linalg.svd(matrix)
        total = values.sum()
        rows = np.einsum("ij,j,ij->i", left, values, left) / p / total
        columns = np.einsum("ji,j,ji->i", right, values, right) / q / total
        # Singular values are off by at most steps * epsilon * norm each.
        bound = total - steps**2 * np.finfo(float).eps * values[0]
        ratio = min(ratio, total * math.sqrt(rows.max() * columns.max()) / bound)
        if bound > best[0]:
            best = (bound, p, q)
        p, q = p * rows**0.8, q * columns**0.8
        p, q = p / p.sum(), q / q.sum()
    return best[0], ratio, best[1], best[2]


def stretched(weights, steps):
    """Stretches weights of few steps to many, as a first guess; keeps the shape at both ends."""
    n = len(weights)
    old = np.log((np.arange(n) + 1) / (n - np.arange(n)))
    new = np.log((np.arange(steps) + 1) / (steps - np.arange(steps)))
    guess = np.exp(np.interp(new * (old[-1] / new[-1]), old, np.log(weights)))
    return guess / guess.sum()


def refined(weights, days, per_day):
    """Refines weights of few steps a day to more, as a first guess."""
    return np.concatenate([
        stretched(day, per_day) * day.sum() for day in weights.reshape(days, -1)
    ])


# Many contributions: behaviours are found one by one.

class Behaviour:
    """The contributions of a person: at most `most` changes of 1, at distinct steps, with signs
    that are all the same (flows) or alternate (stocks: a person enters, leaves, enters, ...)."""

    def __init__(self, steps, most, alternating):
        self.steps, self.most = steps, most
        self.signs = (-1.0) ** np.arange(most) if alternating else np.ones(most)
        # Single changes come first and are never dropped: they keep M regular.
        self.at = np.full((steps, most), -1)
        self.at[:, 0] = np.arange(steps)
        self.weights = np.full(steps, 1 / steps)

    def parts(self):
        return np.where(self.at >= 0, self.at, 0), np.where(self.at >= 0, self.signs, 0.0)

    def moment(self):
        """M = sum of w u u'."""
        at, signs = self.parts()
        cells = at[:, :, None] * self.steps + at[:, None, :]
        values = self.weights[:, None, None] * signs[:, :, None] * signs[:, None, :]
        flat = np.bincount(cells.ravel(), values.ravel(), self.steps**2)
        return flat.reshape(self.steps, self.steps)

    def costs(self, x):
        """u'Xu for each behaviour u."""
        at, signs = self.parts()
        return np.einsum("pi,pj,pij->p", signs, signs, x[at[:, :, None], at[:, None, :]])

    def add(self, at, share):
        new = np.unique(at, axis=0)
        ordered = np.diff(np.where(new >= 0, new, self.steps + np.arange(self.most)), axis=1)
        assert (ordered > 0).all() and (new < self.steps).all()
        self.at = np.vstack([self.at, new])
        shares = np.full(len(new), share / len(new))
        self.weights = np.r_[self.weights * (1 - share), shares]

    def drop(self):
        keep = self.weights > 1e-5 * self.weights.max()
        keep[:self.steps] = True
        self.at, self.weights = self.at[keep], self.weights[keep]
        self.weights = np.maximum(self.weights, 1e-12)
        self.weights /= self.weights.sum()


def starts(steps, k, many, random):
    """Positions to start from: evenly spaced, uniformly drawn, or with gaps of all sizes; for two
    changes, all pairs."""
    if k == 2:
        return np.argwhere(np.triu(np.ones((steps, steps)), 1))
    drawn = [np.linspace(0, steps - 1, k).astype(int), np.arange(k)]
    while len(drawn) < many:
        if len(drawn) % 2:
            drawn.append(np.sort(random.choice(steps, k, replace=False)))
            continue
        gaps = np.exp(random.uniform(0, math.log(steps / k), k))
        at = np.floor(np.cumsum(gaps) / gaps.sum() * (steps - k) * random.uniform(0.05, 1))
        at = at.astype(int) + np.arange(k)
        drawn.append(at + random.integers(0, steps - at[-1]))
    return np.array(drawn)


def search(x, at, signs):
    """Behaviours of high cost, and their costs: moves one change at a time to its best step."""
    rows, k, steps = np.arange(len(at)), at.shape[1], len(x)
    diagonal, grid = np.diag(x)[None, :], np.arange(steps)[None, :]
    pull = np.einsum("j,rjt->rt", signs, x[at])
    for _ in range(40):
        before = at.copy()
        for i in range(k):
            pull -= signs[i] * x[at[:, i]]
            low = at[:, i - 1, None] if i else -1
            high = at[:, i + 1, None] if i < k - 1 else steps
            value = np.where((grid > low) & (grid < high), diagonal + 2 * signs[i] * pull, -np.inf)
            at[:, i] = value.argmax(1)
            pull += signs[i] * x[at[:, i]]
        if (before == at).all():
            break
    return at, np.einsum("ri,ri->r", pull[rows[:, None], at], np.broadcast_to(signs, at.shape))


def worst(x, behaviour, random):
    """Behaviours with as many changes as are allowed, with one fewer if they alternate (the sum
    then differs), and shorter beginnings of these; and the highest cost found."""
    found, most = [], 0.0
    lengths = (0, 1) if behaviour.signs[1] < 0 else (0,)
    for k in (behaviour.most - less for less in lengths):
        drawn = starts(behaviour.steps, k, 240 // len(lengths), random)
        at, costs = search(x, drawn, behaviour.signs[:k])
        most = max(most, costs.max())
        best = at[np.argsort(costs)[::-1][:80 // len(lengths)]]
        padded = np.full((len(best), behaviour.most), -1)
        padded[:, :k] = best
        cut = padded[:20].copy()
        for row in cut:
            row[random.integers(1, k + 1):] = -1
        found += [padded, cut]
    return np.vstack(found), most


def many(gram, behaviour, rounds, inner, seed, power=1.5):
    """Many contributions: bound, and the feasible cost found by the search divided by it."""
    random = np.random.default_rng(seed)
    root = np.linalg.cholesky(gram).T
    # Rounding errors: B'B differs from G by at most the trace of G times the norm of M; the
    # products by the norm of |B| |M| |B'|, at most that of one behaviour; the eigenvalues by less.
    most = behaviour.most
    norm = most * np.trace(gram) + 2 * most**2 * gram.max()
    behaviour.add(starts(len(gram), behaviour.most, 400, random), 0.7)
    best, feasible = 0.0, math.inf
    for turn in range(rounds):
        for _ in range(inner):
            product = root @ behaviour.moment() @ root.T
            values, vectors = np.linalg.eigh((product + product.T) / 2)
            best = max(best, root_trace(values, norm))
            roots = np.sqrt(np.maximum(values, values[-1] * 1e-14))
            half = (root.T @ vectors) / np.sqrt(roots)
            x = half @ half.T / roots.sum()
            costs = behaviour.costs(x)
            behaviour.weights *= np.maximum(costs, 0) ** power
            behaviour.weights /= behaviour.weights.sum()
        if most == 2:
            feasible = min(feasible, roots.sum() * math.sqrt(costs.max()))
            continue
        at, highest = worst(x, behaviour, random)
        feasible = min(feasible, roots.sum() * math.sqrt(max(highest, costs.max())))
        behaviour.drop()
        behaviour.add(at, 0.1 / (1 + turn / 20))
    return best, feasible / best


# References: mechanisms of the literature, as variances at rho = 1/2.

def tree_levels(steps):
    return int(math.log2(steps)) + 1


def cover(first, last):
    """Levels of the dyadic nodes that a binary tree sums for a period."""
    levels, end = [], last + 1
    while first < end:
        level = (first & -first).bit_length() - 1 if first else end.bit_length()
        while first + (1 << level) > end:
            level -= 1
        levels.append(level)
        first += 1 << level
    return levels


def tree(steps, periods, honaker=False):
    """Every node of a binary tree is measured once; Honaker's also uses a node's descendants."""
    def node(level):
        return 1 / (2 * (1 - 2.0 ** -(level + 1))) if honaker else 1

    levels = tree_levels(steps)
    return [levels * sum(map(node, cover(s, e))) for s, e in periods]


def combined(variances, how):
    if how == "uniform":
        return np.mean(np.concatenate([np.asarray(v, float) for v in variances.values()]))
    return np.mean([np.mean(v) for v in variances.values()])


def tree_rms(steps, honaker=False, most=1):
    """Prefix sums from a binary tree; in each level a person changes at most one node for each
    change, and at most all of its nodes."""
    prefixes = [(0, t) for t in range(steps)]
    sensitivity = sum(min(most, steps >> level) for level in range(tree_levels(steps)))
    return math.sqrt(
        np.mean(tree(steps, prefixes, honaker)) * sensitivity / tree_levels(steps) / 2
    )


def tree_calendar(how, honaker=False):
    steps, grains = calendar()
    return math.sqrt(combined({g: tree(steps, p, honaker) for g, p in grains.items()}, how) / 2)


def naive(how, to_date_by_tree):
    """Each grain is measured separately with an equal share of rho; totals do not add up."""
    steps, grains = calendar()
    variances = {grain: [len(grains)] * len(periods) for grain, periods in grains.items()}
    once = tree(steps, grains["to date"]) if to_date_by_tree else [steps] * steps
    variances["to date"] = [len(grains) * variance for variance in once]
    return math.sqrt(combined(variances, how) / 2)


# A buffered Toeplitz strategy C(q) = prod (1 - zero q) / (1 - pole q) with four poles, tuned for
# the mean squared error of ten years of days under one contribution (`tuned`).
BLT_POLES = (0.99921491258, 0.99069847677, 0.93079736775, 0.58309962988)
BLT_ZEROS = (0.99672195982, 0.97405776884, 0.82151944914, 0.21521811062)


def blt_series(poles, zeros, steps):
    """Coefficients of C and of its inverse."""
    forward = backward = np.r_[1.0, np.zeros(steps - 1)]
    for pole, zero in zip(poles, zeros):
        forward = lfilter([1, -zero], [1, -pole], forward)
        backward = lfilter([1, -pole], [1, -zero], backward)
    return forward, backward


def blt_variances(poles, zeros, steps):
    """The variance of every prefix, before it is scaled by the sensitivity."""
    return np.cumsum(np.cumsum(blt_series(poles, zeros, steps)[1]) ** 2)


def blt_year(year, most):
    """RMS over a year of one mechanism that never restarts, accounted as sqrt(most) times a
    single contribution whose column goes on for forty years."""
    column = blt_series(BLT_POLES, BLT_ZEROS, 40 * 365)[0]
    last_year = blt_variances(BLT_POLES, BLT_ZEROS, year * 365)[-365:]
    return math.sqrt(most * (column @ column) * last_year.mean() / 2)


def blt_ten_years(poles, zeros):
    column = blt_series(poles, zeros, 3650)[0]
    return math.sqrt((column @ column) * blt_variances(poles, zeros, 3650).mean() / 2)


def tuned():
    """Poles and zeros that are best over ten years; interlaced, so that C and its inverse
    decay."""
    def roots(free):
        decay = np.cumsum(np.log1p(np.exp(free))[::-1])[::-1]
        return -np.expm1(-decay[0::2]), -np.expm1(-decay[1::2])

    def cost(free):
        value = math.log(blt_ten_years(*roots(free)))
        return value if math.isfinite(value) else 1e3

    decay = np.linspace(math.log(3650) + 1, 1, 8)
    free = np.log(np.expm1(np.r_[-np.diff(decay), decay[-1]]))
    for _ in range(4):
        free = minimize(cost, free, method="L-BFGS-B", bounds=[(-14, 12)] * 8,
                        options={"maxfun": 40000, "ftol": 1e-14, "gtol": 1e-10}).x
    return roots(free)


# The stored values.

def even(steps):
    return np.full(steps, 1 / steps)


def prefix_weights(steps):
    """Bound, feasible value divided by bound, and weights for prefix sums of 365 or 1,024 steps."""
    found = single(prefix_gram(365), even(365), 60, gap=1e-9)
    if steps == 365:
        return found
    return single(prefix_gram(steps), stretched(found[2], steps), 20)


def prefix(steps):
    bound, ratio, _ = prefix_weights(steps)
    return bound / math.sqrt(2 * steps), f"dual point; a feasible mechanism is at {ratio:.6f} of it"


def few_prefixes():
    bound, ratio, _ = single(prefix_gram(8), even(8), 4000, power=1.0, gap=1e-9)
    return bound / math.sqrt(2 * 8), f"dual point; a feasible mechanism is at {ratio:.7f} of it"


def cube():
    """Sums to date over 8 steps of every marginal of 3 x 2 cells, with equal weights: the total,
    two one-way marginals and the cells, jointly over cells and steps."""
    total = [np.ones((codes, codes)) for codes in (3, 2)]
    cells = [np.eye(codes) for codes in (3, 2)]
    marginals = sum(np.kron(a, b) for a in (total[0], cells[0]) for b in (total[1], cells[1]))
    figures = (1 + 3) * (1 + 2) * 8
    gram = np.kron(marginals, prefix_gram(8)) / figures
    bound, ratio, _ = single(gram, even(48), 4000, power=1.0, gap=1e-9)
    return bound / math.sqrt(2), f"dual point; a feasible mechanism is at {ratio:.7f} of it"


def prefix_largest(steps):
    bound, ratio, p, q = largest(365, 60, even(365), prefix_weights(365)[2])
    if steps > 365:
        bound, ratio, _, _ = largest(steps, 12, stretched(p, steps), stretched(q, steps))
    return bound / math.sqrt(2), f"dual point; a feasible mechanism is at {ratio:.5f} of it"


def last_step(gram, weights):
    """One iteration with eigenvectors, then only the eigenvalues for the better weights."""
    values, vectors = eigh(scaled(gram, weights), overwrite_a=True, check_finite=False,
                           driver="evd")
    first = root_trace(values, values[-1])
    roots = np.sqrt(np.maximum(values, 0))
    np.square(vectors, out=vectors)
    weights = weights * (vectors @ roots / weights / roots.sum()) ** 1.4
    del vectors
    weights /= weights.sum()
    values = eigh(scaled(gram, weights), eigvals_only=True, overwrite_a=True,
                  check_finite=False, driver="evd")
    return max(first, root_trace(values, values[-1]))


def prefix_hourly():
    weights = stretched(prefix_weights(1024)[2], 8760)
    bound = last_step(prefix_gram(8760), weights)
    return bound / math.sqrt(2 * 8760), "dual point, from that of 1024 steps and one iteration"


def calendar_daily(how):
    bound, ratio, _ = single(calendar_gram(1, how), even(365), 80, gap=1e-9)
    return bound / math.sqrt(2), f"dual point; a feasible mechanism is at {ratio:.6f} of it"


def calendar_hourly(how):
    weights = single(calendar_gram(2, how), even(730), 40)[2]
    for per_day, iterations in ((4, 20), (8, 8)):
        guess = refined(weights, 365, per_day)
        weights = single(calendar_gram(per_day, how), guess, iterations)[2]
    bound = last_step(calendar_gram(24, how), refined(weights, 365, 24))
    return bound / math.sqrt(2), "dual point, from that of 8 steps a day and one iteration"


def contributions(gram, figures, most, alternating):
    rounds, inner, seed = (10, 20, 1) if most == 2 else (100, 12, 1)
    behaviour = Behaviour(len(gram), most, alternating)
    bound, ratio = many(gram, behaviour, rounds, inner, seed)
    search_of = "all pairs" if most == 2 else "local search"
    how = (f"dual point of {rounds} x {inner} iterations, seed {seed}; "
           f"feasible under {search_of} at {ratio:.4f} of it")
    return bound / math.sqrt(2 * figures), how


def stock(most):
    return contributions(prefix_gram(365), 365, most, True)


def flow(most):
    return contributions(prefix_gram(365), 365, most, False)


def flow_calendar(how):
    return contributions(calendar_gram(1, how), 1, 4, False)


def dense_times_root(most):
    return prefix(365)[0] * math.sqrt(most), "the bound for one contribution times sqrt(most)"


def closed(value):
    return value, "closed form"


def by_tuning():
    return blt_ten_years(*tuned()), "tuned anew"


def by_year(year):
    return blt_year(year, 8), "closed form of poles and zeros tuned for ten years"


def rows():
    """(id, workload, steps, participation, quantity, kind, cheap, how to compute it)."""
    bound, reference = "lower_bound", "reference"
    found = []

    def row(name, workload, steps, who, quantity, kind, cheap, compute):
        found.append((name, workload, steps, who, quantity, kind, cheap, compute))

    for steps in (365, 1024):
        row(f"prefix_{steps}_rms", "prefix", steps, "1", "rms", bound, True,
            lambda steps=steps: prefix(steps))
        row(f"prefix_{steps}_max", "prefix", steps, "1", "max over time", bound, True,
            lambda steps=steps: prefix_largest(steps))
    row("prefix_8_rms", "prefix", 8, "1", "rms", bound, True, few_prefixes)
    row("cube_8_rms", "prefix of every marginal of 3 x 2 cells", 8, "1", "rms", bound, True, cube)
    row("prefix_8760_rms", "prefix", 8760, "1", "rms", bound, False, prefix_hourly)
    for how in ("balanced", "uniform"):
        name = f"calendar {how}"
        row(f"calendar_365_{how}", name, 365, "1", "rms", bound, True,
            lambda how=how: calendar_daily(how))
        row(f"calendar_8760_{how}", name, 8760, "1", "rms", bound, False,
            lambda how=how: calendar_hourly(how))
        row(f"flow_calendar_365_{how}_k4", name, 365, "4 of one sign", "rms", bound,
            how == "balanced", lambda how=how: flow_calendar(how))
        for tag, by_tree in (("tree", True), ("one_shot", False)):
            row(f"naive_365_{how}_{tag}", name, 365, "1", "even split by grain; to date by " +
                tag.replace("_", " "), reference, True,
                lambda how=how, by_tree=by_tree: closed(naive(how, by_tree)))
        row(f"tree_calendar_365_{how}", name, 365, "1", "binary tree, dyadic cover", reference,
            True, lambda how=how: closed(tree_calendar(how)))
        row(f"honaker_calendar_365_{how}", name, 365, "1", "Honaker, dyadic cover", reference,
            True, lambda how=how: closed(tree_calendar(how, True)))
    for most in (2, 4, 8):
        row(f"stock_365_k{most}", "prefix", 365, f"{most} alternating", "rms", bound, most != 4,
            lambda most=most: stock(most))
        row(f"flow_365_k{most}_b1", "prefix", 365, f"{most} of one sign", "rms", bound,
            most != 4, lambda most=most: flow(most))
        row(f"dense_365_k{most}", "prefix", 365, f"{most} as if apart", "sqrt(most) x optimum",
            reference, True, lambda most=most: dense_times_root(most))
        row(f"tree_capped_365_k{most}", "prefix", 365, f"{most} alternating",
            "binary tree, levels capped", reference, True,
            lambda most=most: closed(tree_rms(365, most=most)))
    for steps in (365, 1024, 8760):
        row(f"tree_{steps}_rms", "prefix", steps, "1", "binary tree", reference, True,
            lambda steps=steps: closed(tree_rms(steps)))
        row(f"honaker_{steps}_rms", "prefix", steps, "1", "Honaker", reference, True,
            lambda steps=steps: closed(tree_rms(steps, True)))
    row("blt4_3650_rms", "prefix", 3650, "1", "rms", reference, False, by_tuning)
    for year in (1, 2, 5, 10, 20):
        row(f"blt4_k8_year_{year}", "prefix", 365 * year, "8 a year as if apart",
            f"rms of year {year}", reference, True, lambda year=year: by_year(year))
    return found


def stored():
    if not STORED.exists():
        return {}
    with STORED.open(newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def store(row, order):
    values = stored() | {row["id"]: row}
    with STORED.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(values[name] for name in order if name in values)


def arguments():
    parser = argparse.ArgumentParser(description="Recomputes benches/bounds.csv.")
    parser.add_argument("--all", action="store_true", help="also values that take long")
    parser.add_argument("--only", default="", metavar="PREFIX", help="only ids with this prefix")
    parser.add_argument("--write", action="store_true", help="store the recomputed values")
    return parser.parse_args()


def main():
    given = arguments()
    values, wrong, specified = stored(), 0, rows()
    for name, workload, steps, who, quantity, kind, cheap, compute in specified:
        if not name.startswith(given.only) or not (cheap or given.all):
            continue
        begun = time.process_time()
        value, how = compute()
        # Rounded down, so that the stored value is not above the certified one.
        value = math.floor(value * 1e6) / 1e6
        before = float(values[name]["value"]) if name in values else math.nan
        same = abs(value / before - 1) <= TOLERANCE
        wrong += not same
        seconds = time.process_time() - begun
        verdict = "" if same else "  DIFFERS"
        print(f"{name:<32} {value:>10.6f}  stored {before:>10.6f} {seconds:>7.1f} CPU s{verdict}",
              flush=True)
        if given.write:
            fields = (name, workload, steps, who, quantity, f"{value:.6f}", kind, how)
            store(dict(zip(COLUMNS, fields)), [row[0] for row in specified])
    if given.write:
        return 0
    print(f"{wrong} differ by more than {TOLERANCE:g}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Writes sampler_fit.txt: exact probabilities and moments of the discrete Gaussian.

P(z) = exp(-z^2 / (2 sigma^2)) / (sum over all integers), summed term by term with 50 significant
digits (decimal, whose exp is correctly rounded) out to 20 sigma, beyond which less than 10^-86
lies. Nothing is shared with the Rust.

Cells are runs of integers about sigma/8 wide; the outermost ones are joined until each holds at
least 10^-5, so that a million draws expect ten in it.

    python3 sampler_fit.py > sampler_fit.txt
"""

from decimal import Decimal, getcontext

getcontext().prec = 50
SMALLEST = Decimal(1) / 100_000


def table(sixteenths):
    variance = Decimal(sixteenths) / 16
    sigma = variance.sqrt()
    last = int(20 * sigma) + 2
    weights = [(-Decimal(z * z) / (2 * variance)).exp() for z in range(last + 1)]
    total = 2 * sum(weights) - weights[0]
    second = 2 * sum(w * z**2 for z, w in enumerate(weights)) / total
    fourth = 2 * sum(w * z**4 for z, w in enumerate(weights)) / total
    print(f"moments {sixteenths} {second:.30e} {fourth:.30e}")

    width = max(1, int(sigma / 8))
    half = width // 2  # the middle cell is -half..=half, so that cells mirror each other
    cells, first = [(0, half, (sum(weights[1 : half + 1]) * 2 + weights[0]) / total)], half + 1
    while first <= last:
        upper = min(first + width - 1, last)
        cells.append((first, upper, sum(weights[first : upper + 1]) / total))
        first = upper + 1
    while cells[-1][2] < SMALLEST:
        outer = cells.pop()
        cells[-1] = (cells[-1][0], outer[1], cells[-1][2] + outer[2])
    cells[-1] = (cells[-1][0], None, cells[-1][2])

    for lower, upper, p in reversed(cells[1:]):
        print(f"cell {sixteenths} {'-inf' if upper is None else -upper} {-lower} {p:.30e}")
    print(f"cell {sixteenths} {-half} {half} {cells[0][2]:.30e}")
    for lower, upper, p in cells[1:]:
        print(f"cell {sixteenths} {lower} {'inf' if upper is None else upper} {p:.30e}")


print("# Written by sampler_fit.py (50 digits; see there). Do not edit.")
print("# moments: sigma^2 in sixteenths, second moment, fourth moment (the odd ones are zero)")
print("# cell: sigma^2 in sixteenths, first and last integer, probability")
for sixteenths in [1, 4, 16, 40, 1600, 36864, 40000, 400_000_000]:
    table(sixteenths)

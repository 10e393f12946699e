#!/usr/bin/env python3
"""Writes sampler_fit.txt: exact probabilities and moments of the discrete Gaussian.

P(z) = exp(-z^2 / (2 sigma^2)) / (sum over all integers), summed term by term with 50 significant
digits (decimal, whose exp is correctly rounded) out to 20 sigma, beyond which less than 10^-86
is left. Nothing is shared with the Rust.

Cells are runs of integers about sigma/8 wide; the outermost ones are joined until each has a
probability of at least 10^-5, so that ten of a million draws are expected in it.

If sigma is too wide to sum term by term, a run of integers is summed by Euler and Maclaurin's
formula: the integral, which is an error function, half of both ends, and the corrections of the
first and third derivative. The error is of the order of sigma^-6, and the sum over all integers
is sqrt(2 pi) sigma to far more digits than are printed (Poisson). At sigma = 5000, where both
methods work, they are compared.

    python3 sampler_fit.py > sampler_fit.txt
"""

from decimal import Decimal, getcontext
from math import isqrt

getcontext().prec = 50
SMALLEST = Decimal(1) / 100_000
PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459")


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
    if sixteenths == 400_000_000:
        for upper in [1, half, width, 5 * width, 40 * width]:
            off = below(upper, variance) - sum(weights[1 : upper + 1]) / total
            assert abs(off) < Decimal("1e-25"), off
    while first <= last:
        upper = min(first + width - 1, last)
        cells.append((first, upper, sum(weights[first : upper + 1]) / total))
        first = upper + 1
    while cells[-1][2] < SMALLEST:
        outer = cells.pop()
        cells[-1] = (cells[-1][0], outer[1], cells[-1][2] + outer[2])
    write(sixteenths, half, cells)


def wide(sixteenths):
    variance = Decimal(sixteenths) / 16
    width = isqrt(sixteenths // 16) // 8
    half = width // 2
    done = below(half, variance)
    cells, first = [(0, half, 1 / norm(variance) + 2 * done)], half + 1
    while True:
        through = below(first + width - 1, variance)
        after = Decimal(1) / 2 - 1 / (2 * norm(variance)) - through
        if after < SMALLEST:
            cells.append((first, None, through + after - done))
            break
        cells.append((first, first + width - 1, through - done))
        first, done = first + width, through
    write(sixteenths, half, cells)


def norm(variance):
    return (2 * PI * variance).sqrt()


def below(last, variance):
    """P(1 <= z <= last), by Euler and Maclaurin."""
    y = Decimal(last)
    end = (-y * y / (2 * variance)).exp()
    # The integral of exp(-z^2 / (2 variance)) from 0 to y: its series has no term below zero.
    term = total = y
    n = 1
    while term > total * Decimal("1e-50"):
        term *= y * y / variance / (2 * n + 1)
        total += term
        n += 1
    total *= end
    total += (end - 1) / 2
    total += -y / variance * end / 12
    total -= (3 * y / variance**2 - y**3 / variance**3) * end / 720
    return total / norm(variance)


def write(sixteenths, half, cells):
    cells[-1] = (cells[-1][0], None, cells[-1][2])
    assert abs(cells[0][2] + 2 * sum(p for _, _, p in cells[1:]) - 1) < Decimal("1e-40")
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
for sixteenths in [2**52, 2**68 + 7, 2**84]:
    wide(sixteenths)

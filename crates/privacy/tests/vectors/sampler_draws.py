#!/usr/bin/env python3
"""Writes sampler_draws.txt: bytes of entropy, and the draws they must give.

An independent implementation of the sampler that sampler.proof.md describes, in exact fractions
(fractions.Fraction, unbounded integers) and nothing else: no code, constant or threshold is
shared with the Rust. Where the Rust compares words with integers, this program keeps the
interval in which the uniform number U lies and compares fractions.

The bytes are invented while the program runs. Most words are plain (SHA-256 in counter mode, so
the file is the same on every machine); in `ties` mode one word in three is the one that leaves
the comparison undecided, so that paths of probability 2^-16, 2^-32, 2^-48 are taken too; in `far`
mode coins are pushed to one side, to reach many blocks.

    python3 sampler_draws.py > sampler_draws.txt
"""

import hashlib
from collections import Counter
from fractions import Fraction
from math import factorial, isqrt

PATHS = Counter()


class Bytes:
    """A stream of plain bytes."""

    def __init__(self, seed):
        self.seed, self.count, self.waiting = seed, 0, b""

    def integer(self, length):
        while len(self.waiting) < length:
            block = f"{self.seed}/{self.count}".encode()
            self.waiting += hashlib.sha256(block).digest()
            self.count += 1
        taken, self.waiting = self.waiting[:length], self.waiting[length:]
        return int.from_bytes(taken, "little")


class Tape:
    """The bytes that the sampler consumes, invented when it asks for them."""

    def __init__(self, seed, mode):
        self.plain, self.mode, self.written, self.push = Bytes(seed), mode, b"", True

    def word(self, tie=None):
        """16 binary digits; `tie` is the word that would leave the coin undecided."""
        word = self.plain.integer(2)
        if self.mode == "ties" and tie is not None and self.plain.integer(1) < 85:
            word = tie
        elif self.mode == "far" and tie is not None:
            word = 0 if self.push else 0xFFFF
        self.written += word.to_bytes(2, "little")
        return word

    def long_word(self, length, refused, end):
        """`length` bytes; `refused` is nonzero if some values must be drawn again."""
        word = self.plain.integer(length)
        if self.mode == "ties" and refused and self.plain.integer(1) < 64:
            # a word whose product with `end` has one of the least low halves
            number = self.plain.integer(length) % end
            word = -(-(number << 8 * length) // end)
        self.written += word.to_bytes(length, "little")
        return word


def place(edges, tape):
    """Index of the part of [0, 1), cut at `edges`, in which a uniform U falls."""
    low, width, words = Fraction(0), Fraction(1), 0
    while True:
        inside = [e for e in edges if low < e < low + width]
        if words and not inside:
            break
        tie = None
        if inside:
            tie = int((inside[tape.plain.integer(1) % len(inside)] - low) / width * 65536)
        width /= 65536
        low += tape.word(tie) * width
        words += 1
    PATHS[f"coins of {words} words"] += 1
    return sum(e <= low for e in edges)


def fraction(p, tape):
    return place([Fraction(p)], tape) == 0


def series(x, stage, tape):
    while fraction(x / stage, tape):
        stage += 1
    return stage % 2 == 1


def exp_minus_one(tape):
    """Stages 1 to 12 of the series for x = 1, as one comparison."""
    true = sum(
        Fraction(1, factorial(n - 1)) - Fraction(1, factorial(n)) for n in range(1, 13, 2)
    )
    part = place([true, true + Fraction(1, factorial(12))], tape)
    if part == 1:
        PATHS["coins for 1/e that reach stage 13"] += 1
        return series(Fraction(1), 13, tape)
    return part == 0


def below(end, tape):
    length = 4 if end < 2**32 else 8
    words = 256**length
    left_out = words % end
    while True:
        product = tape.long_word(length, left_out, end) * end
        if product % words >= left_out:
            return product // words
        PATHS[f"uniform integers of {length} bytes drawn again"] += 1


def draw(sixteenths, tape):
    variance = Fraction(sixteenths, 16)
    block = isqrt(int(2 * variance))
    while block * block < 2 * variance:
        block += 1
    while True:
        blocks = 0
        tape.push = True
        while blocks < 64 and exp_minus_one(tape):
            blocks += 1
            if tape.mode == "far" and blocks == tape.far:
                tape.push = False
        if blocks == 64:
            PATHS["attempts begun again at 64 blocks"] += 1
            tape.far = 63
            continue
        tape.push = True
        signed = below(2 * block, tape)
        y, negative = blocks * block + signed // 2, signed % 2 == 1
        if y == 0 and negative:
            PATHS["negative zeros"] += 1
            continue
        x = Fraction(y * y) / (2 * variance) - blocks
        assert x >= 0
        kept = all(exp_minus_one(tape) for _ in range(int(x)))
        if kept:
            if tape.mode == "far":
                tape.push = False  # the first stage must fail for the coin to be true
            kept = series(x - int(x), 1, tape)
        if kept:
            return -y if negative else y
        PATHS["attempts not kept"] += 1


def main():
    lines = []
    squares = [1, 2, 4, 7, 16, 40, 100, 1600, 36864, 40000, 99991, 400000000]
    squares += [2**44, 2**48 - 1, 2**48, 2**52]  # sigma = 2^20, 2^22, 2^24
    # the last variance whose uniform integers take 4 bytes, and the first that takes 8
    squares += [8 * (2**31 - 1) ** 2, 8 * (2**31 - 1) ** 2 + 1]
    squares += [2**68 + 7, 3 * 10**23 + 11, 2**84 - 1, 2**84]  # sigma = 2^32 and a bit, 2^40
    for sixteenths in squares:
        for mode in ("plain", "ties"):
            for number in range(24):
                tape = Tape(f"{sixteenths}/{mode}/{number}", mode)
                drawn = draw(sixteenths, tape)
                lines.append(f"{sixteenths} {drawn} {tape.written.hex()}")
    distant = [(1, 5), (36864, 20), (2**48, 63), (2**48, 64)]
    for sixteenths, far in distant + [(2**68 + 7, 63), (2**84, 63), (2**84, 64)]:
        tape = Tape(f"{sixteenths}/far/{far}", "far")
        tape.far = far
        drawn = draw(sixteenths, tape)
        lines.append(f"{sixteenths} {drawn} {tape.written.hex()}")
    print("# Written by sampler_draws.py (exact fractions; see there). Do not edit.")
    print("# A line: sigma^2 in sixteenths, the draw, the bytes of entropy it consumes.")
    for path, count in sorted(PATHS.items()):
        print(f"# {path}: {count}")
    print("\n".join(lines))


if __name__ == "__main__":
    main()

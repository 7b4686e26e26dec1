// _rational.ts: exact fractions, the terms of power series.

/** A fraction in lowest terms; its denominator is positive. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** What a finite series gives once it has no more terms: denominator 0. */
export const END: Rational = { numerator: 1n, denominator: 0n };
export const ZERO: Rational = rational(0n);
export const ONE: Rational = rational(1n);

export function isEnd(term: Rational): boolean {
  return term.denominator === 0n;
}

function commonDivisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a < 0n ? -a : a;
}

/** The fraction in lowest terms. The denominator must not be 0. */
export function rational(numerator: bigint, denominator = 1n): Rational {
  if (denominator === 0n) throw new RangeError("Cannot divide by zero");
  const divisor = commonDivisor(numerator, denominator) *
    (denominator < 0n ? -1n : 1n);
  return {
    numerator: numerator / divisor,
    denominator: denominator / divisor,
  };
}

export function sum(a: Rational, b: Rational): Rational {
  return rational(
    a.numerator * b.denominator + b.numerator * a.denominator,
    a.denominator * b.denominator,
  );
}

export function product(a: Rational, b: Rational): Rational {
  return rational(a.numerator * b.numerator, a.denominator * b.denominator);
}

export function negated(a: Rational): Rational {
  return rational(-a.numerator, a.denominator);
}

export function inverse(a: Rational): Rational {
  return rational(a.denominator, a.numerator);
}

/** As `3/2` or `-1`; what ends a series as `end`. */
export function textOf({ numerator, denominator }: Rational): string {
  if (denominator === 0n) return "end";
  return denominator === 1n ? `${numerator}` : `${numerator}/${denominator}`;
}

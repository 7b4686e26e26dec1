// powser1_test.ts: Go's test/chan/powser1.go: arithmetic of power series by
// hundreds of tasks that ask each other for terms.
//
// Go's program checks Ones, Diff, Integ, CMul, Mul, Exp and ATan, and has Add and
// Sub with no term compared, Tan for want of a function in a comment, and the rest of
// its operations not at all. Here all are checked.

import { assertEquals } from "@std/assert";
import type { Rational } from "./_rational.ts";
import {
  isEnd,
  negated,
  ONE,
  product,
  rational,
  sum,
  textOf,
  ZERO,
} from "./_rational.ts";
import * as powser from "./_powser.ts";
import type { Series } from "./_powser.ts";
import { numbered, together } from "./_tasks.ts";

const TERMS = 10;

const whole = (n: number): Rational => rational(BigInt(n));
const ones = (): Series => powser.repeated(ONE);
const twos = (): Series => powser.repeated(whole(2));
const minusOne = negated(ONE);

/** The first terms of a series, to its end if that comes first. */
async function termsOf(series: Series, count: number): Promise<string> {
  const texts: string[] = [];
  for (let i = 0; i < count; i++) {
    const term = await series.take();
    texts.push(textOf(term));
    if (isEnd(term)) break;
  }
  return texts.join(" ");
}

function listed(count: number, term: (index: number) => Rational): string {
  return Array.from({ length: count }, (_, i) => textOf(term(i))).join(" ");
}

/** A test that a series starts with these terms. */
function test(
  name: string,
  make: () => Series,
  expected: string,
  count = TERMS,
): void {
  Deno.test(`${name} gives the terms that mathematics says (case 150)`, () =>
    together({
      [name]: async () => {
        assertEquals(await termsOf(make(), count), expected);
      },
    }));
}

test("Ones", ones, listed(TERMS, () => ONE));
test("Twos", twos, listed(TERMS, () => whole(2)));
test("Ones + Ones", () => {
  const same = ones();
  return powser.add(same, same);
}, listed(TERMS, () => whole(2)));
test(
  "Ones + Twos",
  () => powser.add(ones(), twos()),
  listed(TERMS, () => whole(3)),
);
test(
  "Ones, differentiated",
  () => powser.derivative(ones()),
  listed(TERMS, (i) => whole(i + 1)),
);
test(
  "Ones, integrated",
  () => powser.integral(ZERO, ones()),
  listed(TERMS, (i) => i === 0 ? ZERO : rational(1n, BigInt(i))),
);
test(
  "-1 · Twos",
  () => powser.scale(minusOne, twos()),
  listed(TERMS, () => whole(-2)),
);
test(
  "Ones - Twos",
  () => powser.subtract(ones(), twos()),
  listed(TERMS, () => minusOne),
);
test("Ones · Ones", () => {
  const same = ones();
  return powser.multiply(same, same);
}, listed(TERMS, (i) => whole(i + 1)));
test(
  "exp(Ones)",
  () => powser.exponential(ones()),
  "1 1 3/2 13/6 73/24 167/40 4051/720 37633/5040 43817/4480 4596553/362880",
);
test(
  "Ones at -x²",
  () => powser.substituteMonomial(ones(), minusOne, 2),
  "1 0 -1 0 1 0 -1 0 1 0",
);

/** The integral of 1 - x² + x⁴ - … */
const arcTangent = (): Series =>
  powser.integral(ZERO, powser.substituteMonomial(ones(), minusOne, 2));

test("the arc tangent", arcTangent, "0 1 0 -1/3 0 1/5 0 -1/7 0 1/9");
test(
  "the tangent, as the arc tangent's inverse function,",
  () => powser.inverseFunction(arcTangent()),
  "0 1 0 1/3 0 2/15 0 17/315 0 62/2835",
);

test("a monomial", () => powser.monomial(whole(3), 4), "0 0 0 0 3 end");
test(
  "a finite product",
  () =>
    powser.multiply(
      powser.polynomial([ONE, ONE]),
      powser.polynomial([ONE, minusOne, whole(2)]),
    ),
  "1 0 1 2 end",
);
for (const longer of ["first", "second"] as const) {
  test(`a sum whose ${longer} part is longer`, () => {
    const parts = [powser.monomial(ONE, 3), powser.polynomial([ONE, ONE])];
    if (longer === "second") parts.reverse();
    return powser.add(parts[0]!, parts[1]!);
  }, "1 1 0 1 end");
}
test("a finite derivative", () =>
  powser.derivative(
    powser.polynomial([whole(7), whole(5), ZERO, ONE]),
  ), "5 0 3 end");
test(
  "x³ · Ones",
  () => powser.timesPower(ones(), 3),
  "0 0 0 1 1 1 1 1 1 1",
);
test("(1 + x)⁵", () => powser.binomial(whole(5)), "1 5 10 10 5 1 end");
test(
  "(1 + x) to the power 1/2",
  () => powser.binomial(rational(1n, 2n)),
  "1 1/2 -1/8 1/16 -5/128",
  5,
);
test(
  "1 / Ones",
  () => powser.reciprocal(ones()),
  "1 -1 0 0 0 0 0 0 0 0",
);
test(
  "1 / (2 + x)",
  () => powser.reciprocal(powser.polynomial([whole(2), ONE])),
  listed(TERMS, (i) => rational(i % 2 ? -1n : 1n, 2n ** BigInt(i + 1))),
);
test("Ones at x + x²", () =>
  powser.substitute(
    ones(),
    powser.polynomial([ZERO, ONE, ONE]),
  ), "1 1 2 3 5 8 13 21 34 55");

Deno.test("exp(Ones) goes on as its recurrence says (case 150)", () =>
  together({
    async exp() {
      // n·aₙ = (2n - 1)·aₙ₋₁ - (n - 2)·aₙ₋₂
      const expected = [ONE, ONE];
      for (let n = 2; n < 40; n++) {
        const twice = product(whole(2 * n - 1), expected[n - 1]!);
        const less = product(whole(2 - n), expected[n - 2]!);
        expected.push(product(rational(1n, BigInt(n)), sum(twice, less)));
      }
      const series = powser.exponential(ones());
      assertEquals(
        await termsOf(series, 40),
        expected.map(textOf).join(" "),
      );
    },
  }));

Deno.test("a series that is split gives all its terms to both, however far one is ahead (case 150)", async () => {
  const counting = () => powser.derivative(ones());
  await together(numbered("lead", 12, async (lead) => {
    const [a, b] = powser.split(counting());
    const expected = (from: number, count: number) =>
      listed(count, (i) => whole(from + i));
    assertEquals(await termsOf(a, lead), expected(1, lead));
    assertEquals(await termsOf(b, 2 * lead), expected(1, 2 * lead));
    assertEquals(await termsOf(a, lead + 3), expected(lead + 1, lead + 3));
    assertEquals(await termsOf(b, 3), expected(2 * lead + 1, 3));
  }));
});

Deno.test("a series is worth what its terms add up to (case 150)", () =>
  together({
    async evaluate() {
      const half = rational(1n, 2n);
      const value = async (series: Series, count: number) =>
        textOf(await powser.evaluate(series, half, count));
      assertEquals(await value(ones(), 0), "0");
      assertEquals(await value(ones(), 10), "1023/512");
      assertEquals(await value(powser.binomial(whole(2)), 10), "9/4");
    },
  }));

// _powser.ts: power series whose terms are computed by tasks, on demand.
//
// A series is two rendezvous channels: on one somebody asks for the next term, on
// the other it comes (M. D. McIlroy, "Squinting at Power Series"). What is computed of
// series is a series again, by a task of its own; so a formula is a tree of tasks, and
// `splitInto` closes the tree to a circle where a series is defined by itself. The
// terms of a series come once: who needs them twice must split it.
//
// Tasks whose series nobody asks any more wait for ever. They are garbage.

import { Channel, select, sending } from "../../mod.ts";
import type { Rational } from "./_rational.ts";
import {
  END,
  inverse,
  isEnd,
  negated,
  ONE,
  product,
  rational,
  sum,
  ZERO,
} from "./_rational.ts";

/** A power series: its coefficients, that of the lowest power first. */
export class Series {
  readonly asked: Channel<void> = new Channel();
  readonly terms: Channel<Rational> = new Channel();

  /** Asks for the next term. */
  async take(): Promise<Rational> {
    await this.asked.send();
    return this.terms.receive();
  }

  /** Gives a term to who asks for it. */
  async give(term: Rational): Promise<void> {
    await this.asked.receive();
    await this.terms.send(term);
  }

  /** Gives what another series gives, to its end. */
  async follow(other: Series): Promise<void> {
    while (true) {
      await this.asked.receive();
      const term = await other.take();
      await this.terms.send(term);
      if (isEnd(term)) return;
    }
  }
}

/**
 * Starts a task that gives the terms of a new series. Nobody handles its failure,
 * so that the test fails.
 */
function series(task: (out: Series) => Promise<void>): Series {
  const out = new Series();
  task(out);
  return out;
}

/**
 * The next term of each of two series, which may be one: asked for and received in
 * whatever order they like.
 */
async function takeBoth(
  u: Series,
  v: Series,
): Promise<[Rational, Rational]> {
  const sources = [u, v];
  const toAsk: (Series | undefined)[] = [u, v];
  const toHear: (Series | undefined)[] = [undefined, undefined];
  const terms: [Rational, Rational] = [END, END];
  for (let steps = 0; steps < 4; steps++) {
    const result = await select([
      sending(toAsk[0]?.asked, undefined),
      sending(toAsk[1]?.asked, undefined),
      toHear[0]?.terms,
      toHear[1]?.terms,
    ]);
    if (result.state === "closed") throw new Error("A series was closed");
    const index = result.key % 2;
    if (result.key < 2) {
      toAsk[index] = undefined;
      toHear[index] = sources[index];
    } else {
      terms[index] = result.value!;
      toHear[index] = undefined;
    }
  }
  return terms;
}

/**
 * One term's way from a series to two copies of it, which may be read at different
 * speeds. The task takes the term when the first copy asks, starts its successor for
 * the next term, and ends when the second copy has had it too. Meanwhile the
 * copy that is ahead is the successor's business: `older` tells it when this
 * task has ended, and that it may serve both.
 */
async function carry(
  source: Series,
  ahead: Series,
  behind: Series,
  older: Channel<void>,
): Promise<void> {
  const first = await select({ ahead: ahead.asked, older });
  const alone = first.key === "older";
  if (alone) {
    const second = await select({ ahead: ahead.asked, behind: behind.asked });
    if (second.key === "behind") [ahead, behind] = [behind, ahead];
  }
  await source.asked.send();
  const ended = new Channel<void>();
  carry(source, ahead, behind, ended);
  const term = await source.terms.receive();
  await ahead.terms.send(term);
  if (!alone) await older.receive();
  await behind.give(term);
  await ended.send();
}

/** Makes two series, of nobody's yet, copies of another. */
function splitInto(source: Series, [one, two]: [Series, Series]): void {
  const start = new Channel<void>();
  carry(source, one, two, start);
  start.send();
}

function pair(): [Series, Series] {
  return [new Series(), new Series()];
}

/** Two copies of a series, which must not be read itself any more. */
export function split(u: Series): [Series, Series] {
  const copies = pair();
  splitInto(u, copies);
  return copies;
}

/** c + cx + cx² + … */
export function repeated(c: Rational): Series {
  return series(async (out) => {
    while (true) await out.give(c);
  });
}

/** A finite series. */
export function polynomial(coefficients: readonly Rational[]): Series {
  return series(async (out) => {
    for (const one of coefficients) await out.give(one);
    await out.give(END);
  });
}

/** c·xⁿ */
export function monomial(c: Rational, n: number): Series {
  return polynomial([...Array(n).fill(ZERO), c]);
}

/** U + V */
export function add(u: Series, v: Series): Series {
  return series(async (out) => {
    while (true) {
      await out.asked.receive();
      const [a, b] = await takeBoth(u, v);
      if (isEnd(a) || isEnd(b)) {
        // What is left of the longer one follows, if either is.
        const [term, longer] = isEnd(a) ? [b, v] : [a, u];
        await out.terms.send(term);
        return isEnd(term) ? undefined : out.follow(longer);
      }
      await out.terms.send(sum(a, b));
    }
  });
}

/** A series made term by term of another one. */
function mapped(
  u: Series,
  next: (term: Rational, power: bigint) => Rational,
): Series {
  return series(async (out) => {
    for (let power = 0n;; power++) {
      await out.asked.receive();
      const term = await u.take();
      await out.terms.send(isEnd(term) ? END : next(term, power));
      if (isEnd(term)) return;
    }
  });
}

/** c·U */
export function scale(c: Rational, u: Series): Series {
  return mapped(u, (term) => product(c, term));
}

/** U − V */
export function subtract(u: Series, v: Series): Series {
  return add(u, scale(negated(ONE), v));
}

/** c + x·U */
export function shift(c: Rational, u: Series): Series {
  return series(async (out) => {
    await out.give(c);
    await out.follow(u);
  });
}

/** xⁿ·U */
export function timesPower(u: Series, n: number): Series {
  return series(async (out) => {
    for (let i = 0; i < n; i++) await out.give(ZERO);
    await out.follow(u);
  });
}

/** U·V: with U = u + xU′ and V = v + xV′, it is uv + x(uV′ + vU′) + x²U′V′. */
export function multiply(u: Series, v: Series): Series {
  return series(async (out) => {
    await out.asked.receive();
    const [a, b] = await takeBoth(u, v);
    if (isEnd(a) || isEnd(b)) return out.terms.send(END);
    await out.terms.send(product(a, b));
    const [u1, u2] = split(u);
    const [v1, v2] = split(v);
    const middle = add(scale(a, v1), scale(b, u1));
    // The last product starts at the next but one power.
    await out.asked.receive();
    const term = await middle.take();
    await out.terms.send(term);
    if (!isEnd(term)) await out.follow(add(middle, multiply(u2, v2)));
  });
}

/** The derivative of U. */
export function derivative(u: Series): Series {
  return series(async (out) => {
    await out.asked.receive();
    const constant = await u.take();
    if (isEnd(constant)) return out.terms.send(END);
    for (let power = 1n;; power++) {
      const term = await u.take();
      if (isEnd(term)) return out.terms.send(END);
      await out.terms.send(product(rational(power), term));
      await out.asked.receive();
    }
  });
}

/** The integral of U with constant term c. */
export function integral(c: Rational, u: Series): Series {
  return shift(
    c,
    mapped(u, (term, power) => product(rational(1n, power + 1n), term)),
  );
}

/** (1 + x)ᶜ, finite if c is a whole number >= 0. */
export function binomial(c: Rational): Series {
  return series(async (out) => {
    let term = ONE;
    for (let n = 1n; term.numerator !== 0n; n++) {
      await out.give(term);
      term = product(product(term, c), rational(1n, n));
      c = sum(c, rational(-1n));
    }
    await out.give(END);
  });
}

/** 1 / U: with U = u + xU′ it is Z = 1/u + xZ′, where Z′ = −U′·Z / u. */
export function reciprocal(u: Series): Series {
  return series(async (out) => {
    await out.asked.receive();
    const first = inverse(await u.take());
    await out.terms.send(first);
    const rest = pair();
    splitInto(
      multiply(scale(negated(first), u), shift(first, rest[0])),
      rest,
    );
    await out.follow(rest[1]);
  });
}

/** e to the power U, whose constant term counts as 0: the integral of Z·dU is Z. */
export function exponential(u: Series): Series {
  const copies = pair();
  splitInto(integral(ONE, multiply(copies[0], derivative(u))), copies);
  return copies[1];
}

/** U(V), where V's constant term counts as 0: u + V·U′(V). */
export function substitute(u: Series, v: Series): Series {
  return series(async (out) => {
    const [v1, v2] = split(v);
    await out.asked.receive();
    const term = await u.take();
    await out.terms.send(term);
    if (isEnd(term)) return;
    if (isEnd(await v1.take())) return out.give(END);
    await out.follow(multiply(v1, substitute(u, v2)));
  });
}

/** U(c·xⁿ) */
export function substituteMonomial(u: Series, c: Rational, n: number): Series {
  return series(async (out) => {
    for (let power = ONE;; power = product(power, c)) {
      await out.asked.receive();
      const term = await u.take();
      await out.terms.send(isEnd(term) ? END : product(term, power));
      if (isEnd(term)) return;
      for (let i = 1; i < n; i++) await out.give(ZERO);
    }
  });
}

/** The R with U(R) = x, where U = xU′: it is R = x / U′(R). */
export function inverseFunction(u: Series): Series {
  const copies = pair();
  const quotient = series(async (out) => {
    await u.take(); // the constant term counts as 0
    await out.follow(reciprocal(substitute(u, copies[0])));
  });
  splitInto(timesPower(quotient, 1), copies);
  return copies[1];
}

/** U at x = c, from its first terms. */
export async function evaluate(
  u: Series,
  c: Rational,
  terms: number,
): Promise<Rational> {
  let [value, power] = [ZERO, ONE];
  for (let i = 0; i < terms; i++) {
    const term = await u.take();
    if (isEnd(term)) break;
    value = sum(value, product(term, power));
    power = product(power, c);
  }
  return value;
}

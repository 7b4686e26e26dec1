// sieve1_test.ts: answers to Go's test/chan/sieve1.go.
//
// The primes below 100 out of a chain of filters, one for each prime found: every
// number passes from task to task until a prime divides it.

import { assertEquals } from "@std/assert";
import type { Receiver, Sender } from "../../mod.ts";
import { Channel } from "../../mod.ts";
import { assertAtRest } from "../../_testing.ts";
import { PRIMES, receiveSome } from "./_go.ts";

/** Sends the numbers from 2 up to `end`, then closes. */
async function generate(numbers: Sender<number>, end: number) {
  for (let number = 2; number < end; number++) await numbers.send(number);
  numbers.close();
}

/** Hands on what `prime` does not divide; ends when its source does. */
async function filter(
  source: Receiver<number>,
  rest: Sender<number>,
  prime: number,
) {
  for await (const number of source) {
    if (number % prime !== 0) await rest.send(number);
  }
  rest.close();
}

/** A sieve at work. */
class Sieve {
  readonly primes = new Channel<number>();
  /** The channels between the filters. */
  readonly links = [new Channel<number>()];
  readonly tasks: Promise<void>[] = [];

  constructor(end: number) {
    this.tasks.push(generate(this.links[0]!, end), this.#run());
  }

  async #run() {
    for (let source = this.links[0]!;;) {
      // The first number to get through is prime; none comes once all have ended.
      const { value: prime, done } = await source.values().next();
      if (done) break;
      await this.primes.send(prime);
      const rest = new Channel<number>();
      this.tasks.push(filter(source, rest, prime));
      this.links.push(source = rest);
    }
    this.primes.close();
  }
}

Deno.test("Channel chains the filters of a sieve without end (case 150, sieve1)", async () => {
  const { primes } = new Sieve(Infinity);
  assertEquals(await receiveSome(primes, PRIMES.length), PRIMES);
});

Deno.test("Channel.close() runs through the whole chain of a sieve (case 150, sieve1)", async () => {
  const { primes, links, tasks } = new Sieve(100);
  const found: number[] = [];
  for await (const prime of primes) found.push(prime);
  assertEquals(found, PRIMES);
  assertEquals(tasks.length, PRIMES.length + 2);
  await Promise.all(tasks);
  assertAtRest(primes, ...links);
});

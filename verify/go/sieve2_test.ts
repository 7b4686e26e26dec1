// sieve2_test.ts: answers to Go's test/chan/sieve2.go.
//
// The primes below 100 by Eratosthenes' way: streams of multiples, kept in a heap
// by what each has next, merge into one stream of composites, and the primes that
// this leaves over feed the streams. A select in between holds what nobody takes yet.

import { assertEquals } from "@std/assert";
import type { Receiver, Sender } from "../../mod.ts";
import { Channel, select, sending } from "../../mod.ts";
import { PRIMES, receiveSome } from "./_go.ts";

/** Up to here what none of the primes below 100 divides is prime. */
const END = 101 ** 2;

/** A stream of numbers without end: `first`, `first + step`, and so on. */
function count(first: number, step: number, capacity: number) {
  const numbers = new Channel<number>(capacity);
  const run = async () => {
    for (let number = first;; number += step) await numbers.send(number);
  };
  run();
  return numbers;
}

/** A stream of multiples and the number that was last taken out of it. */
interface Multiples {
  next: number;
  readonly rest: Receiver<number>;
}

/** Streams in a binary heap, by what they have next. */
class Heap {
  readonly #streams: Multiples[] = [];

  get least(): number {
    return this.#streams[0]?.next ?? Infinity;
  }

  add(stream: Multiples): void {
    const streams = this.#streams;
    let at = streams.push(stream) - 1;
    for (let up; at > 0 && this.#less(at, up = (at - 1) >> 1); at = up) {
      this.#swap(at, up);
    }
  }

  /** Takes `number` out of every stream that has it next. */
  async skip(number: number): Promise<void> {
    while (this.least === number) {
      const stream = this.#streams[0]!;
      stream.next = await stream.rest.receive();
      this.#sink();
    }
  }

  #sink(): void {
    for (let at = 0;;) {
      let least = at;
      for (const below of [2 * at + 1, 2 * at + 2]) {
        if (this.#less(below, least)) least = below;
      }
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #less(one: number, other: number): boolean {
    const { [one]: a, [other]: b } = this.#streams;
    return a !== undefined && b !== undefined && a.next < b.next;
  }

  #swap(one: number, other: number): void {
    const streams = this.#streams;
    [streams[one], streams[other]] = [streams[other]!, streams[one]!];
  }
}

/** A channel whose values reach `target` in order, and whose senders need not wait for that. */
function relay<T>(target: Sender<T>) {
  const source = new Channel<T>(10);
  const run = async () => {
    for (const held: T[] = [];;) {
      const result = await select({
        source,
        target: sending(held.length > 0 && target, held[0]!),
      });
      if (result.key === "target") held.shift();
      else if (result.state === "ok") held.push(result.value);
    }
  };
  run();
  return source;
}

/** Sends every odd composite, in order, that is a multiple of the primes that it gets. */
async function merge(primes: Receiver<number>, composites: Sender<number>) {
  const heap = new Heap();
  for await (const prime of primes) {
    // Smaller multiples than its square have a smaller prime in them.
    const square = prime * prime;
    const rest = count(square + 2 * prime, 2 * prime, 10);
    while (heap.least < square) {
      const composite = heap.least;
      await composites.send(composite);
      await heap.skip(composite);
    }
    await heap.skip(square);
    await composites.send(square);
    heap.add({ next: await rest.receive(), rest });
  }
}

/** Hands every odd number from 5 on that is no composite to both. */
async function sift(composites: Receiver<number>, ...primes: Sender<number>[]) {
  const candidates = count(5, 2, 50);
  let candidate = await candidates.receive();
  for await (const composite of composites) {
    for (; candidate < composite; candidate = await candidates.receive()) {
      for (const target of primes) await target.send(candidate);
    }
    if (candidate === composite) candidate = await candidates.receive();
  }
}

/** Starts the sieve. Returns what comes out of it. */
async function sieve() {
  const found = new Channel<number>(10);
  const composites = new Channel<number>(50);
  const primes = new Channel<number>(10);
  await found.send(2);
  await found.send(3);
  await primes.send(3);
  merge(primes, composites);
  // The merge needs far fewer primes than it is sent: without the relay all would wait.
  sift(composites, relay(primes), found);
  return found;
}

Deno.test("Channel and select() feed a sieve its own results (case 150, sieve2)", async () => {
  const found = await sieve();
  assertEquals(await receiveSome(found, PRIMES.length), PRIMES);
  // Go stops here. Further on, every prime that went through the relay is needed.
  for (let number = 101; number < END; number += 2) {
    if (PRIMES.every((prime) => number % prime !== 0)) {
      assertEquals(await found.receive(), number);
    }
  }
});

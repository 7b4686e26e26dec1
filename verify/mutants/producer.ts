// producer.ts: faults for producer.ts.

import type { MutantFile } from "./_mutant.ts";

const producer = "producer_test.ts";
const producerEnds = "producer_ends_test.ts";

export const producing: readonly MutantFile[] = [
  {
    file: "producer.ts",
    mutants: [
      {
        about: "each producer counts for itself",
        from: "if (!count) counts.set(channel, count = { open: 0 });",
        to: "counts.set(channel, count = { open: 0 });",
        by: producer,
      },
      {
        about: "the channel closes when one is left",
        from: "count.open++;",
        to: "count.open ||= 1;",
        by: producer,
      },
      {
        about: "a producer that is closed sends",
        from: "return this.#closed\n      ? refusal",
        to: "return false\n      ? refusal",
        by: producer,
      },
      {
        about: "a producer that is closed does not look at the signal first",
        from: "? refusal(options?.signal) ??\n        refuse(",
        to: "? refuse(",
        by: producer,
      },
      {
        about: "the error of a producer that is closed lacks the value",
        from: '"Cannot send: producer is closed", value)',
        to: '"Cannot send: producer is closed")',
        by: producer,
      },
      {
        about: "the send of a producer cannot be given up",
        from: ": this.#channel.send(value, options);",
        to: ": this.#channel.send(value);",
        by: producer,
      },
      {
        about: "trySend() of a producer that is closed sends",
        from: "return !this.#closed && this.#channel.trySend(value);",
        to: "return this.#channel.trySend(value);",
        by: producer,
      },
      {
        about: "sendAll() of a producer goes on when it is closed",
        from: "return sendEach(this, source, options);",
        to: "return this.#channel.sendAll(source, options);",
        by: producer,
      },
      {
        about: "a producer that is closed twice counts twice",
        from: "if (this.#closed) return;",
        to: "",
        by: producer,
      },
      {
        about: "close(reason) waits for the other producers",
        from: "if (--this.#count.open === 0 || reason.length) {",
        to: "if (--this.#count.open === 0) {",
        by: producer,
      },
      {
        about: "close(undefined) waits for the other producers",
        from: "if (--this.#count.open === 0 || reason.length) {",
        to: "if (--this.#count.open === 0 || reason[0] !== undefined) {",
        by: producer,
      },
      {
        about: "the last producer closes nothing",
        from: "if (--this.#count.open === 0 || reason.length) {",
        to: "if (--this.#count.open < 0 || reason.length) {",
        by: producer,
      },
      {
        about: "the reason of a producer is dropped",
        from: "this.#channel.close(...reason);",
        to: "this.#channel.close();",
        by: producer,
      },
      {
        about: "a producer whose channel is closed seems open",
        from: "return this.#closed || this.#channel.closed;",
        to: "return this.#closed;",
        by: producerEnds,
      },
      {
        about: "a producer is not closed by using",
        from: "[Symbol.dispose](): void {\n    this.close();",
        to: "[Symbol.dispose](): void {",
        by: producerEnds,
      },
      {
        about: "a producer is not closed by await using",
        from: "return Promise.resolve(this.close());",
        to: "return Promise.resolve();",
        by: producerEnds,
      },
      {
        about: "a select takes a closed producer for a full channel",
        from: "return this.#closed ? undefined : this.#channel[sendable]();",
        to: "return this.#closed ? false : this.#channel[sendable]();",
        by: producerEnds,
      },
      {
        about: "a select sends on a closed producer",
        from: "return this.#closed ? undefined : this.#channel[sendable]();",
        to: "return this.#channel[sendable]();",
        by: producerEnds,
      },
      {
        about: "a select that waits to send waits to receive",
        from: "this.#channel[park](waiter, sends);",
        to: "this.#channel[park](waiter, false);",
        by: producerEnds,
      },
      {
        about: "a select that loses sends all the same",
        from: "this.#channel[withdraw](waiter);",
        to: "",
        by: producerEnds,
      },
    ],
  },
];

// lone.ts: faults for what waits alone, which channel.ts holds without a waiter.

import type { MutantFile } from "./_mutant.ts";

export const lone: MutantFile = {
  file: "channel.ts",
  mutants: [
    {
      about: "a receiver that waited alone is served twice",
      from:
        "this.#receiver = this.#waiting = this.#value = undefined;\n      settle(",
      to: "this.#waiting = this.#value = undefined;\n      settle(",
    },
    {
      about: "a loop that waited alone is kept",
      from:
        "this.#receiver = this.#waiting = this.#value = undefined;\n      settle(",
      to: "this.#receiver = this.#waiting = undefined;\n      settle(",
      by: "verify/retention_test.ts",
    },
    {
      about: "a loop that waits alone gets a value for a step",
      from: "(loop ? { value, done: false } : value)",
      to: "value",
    },
    {
      about: "a receive that waits alone gets a step for a value",
      from: "(loop ? { value, done: false } : value)",
      to: "({ value, done: false })",
    },
    {
      about: "a step of a loop that waited alone ends the loop",
      from: "(loop ? { value, done: false } : value)",
      to: "(loop ? { value, done: true } : value)",
    },
    {
      about: "close() does not see who waits alone",
      from: "this[line]();\n    this.#waiting = OTHERS;\n    this.#closed",
      to: "this.#waiting = OTHERS;\n    this.#closed",
    },
    {
      about: "a send waits, alone, on a channel that was closed",
      from: "this[line]();\n    this.#waiting = OTHERS;\n    this.#closed",
      to: "this[line]();\n    this.#closed",
    },
    {
      about: "stats() does not count who waits alone",
      from: "this[line]();\n    return {",
      to: "return {",
    },
    {
      about: "peek() does not see a sender that waits alone",
      from: "this[line]();\n    return this[available]()",
      to: "return this[available]()",
    },
    {
      about: "a sender that is moved to the queue loses its value",
      from: "waiter.value = this.#value;",
      to: "",
    },
    {
      about: "a lone promise resolves where it should reject",
      from: "throw reason;\n          },",
      to: "return undefined;\n          },",
    },
    {
      about: "a sender that waits alone overtakes the buffer",
      from: "if (ring.size) value = ring.swap(value);",
      to: "",
    },
    {
      about: "a sender that waited alone waits on when its value is taken",
      from: "this.#value = this.#waiting = undefined;\n      if (ring",
      to: "this.#value = undefined;\n      if (ring",
      by: "select_test.ts",
    },
    {
      about: "the value of a send that waited alone is kept",
      from: "this.#value = this.#waiting = undefined;\n      if (ring",
      to: "this.#waiting = undefined;\n      if (ring",
      by: "verify/retention_test.ts",
    },
    {
      about: "a value given back makes room for a sender that waits alone",
      from: "if (resolve !== OTHERS && ring.size <= this.#capacity) {",
      to: "if (resolve !== OTHERS) {",
      by: "ends_test.ts",
    },
    {
      about: "a sender that waits alone is not available",
      from:
        "return this.#ring.size > 0 || this.#senders !== undefined ||\n      (this.#waiting ?? OTHERS) !== OTHERS;",
      to: "return this.#ring.size > 0 || this.#senders !== undefined;",
    },
    {
      about: "who waits alone is overtaken by the next waiter",
      from: "if (this.#waiting !== OTHERS || this.#receiver) this[line]();",
      to: "",
    },
    {
      about: "a receive that waits alone is overtaken by the next waiter",
      from: "if (this.#waiting !== OTHERS || this.#receiver) this[line]();",
      to: "if (this.#waiting !== OTHERS) this[line]();",
    },
    {
      about: "who waits in a queue is overtaken by one who waits alone",
      from: "this.#waiting = OTHERS;\n      if (sends)",
      to: "if (sends)",
      by: "channel_test.ts",
    },
    {
      about: "a second loop takes the place of one that waits alone",
      from: "return this.#waiting ? undefined : new Promise((resolve) => {",
      to: "return new Promise((resolve) => {",
    },
    {
      about: "a send overtakes a receive that waits alone",
      from: "this.#waiting = OTHERS;\n      this.#receiver = resolve",
      to: "this.#receiver = resolve",
    },
    {
      about: "a loop that waits alone is forgotten",
      from: "this.#value = loop;",
      to: "",
    },
    {
      about: "a loop that is moved to the queue gets a value for a step",
      from:
        "if (receiver) waiter.owner = this.#value as Loop | undefined;\n    else waiter",
      to: "if (!receiver) waiter",
    },
    {
      about: "a loop is not told of the step that is moved to the queue",
      from: "((waiter.owner ?? this) as Parking)[park](waiter, !receiver);",
      to: "this[park](waiter, !receiver);",
    },
    {
      about: "a receive that waits alone is moved among the senders",
      from: "((waiter.owner ?? this) as Parking)[park](waiter, !receiver);",
      to: "((waiter.owner ?? this) as Parking)[park](waiter, true);",
    },
    {
      about: "what waits alone is moved to the queue and stays alone too",
      from:
        "this.#receiver = this.#waiting = this.#value = undefined;\n    ((waiter",
      to: "this.#receiver = this.#value = undefined;\n    ((waiter",
    },
    {
      about: "what was moved to the queue is kept by the channel too",
      from:
        "this.#receiver = this.#waiting = this.#value = undefined;\n    ((waiter",
      to: "this.#receiver = this.#waiting = undefined;\n    ((waiter",
      by: "verify/retention_test.ts",
    },
    {
      about: "a select does not see a receiver that waits alone",
      from: "!!(this.#receiver || this.#receivers) ||",
      to: "!!this.#receivers ||",
    },
    {
      about: "a value given back overtakes who waits alone",
      from: "this[line]();\n    // One by one",
      to: "// One by one",
      by: "lone_test.ts",
    },
    {
      about: "a send that waits alone forgets its value",
      from: "this.#value = value;\n          });",
      to: "});",
    },
    {
      about: "receive() does not see a sender that waits alone",
      from: "(head & 7) !== 0 || !due() : this[available]()) {",
      to: "(head & 7) !== 0 || !due() : false) {",
      equivalent:
        "the long way, which asks the same, takes the value; only the quick way is lost",
    },
    {
      about: "nobody waits, and the channel thinks that somebody does",
      from: ") this.#waiting = undefined;\n    return waiter;",
      to: ") this.#waiting = OTHERS;\n    return waiter;",
      equivalent:
        "OTHERS sends all calls the long way, which asks the queues; they are empty",
    },
    {
      about: "receive() does not wait where another waits already",
      from: "if (!size && !this.#waiting) return",
      to: "if (!size) return",
    },
  ],
};

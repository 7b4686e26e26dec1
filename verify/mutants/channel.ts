// channel.ts: faults for channel.ts (lone.ts has those of what waits alone).

import type { MutantFile } from "./_mutant.ts";

export const channel: MutantFile = {
  file: "channel.ts",
  mutants: [
    {
      about: "send() puts one value too many into the buffer",
      from: "if (ring.size < ring.limit) {\n          if (((",
      to: "if (ring.size <= ring.limit) {\n          if (((",
    },
    {
      about: "send() waits where the overflow policy drops",
      from: 'ring.size >= this.#capacity && this.#overflow === "wait"',
      to: "ring.size >= this.#capacity",
    },
    {
      about: "trySend() sends on a closed channel",
      from: "if (this.#closed) return false;",
      to: "",
    },
    {
      about: "the youngest receiver is served first",
      from: "wake(this[withdraw](this.#receivers), value);",
      to: "wake(this[withdraw](this.#receivers.prev), value);",
    },
    {
      about: "trySend() puts one value too many into the buffer",
      from: "} else if (ring.size < this.#capacity) {",
      to: "} else if (ring.size <= this.#capacity) {",
    },
    {
      about: "the overflow policies are mixed up",
      from: '=== "drop-oldest" ? ring.swap(value) : value',
      to: '!== "drop-oldest" ? ring.swap(value) : value',
    },
    {
      about: "tryReceive() calls an empty channel closed",
      from: '? { state: "ok", value: this.#take() }\n      : this[ended]()',
      to: '? { state: "ok", value: this.#take() }\n      : !this[ended]()',
    },
    {
      about: "sendNow() mixes up full and closed",
      from: "throw this.#closed\n      ? unsent",
      to: "throw !this.#closed\n      ? unsent",
    },
    {
      about: "receiveNow() throws nothing once closed",
      from: "throw ending\n      ? ending.error",
      to: "throw ending\n      ? undefined",
    },
    {
      about: "peek() shows the second value",
      from: "(size ? slots[head]",
      to: "(size ? slots[head + 1]",
    },
    {
      about: "the last close counts, not the first",
      from: "if (this.#closed) return;\n    const closing",
      to: "const closing",
    },
    {
      about: "close(undefined) is taken for close()",
      from: "closing.plain = !reason.length;",
      to: "closing.plain = reason[0] === undefined;",
      by: "close_test.ts",
    },
    {
      about: "close() tells nobody who waits",
      from: "this.#closed = true;\n    this.#settle();",
      to: "this.#closed = true;",
    },
    {
      about: "the close signal does not abort",
      from: "closing.controller?.abort(closing.error);",
      to: "",
      by: "cancel_test.ts",
    },
    {
      about: "the close signal of a closed channel is not aborted",
      from: "if (this.#closed) controller.abort(closing.error);",
      to: "",
      by: "cancel_test.ts",
    },
    {
      about: "a receiver waits for leases that cancel() discards",
      from: "this.#ends().discards = true;\n",
      to: "this.#ends();\n",
      by: "ends_test.ts",
    },
    {
      about: "cancel() does not report what it dropped",
      from: "dropped.forEach(this.#drop, this);",
      to: "",
    },
    {
      about: "cancel() keeps the buffer",
      from: "this.#ring = NO_RING as unknown as Ring<T>;\n    this.#ends()",
      to: "this.#ends()",
    },
    {
      about: "cancel() of a closed channel does not tell joiners",
      from: "this.close(...reason);\n    this.#settle();",
      to: "this.close(...reason);",
      by: "cancel_test.ts",
    },
    {
      about: "join() does not look at its signal first",
      from: "return refusal(signal) ||\n      // One",
      to: "return undefined ||\n      // One",
      by: "join_test.ts",
    },
    {
      about: "join() resolves at the close, with values left",
      from: "(this.drained ? behind().then() :",
      to: "(this.#closed ? behind().then() :",
      by: "join_test.ts",
    },
    {
      about: "drained with leases out",
      from: "&& !this.#ring.size && !this.#closing!.leased;",
      to: "&& !this.#ring.size;",
      by: "ends_test.ts",
    },
    {
      about: "drained with values in the buffer",
      from: "&& !this.#ring.size && !this.#closing!.leased;",
      to: "&& !this.#closing!.leased;",
    },
    {
      about: "full only when over the capacity",
      from: "return this.#ring.size >= this.#capacity;",
      to: "return this.#ring.size > this.#capacity;",
    },
    {
      about: "a send with an aborted signal is delivered",
      from: "return refusal(signal) ||\n      (this.trySend(value)",
      to: "return (this.trySend(value)",
    },
    {
      about: "a send waits on a closed channel",
      from: ": this.#closed\n        ? refuse(unsent(value))",
      to: "",
    },
    {
      about: "the oldest sender's value does not move up",
      from: "if (this.#senders && ring.size < this.#capacity) {",
      to: "if (this.#senders && ring.size < 0) {",
    },
    {
      about: "a sender's value moves up where there is no room",
      from: "if (this.#senders && ring.size < this.#capacity) {",
      to: "if (this.#senders) {",
    },
    {
      about: "joiners do not hear of the last value",
      from: "if (this.drained) this.#settle();\n    return value;",
      to: "return value;",
    },
    {
      about: "the youngest sender is taken first",
      from: "const sender = this[withdraw](this.#senders!);",
      to: "const sender = this[withdraw](this.#senders!.prev);",
    },
    {
      about: "a sender whose value was taken is not told",
      from: "wake(sender);",
      to: "",
    },
    {
      about: "a lease on an open channel ends its waiters",
      from: "if (!this.#closed) return;\n    const ending",
      to: "const ending",
      by: "ends_test.ts",
    },
    {
      about: "close() tells only the oldest receiver",
      from: "ending && (receiver = this.#receivers);) {\n      this.#receivers",
      to:
        "ending && !receiver && (receiver = this.#receivers);) {\n      this.#receivers",
    },
    {
      about: "close() does not tell senders",
      from: "for (let sender; (sender = this.#senders);) {",
      to: "for (let sender; (sender = undefined);) {",
    },
    {
      about: "one joiner of several is told",
      from: "while (this.drained && this.#joiners) {",
      to: "if (this.drained && this.#joiners) {",
    },
    {
      about: "joiners are told before others",
      from: "wake(this[withdraw](this.#joiners), behind());",
      to: "wake(this[withdraw](this.#joiners), undefined);",
    },
    {
      about: "what onDrop throws stops the call",
      from: "if (onDrop) new Promise(() => onDrop(value));",
      to: "if (onDrop) onDrop(value);",
      by: "cancel_test.ts",
    },
    {
      about: "one value more than the most is taken",
      from: "while (values.length < max && this[available]())",
      to: "while (values.length <= max && this[available]())",
    },
    {
      about: "cancel() with leases out does not end receives",
      from: "(already || this.drained || this.#closing!.discards)",
      to: "(already || this.drained)",
      by: "ends_test.ts",
    },
    {
      about: "a select takes a closed channel for a full one",
      from: "return this.#closed ? undefined : !!(this.#receiver",
      to: "return this.#closed ? false : !!(this.#receiver",
    },
    {
      about: "a select does not see that the policy makes room",
      from:
        'this.#ring.size < this.#capacity ||\n      this.#overflow !== "wait";',
      to: "this.#ring.size < this.#capacity;",
    },
    {
      about: "a select does not see a receiver in the queue",
      from: "!!(this.#receiver || this.#receivers) ||",
      to: "!!this.#receiver ||",
    },
    {
      about: "an aborted join is told that it is over",
      from: "else if (this.#joiners === waiter) this.#joiners = next;",
      to: "",
      by: "verify/retention_test.ts",
    },
    {
      about: "the oldest receiver stays in the queue",
      from:
        "if (this.#receivers === waiter) this.#receivers = next;\n    else if",
      to: "if",
      by: "channel_test.ts",
    },
    {
      about: "a send overtakes those who wait, once a receiver left",
      from:
        "!(this.#receiver || this.#receivers || this.#senders || this.#closed)",
      to: "!(this.#receiver || this.#receivers || this.#closed)",
      by: "select_test.ts",
    },
    {
      about: "a lease that is acknowledged tells no joiner",
      from: "this.#ends().leased += n;\n    this.#settle();",
      to: "this.#ends().leased += n;",
      by: "ends_test.ts",
    },
    {
      about: "values that come back stand behind the others",
      from: "[...values.slice(given), ...this.snapshot()]",
      to: "[...this.snapshot(), ...values.slice(given)]",
      by: "ends_test.ts",
    },
    {
      about: "values that come back still count as leased",
      from: "closing.leased -= values.length;",
      to: "",
      by: "ends_test.ts",
    },
    {
      about: "values that come back after cancel() can be received",
      from: "if (closing.discards) this.cancel();",
      to: "if (false) {}",
      by: "ends_test.ts",
    },
    {
      about: "room for the first value is made each time",
      from: "if (!ring.limit) this.#ring",
      to: "this.#ring",
      by: "channel_test.ts",
    },
    {
      about: "values are received in a pause, by a quick receive",
      from: "if (!options && left[1]) {",
      to: "if (!options) {",
      by: "turn_test.ts",
    },
    {
      about: "an array is taken for options",
      from: "options && !Array.isArray(options)",
      to: "options",
      by: "channel_test.ts",
    },
    {
      about: "-0 stays what it is",
      from: "this.#capacity = capacity + 0; // -0 becomes 0",
      to: "this.#capacity = capacity;",
      by: "channel_test.ts",
    },
    {
      about: "the prototype cannot be inspected",
      from: "#ring in this && this.stats()",
      to: "this.stats()",
      by: "look_test.ts",
    },
  ],
};

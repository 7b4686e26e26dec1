// channel.ts: faults for channel.ts.

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
      about: "a send that waits alone forgets its value",
      from: "this.#value = value;\n          });",
      to: "});",
    },
    {
      about: "receive() waits on a closed channel",
      from: "if (!size && !this.#closed) {",
      to: "if (!size) {",
    },
    {
      about: "receive() does not see a sender that waits alone",
      from: "(head & 7) !== 0 || !due() : this[available]()) {",
      to: "(head & 7) !== 0 || !due() : false) {",
    },
    {
      about: "trySend() sends on a closed channel",
      from: "if (this.#closed) return false;",
      to: "",
    },
    {
      about: "a receiver that waited alone is served twice",
      from:
        "this.#receiver = this.#waiting = undefined;\n      settle(resolve, value",
      to: "this.#waiting = undefined;\n      settle(resolve, value",
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
      about: "close() does not see who waits alone",
      from: "this.#queue();\n    this.#closed = true;",
      to: "this.#closed = true;",
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
      to: "return (\n      // One",
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
      about: "stats() does not count who waits alone",
      from: "if (this.#waiting) this.#queue();\n    return {",
      to: "return {",
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
      about: "a receive with an aborted signal takes a value",
      from: "return refused ||\n      (this[available]()",
      to: "return (this[available]()",
    },
    {
      about: "a receive with options waits on a drained channel",
      from: "ending\n        ? refuse(ending.error)",
      to: "false\n        ? refuse(ending)",
    },
    {
      about: "receiveMany() that waited gives a value, not an array",
      from: "false, max ? MANY : undefined));",
      to: "false, undefined));",
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
      from: "ring.size ? ring.swap(sent) : sent;",
      to: "sent;",
    },
    {
      about: "a sender that waited alone waits on when its value is taken",
      from: "this.#value = this.#waiting = undefined;\n      const value",
      to: "const value",
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
      from: "for (let receiver; ending && (receiver = this.#receivers);) {",
      to: "let receiver; if (ending && (receiver = this.#receivers)) {",
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
      about: "a sender that waits alone is not available",
      from:
        "return this.#ring.size > 0 || this.#senders !== undefined ||\n      (this.#waiting ?? OTHERS) !== OTHERS;",
      to: "return this.#ring.size > 0 || this.#senders !== undefined;",
    },
    {
      about: "one value more than the most is taken",
      from: "while (values.length < max && this[available]())",
      to: "while (values.length <= max && this[available]())",
    },
    {
      about: "cancel() with leases out does not end receives",
      from: "return this.drained || closing!.discards ? closing : undefined;",
      to: "return this.drained ? closing : undefined;",
      by: "ends_test.ts",
    },
    {
      about: "who waits alone is overtaken by the next waiter",
      from: "if (this.#waiting !== OTHERS || this.#receiver) this.#queue();",
      to: "this.#waiting ??= OTHERS;",
    },
    {
      about: "a select takes a closed channel for a full one",
      from: "if (this.#closed) return undefined;\n    return this.#receiver",
      to: "if (this.#closed) return false;\n    return this.#receiver",
    },
    {
      about: "a select does not see that the policy makes room",
      from:
        'this.#ring.size < this.#capacity ||\n      this.#overflow !== "wait";',
      to: "this.#ring.size < this.#capacity;",
    },
    {
      about: "a select does not see a receiver that waits alone",
      from:
        "return this.#receiver !== undefined || this.#receivers !== undefined ||\n      this.#ring",
      to: "return this.#receivers !== undefined ||\n      this.#ring",
    },
    {
      about: "an aborted join is told that it is over",
      from: "else if (this.#joiners === waiter) this.#joiners = next;",
      to: "",
    },
    {
      about: "the oldest receiver stays in the queue",
      from:
        "if (this.#receivers === waiter) this.#receivers = next;\n    else if",
      to: "if",
    },
    {
      about: "a send overtakes those who wait, once a receiver left",
      from:
        "!(this.#receiver || this.#receivers || this.#senders || this.#closed)",
      to: "!(this.#receiver || this.#receivers || this.#closed)",
    },
    {
      about: "nobody waits, and the channel thinks that somebody does",
      from: ") this.#waiting = undefined;\n    return waiter;",
      to: ") this.#waiting = OTHERS;\n    return waiter;",
      equivalent:
        "OTHERS sends all calls the long way, which asks the queues; they are empty",
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
      about: "a value given back overtakes a sender that waits alone",
      from: "if (this.#waiting) this.#queue();\n    // One by one",
      to: "// One by one",
      by: "lone_test.ts",
    },
    {
      about: "values that come back after cancel() can be received",
      from: "if (closing.discards) this.cancel();\n",
      to: "",
      by: "ends_test.ts",
    },
    {
      about: "room for the first value is made each time",
      from: "if (ring as unknown === NO_RING) this.#ring",
      to: "this.#ring",
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
      from: "#ring in this ? this.stats() : {}",
      to: "this.stats()",
      by: "look_test.ts",
    },
  ],
};

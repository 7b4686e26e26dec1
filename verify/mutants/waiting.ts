// waiting.ts: faults for what waiting is made of: _waiter.ts, _circle.ts, _signals.ts,
// _ring.ts, _closing.ts.

import type { MutantFile } from "./_mutant.ts";

export const waiting: readonly MutantFile[] = [
  {
    file: "_waiter.ts",
    mutants: [
      {
        about: "a call that happened can still be aborted",
        from: "unwatch(waiter.watch);\n  if (waiter.owner) waiter.owner[woken]",
        to: "if (waiter.owner) waiter.owner[woken]",
      },
      {
        about: "a call that ended keeps its listener",
        from: "unwatch(waiter.watch);\n  if (waiter.owner?.[over])",
        to: "if (waiter.owner?.[over])",
        by: "close_test.ts",
      },
      {
        about: "an aborted call stays in the queue",
        from: "this.at[withdraw](this.waiter);\n    fail",
        to: "fail",
      },
      {
        about: "an aborted call never settles",
        from: "fail(this.waiter, reason);",
        to: "unwatch(this);",
      },
      {
        about: "an abort ends with no reason",
        from: "fail(this.waiter, reason);",
        to: "fail(this.waiter, undefined);",
      },
      {
        about: "a waiting call does not watch its signal",
        from:
          "if (signal) watch(signal, waiter.watch = new Withdrawal(at, waiter));",
        to: "",
      },
      {
        about: "the watch is not remembered",
        from: "watch(signal, waiter.watch = new Withdrawal(at, waiter));",
        to: "watch(signal, new Withdrawal(at, waiter));",
        by: "close_test.ts",
      },
      {
        about: "a sender's value is lost",
        from: "waiter.value = value;\n  waiter.owner",
        to: "waiter.owner",
      },
      {
        about: "a waiter forgets whose it is",
        from: "waiter.owner = owner;",
        to: "",
      },
      {
        about: "an iterator's end is told as an error",
        from: "if (waiter.owner?.[over]) waiter.owner[over](waiter, ending);",
        to: "if (false) {}",
        by: "iterate_test.ts",
      },
      {
        about: "what a close rejects overtakes a pause",
        from: "else if (left[1]) waiter.reject(ending.error);",
        to: "else if (true) waiter.reject(ending.error);",
        by: "turn_test.ts",
      },
      {
        about: "the waiter made last is kept",
        from: "made = undefined;",
        to: "",
        by: "memory_test.ts",
      },
    ],
  },
  {
    file: "_circle.ts",
    mutants: [
      {
        about: "the youngest becomes the oldest",
        from: "one.next = oldest;\n  return oldest;",
        to: "one.next = oldest;\n  return one;",
      },
      {
        about: "the newest is put in front of the youngest",
        from: "const youngest = oldest.prev;",
        to: "const youngest = oldest;",
      },
      {
        about: "what leaves is still linked from behind",
        from: "next.prev = prev;",
        to: "",
      },
      {
        about: "what left still points into the circle",
        from: "one.next = one.prev = one;",
        to: "",
        equivalent:
          "nothing takes out twice; only the garbage collector follows what is left over",
      },
      {
        about: "one who is alone is never gone",
        from: "if (next === one) return undefined;",
        to: "",
        by: "select_test.ts",
      },
      {
        about: "the count leaves the youngest out",
        from: "while ((at = at.next) !== oldest);",
        to: "while ((at = at.next) !== oldest!.prev);",
      },
    ],
  },
  {
    file: "_ring.ts",
    mutants: [
      {
        about: "a ring has more room than the capacity",
        from: "this.limit = Math.min(length, this.#capacity);",
        to: "this.limit = length;",
      },
      {
        about: "a ring grows when it is too late",
        from: "if (this.slots.length === this.size) {",
        to: "if (this.slots.length < this.size) {",
        by: "channel_test.ts",
      },
      {
        about: "the newest value is put on the youngest",
        from: "slots[(this.head + this.size++) &",
        to: "slots[(this.head + ++this.size) &",
      },
      {
        about: "the head does not come round",
        from: "this.head = (head + 1) & (slots.length - 1);",
        to: "this.head = head + 1;",
      },
      {
        about: "what was taken is kept",
        from: "slots[head] = undefined;",
        to: "",
        by: "memory_test.ts",
      },
      {
        about: "a ring never shrinks",
        from: "this.mark = length > KEPT ? length >> 3 : -1;",
        to: "this.mark = -1;",
        by: "memory_test.ts",
      },

      {
        about: "a copy begins at the first slot, not the oldest value",
        from: "copy[i] = slots[(this.head + i) & (slots.length - 1)];",
        to: "copy[i] = slots[i];",
      },
      {
        about: "a swap gives back what it took in",
        from: "const oldest = this.shift();\n    this.push(value);",
        to: "this.push(value);\n    const oldest = this.shift();",
        by: "channel_test.ts",
      },
      {
        about: "the head stays where it was after a resize",
        from: "this.head = 0;\n    this.mark",
        to: "this.mark",
        by: "channel_test.ts",
      },
      {
        about: "the array is not told what it will hold",
        from: "slots[this.size] = undefined;",
        to: "",
        equivalent:
          "the slot holds undefined already; the engine's kind of array is all that changes",
      },
      {
        about: "large rings double too",
        from: "this.resize(this.size * (this.size >> 18 ? 4 : 2));",
        to: "this.resize(this.size * 2);",
        equivalent: "only how often a ring above 262,144 values grows",
      },
    ],
  },
  {
    file: "_signals.ts",
    mutants: [
      {
        about: "an abort tells only the oldest",
        from: "while (this.oldest) this.oldest.abort(this.signal.reason);",
        to: "this.oldest?.abort(this.signal.reason);",
      },
      {
        about: "each wait has a hub of its own",
        from: "Reflect.set(signal, HUB, this);",
        to: "",
      },
      {
        about: "no listener is put on the signal",
        from: 'signal.addEventListener("abort", hub.listener);',
        to: ";",
      },
      {
        about: "the listener stays for ever",
        from: "else this.stop();",
        to: "",
      },
      {
        about: "the listener goes though somebody waits again",
        from: "if (this.oldest) this.heat = 3;\n      else if",
        to: "if",
      },
      {
        about: "the listener goes at once, and comes again for each wait",
        from: "if (!next && hub.heat > 2) hub.cool();",
        to: "if (!next) hub.stop();",
        by: "signals_test.ts",
      },
      {
        about:
          "the listener goes and comes again while a loop waits on the signal",
        from: "else if (this.heat > 1) this.cool();",
        to: "",
        by: "signals_test.ts",
      },
      {
        about: "once somebody looked, nobody looks again",
        from: "if (this.oldest) this.heat = 3;",
        to: "if (this.oldest) this.heat = 2;",
      },
      {
        about: "the listener stays after the abort",
        from: "this.stop();\n    while",
        to: "while",
        equivalent:
          "it goes a few microtasks later, for three promises more; the counts of bench/ show them",
      },
      {
        about: "who waits while the listener cools is forgotten",
        from: "hub.heat = heat % 3 ? 2 : 3;",
        to: "hub.heat = heat || 3;",
        by: "signals_test.ts",
      },
      {
        about: "who left is still told of the abort",
        from: "if (hub.oldest === watch) hub.oldest = next;",
        to: "",
        by: "close_test.ts",
      },
      {
        about: "a signal that cannot be listened to leaves a waiter",
        from: "hub.heat = 0;\n    watch.abort(error);",
        to: "throw error;",
        by: "signals_test.ts",
      },
    ],
  },
  {
    file: "_closing.ts",
    mutants: [
      {
        about: "a close with a reason ends with an error of the channel",
        from: "return this.plain\n",
        to: "return true\n",
        by: "close_test.ts",
      },
      {
        about: "a new error for each receive",
        from: "? this.reason ??= new ChannelClosedError(",
        to: "? this.reason = new ChannelClosedError(",
        equivalent:
          "which error object a receive rejects with is nobody's promise; making one costs as much as sixty hand-offs",
      },
    ],
  },
];

// merge.ts: faults for stages without work: _merge.ts, _broadcast.ts, _receiving.ts.

import type { MutantFile } from "./_mutant.ts";

const merge = "merge_test.ts";
const mergeWait = "merge_wait_test.ts";
const broadcast = "broadcast_test.ts";
const broadcastFaults = "broadcast_faults_test.ts";
const ports = "ports_test.ts";
const time = "time_test.ts";

export const merging: readonly MutantFile[] = [
  {
    file: "_merge.ts",
    mutants: [
      {
        about: "a merge of a merge forgets the reason that that has ended with",
        from: "source instanceof Merged && !source.#ending ?",
        to: "source instanceof Merged ?",
        by: merge,
      },
      {
        about: "each merge stands behind the next",
        from: "source instanceof Merged && !source.#ending ?",
        to: "false as boolean ?",
        by: merge,
      },
      {
        about: "closed once one source is",
        from: "this.#all.every((source) => source.closed)",
        to: "this.#all.some((source) => source.closed)",
        by: merge,
      },
      {
        about: "a merge that has ended with a reason is not closed",
        from: "return !!this.#ending || this.#all",
        to: "return this.#all",
        by: merge,
      },
      {
        about: "drained once one source is",
        from: "this.#all.every((source) => source.drained)",
        to: "this.#all.some((source) => source.drained)",
        by: merge,
      },
      {
        about: "join() of nothing does not look at its signal",
        from: "return refusal(options?.signal) ??\n      Promise",
        to: "return Promise",
        by: merge,
      },
      {
        about: "join() resolves with the first source",
        from: "Promise.all(this.#all",
        to: "Promise.race(this.#all",
        by: merge,
      },
      {
        about: "join() cannot be given up",
        from: "source.join(options)",
        to: "source.join()",
        by: merge,
      },
      {
        about: "one source is not looked at",
        from: "let n = this.#sources.length; n > 0 &&",
        to: "let n = this.#sources.length; n > 1 &&",
        by: merge,
      },
      {
        about: "the turn stays with a source that is empty",
        from: "else this.#at++;",
        to: "",
        by: merge,
      },
      {
        about: "the turn stays with a source that has values",
        from: "this.#last = this.#sources[this.#at++]!;",
        to: "this.#last = this.#sources[this.#at]!;",
        by: merge,
      },
      {
        about: "an end is seen only when somebody asks for a value",
        from:
          "if (!this.#ending && this.#sources.length > 0) this[available]();",
        to: "",
        by: merge,
      },
      {
        about: "the source that ended stays",
        from: "this.#sources.splice(index, 1);",
        to: "",
        by: merge,
      },
      {
        about: "the scout of a source that ended stays",
        from: "this.#scouts?.splice(index, 1);",
        to: "",
        by: merge,
      },
      {
        about: "all end as the first source does",
        from: "if (ending.plain) return;",
        to: "",
        by: merge,
      },
      {
        about: "the reason of a source is dropped",
        from: "this.#ending = ending;",
        to: "",
        by: merge,
      },
      {
        about: "after a reason there are values",
        from: "this.#sources.length = 0;",
        to: "",
        by: merge,
      },
      {
        about: "join() as a waiter is never told",
        from: "this.join().then(() => wake(waiter));",
        to: "",
        by: ports,
      },
      {
        about: "scouts go out for each who waits",
        from: "if (!first) return;",
        to: "",
        by: merge,
      },
      {
        about: "of those who wait, one who leaves takes the oldest's place",
        from: "if (this.#receivers !== waiter) return;",
        to: "",
        by: mergeWait,
      },
      {
        about: "scouts leave while somebody waits",
        from: "if (next) return;",
        to: "",
        by: mergeWait,
      },
      {
        about: "scouts stay when nobody waits",
        from: "if (scout !== out) scout.source[withdraw](scout);",
        to: "",
        by: mergeWait,
      },
      {
        about: "a scout goes out once, however many wait",
        from: "if (this.#receivers) scout.source[park](scout, false);",
        to: "",
        by: mergeWait,
      },
      {
        about: "a scout goes out though nobody waits any more",
        from: "if (this.#receivers) scout.source[park](scout, false);",
        to: "scout.source[park](scout, false);",
        by: mergeWait,
      },
      {
        about: "the youngest is served first",
        from: "const waiter = this.#receivers!;",
        to: "const waiter = this.#receivers!.prev;",
        by: mergeWait,
      },
      {
        about: "who waits is told before the scouts are where they belong",
        from:
          "this.#leave(waiter, scout);\n    if (this.#receivers) scout.source[park](scout, false);\n    wake(waiter, value);",
        to:
          "wake(waiter, value);\n    this.#leave(waiter, scout);\n    if (this.#receivers) scout.source[park](scout, false);",
        by: "verify/flow_random_test.ts",
      },
      {
        about: "when a source ends another is forgotten",
        from: "this.#retire(this.#scouts!.indexOf(scout), ending);",
        to: "this.#retire(0, ending);",
        by: merge,
      },
      {
        about: "those who wait are ended by the first source that ends",
        from: "if (this.#sources.length > 0) return;",
        to: "",
        by: mergeWait,
      },
      {
        about: "one of those who wait is told of the end",
        from: "while ((waiter = this.#receivers)) {",
        to: "if ((waiter = this.#receivers)) {",
        by: merge,
      },
      {
        about: "a lease is forgotten",
        from: "for (const source of this.#all) source[lease](n);",
        to: "",
        by: ports,
      },
    ],
  },
  {
    file: "_broadcast.ts",
    mutants: [
      {
        about: "a value that all have accepted is kept",
        from: "for (const outlet of this.#outlets) outlet.forget();",
        to: "",
        by: "verify/retention_test.ts",
      },
      {
        about: "the next value is taken within the receive of the last one",
        from: "if (--this.#left === 0) DONE.then(this.#goOn);",
        to: "if (--this.#left === 0) this.#goOn();",
        by: broadcast,
      },
      {
        about: "the next value is taken before the slowest has accepted",
        from: "if (--this.#left === 0) DONE",
        to: "if (--this.#left <= 1) DONE",
        by: broadcast,
      },
      {
        about: "a subscriber that closes while it is waited for holds all up",
        from: "{ [woken]: accepted, [over]: accepted }",
        to: "{ [woken]: accepted, [over]() {} }",
        by: broadcastFaults,
      },
      {
        about: "values are given out within the call of broadcast()",
        from: "DONE.then(this.#goOn);\n  }\n\n  /** Takes",
        to: "this.#goOn();\n  }\n\n  /** Takes",
        by: broadcastFaults,
      },
      {
        about: "a value is taken when nobody wants any",
        from: "this.#stopped = true;",
        to: "",
        by: broadcastFaults,
      },
      {
        about: "who is stopped waits on",
        from: "if (this.#left === 0) this.#source[withdraw](this.#waiter);",
        to: "",
        by: broadcastFaults,
      },
      {
        about: "values go through any number of broadcasts at once",
        from: "if (depth < DEEPEST) this.#pass",
        to: "if (true) this.#pass",
        by: broadcastFaults,
      },
      {
        about: "after a value that was waited for none is taken",
        from: "if (this.#give(value)) this.#take();",
        to: "this.#give(value);",
        by: broadcast,
      },
      {
        about: "the next value is taken while the last one is waited with",
        from: "if (this.#give(value)) this.#take();",
        to: "this.#give(value);\n    this.#take();",
        by: broadcast,
      },
      {
        about: "the end of the source is not passed on",
        from: "if (ending) inTurn(() => this.#whenEnded(ending));",
        to: "if (ending) return;",
        by: broadcast,
      },
      {
        about: "the end of a source that was waited on is not passed on",
        from: "inTurn(() => this.#whenEnded(ending));\n  }",
        to: "}",
        by: broadcast,
      },
      {
        about: "an end goes down the pipeline by recursion",
        from: "inTurn(() => this.#whenEnded(ending));\n  }",
        to: "this.#whenEnded(ending);\n  }",
        by: broadcastFaults,
      },
      {
        about: "several values are in between",
        from: "if (!this.#give(source[take]())) return;",
        to: "this.#give(source[take]());",
        by: broadcast,
      },
      {
        about: "who is stopped begins to wait",
        from: "if (this.#stopped) return;",
        to: "",
        by: "verify/flow_random_test.ts",
      },
      {
        about: "all have accepted before all were asked",
        from: "this.#left = 1;",
        to: "this.#left = 0;",
        by: broadcast,
      },
      {
        about: "a closed subscriber is waited for",
        from: "|| this.#channel.closed) return true;",
        to: ") return true;",
        by: broadcastFaults,
      },
      {
        about: "who is waited for gets undefined",
        from: "this.#waiter.value = value;",
        to: "",
        by: broadcast,
      },
      {
        about: "a subscriber that must wait gets nothing",
        from: "this.#channel[park](this.#waiter, true);\n    return false;",
        to: "return true;",
        by: broadcast,
      },
    ],
  },
  {
    file: "_receiving.ts",
    mutants: [
      {
        about: "tryReceive() calls what is empty closed",
        from: "return this[ended]() ? CLOSED : EMPTY;",
        to: "return this[ended]() ? EMPTY : CLOSED;",
        by: time,
      },
      {
        about: "receiveMany() gives one value at a time",
        from: "return receiveFrom<T[]>(this, options, max);",
        to: "return receiveFrom<T[]>(this, options, 1);",
        by: merge,
      },
      {
        about: "receiveMany() cannot be given up",
        from: "receiveFrom<T[]>(this, options, max)",
        to: "receiveFrom<T[]>(this, undefined, max)",
        by: mergeWait,
      },
      {
        about: "batches() gives values",
        from: "(this, max);",
        to: "(this);",
        by: time,
      },
      {
        about: "values() cannot be given up",
        from: "(this, undefined, options?.signal);",
        to: "(this, undefined, undefined);",
        by: mergeWait,
      },
      {
        about: "join() that is over at once does not look at its signal",
        from: "return refusal(signal) ||\n      (this",
        to: "return (this",
        by: "time_timers_test.ts",
      },
      {
        about: "join() waits for ever on what is drained",
        from: "(this.drained ? behind().then() : wait(this, signal))",
        to: "wait(this, signal)",
        by: time,
      },
      {
        about: "join() that waits cannot be given up",
        from: "behind().then() : wait(this, signal)",
        to: "behind().then() : wait(this, undefined)",
        by: time,
      },
      {
        about: "one value more than the most is taken",
        from: "while (values.length < max &&",
        to: "while (values.length <= max &&",
        by: merge,
      },
    ],
  },
];

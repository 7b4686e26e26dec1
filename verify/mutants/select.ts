// select.ts: faults for select.ts and _cases.ts.

import type { MutantFile } from "./_mutant.ts";

const fair = "select_fair_test.ts";
const each = "select_each_test.ts";

export const selecting: readonly MutantFile[] = [
  {
    file: "select.ts",
    mutants: [
      {
        about: "an aborted signal does not stop a select",
        from: "if (refused) return refused;\n    }\n    const ready",
        to: "}\n    const ready",
      },
      {
        about: "a select with a signal picks before it looks at it",
        from: "if (signal !== undefined) {\n      pick",
        to: "if (signal === undefined) {\n      pick",
      },
      {
        about: "the losers stay in their queues",
        from: "if (one !== winner) one.at[withdraw](one);",
        to: "",
      },
      {
        about: "the winner is withdrawn too",
        from: "if (one !== winner) one.at[withdraw](one);",
        to: "one.at[withdraw](one);",
        equivalent:
          "whoever took the winner out has done so already; to remove one that is alone changes nothing",
      },
      {
        about: "only the case that was parked last is withdrawn",
        from: "for (let one = this.last; one; one = one.before) {",
        to: "for (let one = this.last; one; one = undefined) {",
      },
      {
        about: "a select that is decided keeps its listener",
        from: "unwatch(this);\n    for",
        to: "if (!winner) unwatch(this);\n    for",
      },
      {
        about: "a select that waits does not watch its signal",
        from: "if (signal) watch(signal, this);",
        to: "",
      },
      {
        about: "an aborted select stays in its queues",
        from: "abort(reason: unknown): void {\n    this.withdraw();",
        to: "abort(reason: unknown): void {\n    unwatch(this);",
      },
      {
        about: "an aborted select never settles",
        from: "settle(this.reject, reason);",
        to: "",
      },
      {
        about: "a select parks its sends only",
        from: "one[park](this.#case(keyOf(keys, i), one, false), false);",
        to: "",
      },
      {
        about: "a select parks its receives only",
        from: "to[park](waiter, true);",
        to: "",
      },
      {
        about: "a parked send case has no value",
        from: "waiter.value = one.value;",
        to: "",
      },
      {
        about: "a send case is parked among the receivers",
        from: "to[park](waiter, true);",
        to: "to[park](waiter, false);",
      },
      {
        about: "a send case whose channel closes counts as done",
        from: "if (winner.sends) settle(this.reject, ending.error);",
        to: "if (winner.sends) settle(this.resolve, undefined);",
      },
      {
        about: "a receive case whose channel closes rejects",
        from: "else settle(this.resolve, closedResult(winner.key, ending));",
        to: "else settle(this.reject, ending.error);",
      },
      {
        about: "cases do not know each other",
        from: "const waiter = new Case(key, at, sends, this.last);",
        to: "const waiter = new Case(key, at, sends, undefined);",
      },
      {
        about: "the winner has the key of another case",
        from: "settle(this.resolve, { key: winner.key,",
        to: "settle(this.resolve, { key: 0,",
      },
      {
        about: "of several waiting cases on one channel the first wins",
        from: "if (!priority) this.#mix(this.last!);",
        to: "",
        by: fair,
      },
      {
        about: "waiting cases on one channel do not win equally often",
        from: "Math.random() * nth >= 1",
        to: "Math.random() >= 0.5",
        by: fair,
      },
      {
        about: "waiting cases do not heed priority",
        from: "if (!priority) this.#mix(this.last!);",
        to: "this.#mix(this.last!);",
        by: fair,
      },
      {
        about: "a case changes places with another task's",
        from: "before === youngest || before.owner !== this",
        to: "before === youngest",
      },
      {
        about: "the case that wins sends another's value",
        from: "oldest.value = youngest.value;",
        to: "",
      },
      {
        about: "priority is not heeded",
        from: "const ready = pick(keys, given, priority);\n    const promise",
        to: "const ready = pick(keys, given, false);\n    const promise",
      },
      {
        about: "trySelect() does not heed priority",
        from: "const ready = pick(keys, given, options?.priority);",
        to: "const ready = pick(keys, given, false);",
        by: "select_cases_test.ts",
      },
      {
        about: "trySelect() does what is not ready",
        from: "return ready < 0 ? undefined : happen(",
        to: "return happen(",
      },
      {
        about: "a select without cases waits for ever",
        from: "const given = casesOf(cases, keys);\n    checkSome(given);",
        to: "const given = casesOf(cases, keys);",
        by: "select_cases_test.ts",
      },
      {
        about: "sending() takes anything for a sender",
        from: 'if (typeof sender?.[sendable] !== "function") {',
        to: "if (false) {",
        by: "select_cases_test.ts",
      },
      {
        about: "selectEach() retires no channel that has ended",
        from: "this.#cases[index] = undefined;",
        to: "",
        by: each,
      },
      {
        about: "selectEach() retires another case",
        from: "const index = this.#keys?.indexOf(result.key as string) ??",
        to: "const index = this.#keys?.length ??",
        by: each,
      },
      {
        about: "return() of selectEach() leaves its cases parked",
        from: "selection.withdraw();\n      settle",
        to: "settle",
        by: each,
      },
      {
        about: "return() of selectEach() does not settle next()",
        from: "settle(selection.resolve);",
        to: "",
        by: each,
      },
      {
        about: "selectEach() goes on after return()",
        from:
          "return(value?: unknown): Promise<IteratorResult<Result, undefined>> {\n    this.#over();",
        to:
          "return(value?: unknown): Promise<IteratorResult<Result, undefined>> {",
        by: each,
      },
      {
        about: "calls of next() of selectEach() do not wait for each other",
        from: "const promise = this.#asked++ === 0",
        to: "const promise = this.#asked++ >= 0",
        by: each,
      },
      {
        about: "selectEach() keeps what was last received",
        from: "if (--this.#asked === 0) this.#last = undefined;",
        to: "--this.#asked;",
        by: "memory_test.ts",
      },
      {
        about: "selectEach() goes on after an error",
        from:
          "this.#selection = undefined;\n    this.#over();\n    throw reason;",
        to: "this.#selection = undefined;\n    throw reason;",
        by: each,
      },
      {
        about: "selectEach() starts again with an aborted signal",
        from: "this.#answered();\n      this.#over();\n      return refused;",
        to: "this.#answered();\n      return refused;",
        by: each,
      },
    ],
  },
  {
    file: "_cases.ts",
    mutants: [
      {
        about: "of three cases the last is picked half the time",
        from: "let nth = Math.floor(Math.random() * ready);",
        to: "let nth = Math.min(Math.floor(Math.random() * 4), ready - 1);",
        by: fair,
      },
      {
        about: "always the first ready case",
        from: "if (priority || ready < 2) return first;",
        to: "return first;",
        by: fair,
      },
      {
        about: "priority picks the last",
        from: "if (priority || ready < 2) return first;",
        to: "if (priority || ready < 2) return last;",
      },
      {
        about: "a case that is not ready is picked between two that are",
        from: "if (ready === cases.length) return nth;",
        to: "return nth;",
      },
      {
        about: "the case before the one that was drawn is picked",
        from: "&& nth-- === 0) return i;",
        to: "&& nth-- <= 1) return i;",
        by: fair,
      },
      {
        about: "a channel that has ended is not ready",
        from: "? one[available]() || one[ended]() !== undefined",
        to: "? one[available]()",
      },
      {
        about: "a channel with a value is not ready",
        from: "? one[available]() || one[ended]() !== undefined",
        to: "? one[ended]() !== undefined",
      },
      {
        about: "a send to a closed channel is never ready",
        from: "one[target][sendable]() !== false;",
        to: "one[target][sendable]() === true;",
      },
      {
        about: "a send to a full channel is ready",
        from: "one[target][sendable]() !== false;",
        to: "one[target][sendable] !== undefined;",
      },
      {
        about: "a chosen send to a closed channel counts as done",
        from: "if (!to.trySend(one.value as never)) {",
        to: "if (!to.trySend(one.value as never) && !to.closed) {",
      },
      {
        about: "a chosen send sends nothing",
        from: "if (!to.trySend(one.value as never)) {",
        to: "if (to.closed) {",
      },
      {
        about: "the reason of a close is not told",
        from: "const reason = ending.plain ? undefined : ending.error;",
        to: "const reason = undefined;",
      },
      {
        about: "a plain close has a reason",
        from: "const reason = ending.plain ? undefined : ending.error;",
        to: "const reason = ending.error;",
      },
      {
        about: "null is taken for a bad case",
        from: "return one === undefined || one === null || one === false;",
        to: "return one === undefined || one === false;",
      },
      {
        about: "a bad case is never ready, where it should be refused",
        from: "throw new TypeError(\n    `Cannot select: case",
        to: "return false; new TypeError(\n    `Cannot select: case",
        by: "select_cases_test.ts",
      },
    ],
  },
];

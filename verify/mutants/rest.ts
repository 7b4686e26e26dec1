// rest.ts: faults for iteration, sendAll, the event loop's turns and the checks.

import type { MutantFile } from "./_mutant.ts";

const iterate = "iterate_test.ts";
const sendAll = "send_all_test.ts";
const turn = "turn_test.ts";

export const rest: readonly MutantFile[] = [
  {
    file: "_iterate.ts",
    mutants: [
      {
        about: "next() takes a value after return()",
        from:
          "return(value?: unknown): Promise<IteratorResult<R>> {\n    this.#signal = true;",
        to: "return(value?: unknown): Promise<IteratorResult<R>> {",
      },
      {
        about: "return() leaves its waiters parked",
        from: "this.#port[withdraw](waiter);\n      fail",
        to: "fail",
      },
      {
        about: "return() settles one next() of several",
        from: "for (let waiter; (waiter = this.#oldest);) {",
        to: "const waiter = this.#oldest; if (waiter) {",
      },
      {
        about: "next() takes a value though its signal is aborted",
        from: "return !this.#signal && this.#port[available]()",
        to: "return this.#signal !== true && this.#port[available]()",
      },
      {
        about: "an iterator that has thrown goes on",
        from: "this.#signal = true;\n    return refused ||",
        to: "return refused ||",
      },
      {
        about: "a plain close is thrown",
        from: "(ending!.plain ? this.next() :",
        to: "(!ending!.plain ? this.next() :",
      },
      {
        about: "every next() that waits is told the reason",
        from: "if (this.#signal === true || ending.plain) {",
        to: "if (ending.plain) {",
      },
      {
        about: "an iterator that ended while it waited goes on",
        from:
          "} else settle(waiter.reject, ending.error);\n    this.#signal = true;",
        to: "} else settle(waiter.reject, ending.error);",
      },
      {
        about: "a waiter that was served is still the oldest",
        from: "this.#leave(waiter);\n    settle(waiter.resolve, { value: this",
        to: "settle(waiter.resolve, { value: this",
        by: "memory_test.ts",
      },
      {
        about: "the next waiters are forgotten",
        from: "this.#oldest = oldest.value as Waiter | undefined;",
        to: "this.#oldest = undefined;",
        by: iterate,
      },
      {
        about: "a batch that was waited for is a value",
        from: "value: this.#max ? [value] : value,",
        to: "value,",
      },
      {
        about: "next() that waits ignores its signal",
        from: "wait(this, signal, false, this);",
        to: "wait(this, undefined, false, this);",
      },
      {
        about: "next() that waits alone does not watch its signal",
        from: ": !signal && !this.#max && this.#port[later]",
        to: ": !this.#max && this.#port[later]",
      },
      {
        about: "a batch that is waited for alone is a value",
        from: ": !signal && !this.#max && this.#port[later]",
        to: ": !signal && this.#port[later]",
      },
      {
        about: "a loop waits alone as a plain receive does",
        from: "this.#port[later]?.(this)",
        to: "this.#port[later]?.()",
      },
      {
        about: "return() does not see a step that waits alone",
        from: "this.#port[line]?.();",
        to: "",
      },
      {
        about: "a step that is moved to the queue is put behind the next one",
        from:
          "this.#port[park](waiter, false);\n    if (this.#youngest) this.#youngest.value = waiter;\n    else this.#oldest = waiter;\n    this.#youngest = waiter;",
        to:
          "if (this.#youngest) this.#youngest.value = waiter;\n    else this.#oldest = waiter;\n    this.#youngest = waiter;\n    this.#port[park](waiter, false);",
        by: "lone_test.ts",
      },
      {
        about: "a waiter is put behind one that has left",
        from: "if (!this.#oldest) this.#youngest = undefined;",
        to: "",
      },
      {
        about: "a reason that next() finds overtakes a pause",
        from: "refuse(ending!.error)",
        to: "Promise.reject(ending!.error)",
        by: turn,
      },
      {
        about: "a bad signal is found only by next()",
        from: "checkWait(signal, max);\n    this.#signal",
        to: "this.#signal",
        by: iterate,
      },
    ],
  },
  {
    file: "_receive.ts",
    mutants: [
      {
        about: "a receive with an aborted signal takes a value",
        from: "return refused ||\n    (port[available]()",
        to: "return (port[available]()",
      },
      {
        about: "a receive with options waits on a drained channel",
        from: ": ending\n      ? refuse",
        to: ": false\n      ? refuse",
      },
      {
        about: "receiveMany() that waited gives a value, not an array",
        from: "false, max ? MANY : undefined));",
        to: "false, undefined));",
      },
      {
        about: "a receive that waits cannot be given up",
        from: ": wait(port, signal, false,",
        to: ": wait(port, undefined, false,",
      },
    ],
  },
  {
    file: "_send_all.ts",
    mutants: [
      {
        about: "a value too many after an abort",
        from: "if (signal?.aborted || !to.trySend(value)) {",
        to: "if (!to.trySend(value)) {",
        by: sendAll,
      },
      {
        about: "a full channel loses a value",
        from: "await to.send(value, { signal });",
        to: "",
        by: sendAll,
      },
      {
        about: "sendAll() that waits cannot be given up",
        from: "await to.send(value, { signal });",
        to: "await to.send(value);",
        by: sendAll,
      },
      {
        about: "the source is not stopped",
        from: "if (sending || signal?.aborted) {",
        to: "if (!sending && signal?.aborted) {",
        by: sendAll,
      },
      {
        about: "a source that thinks is not stopped by an abort",
        from: "if (sending || signal?.aborted) {",
        to: "if (sending) {",
        by: sendAll,
      },
      {
        about: "what the source's return() throws hides the error",
        from: "iterator.return?.()).catch(() => {});",
        to: "iterator.return?.());",
        by: sendAll,
      },
      {
        about: "sendAll() goes on after an abort while the source thinks",
        from: "await unlessAborted(next as Promise<IteratorResult<T>>, signal)",
        to: "await (next as Promise<IteratorResult<T>>)",
        by: sendAll,
      },
      {
        about: "a burst into room gives receivers no turn",
        from: "await rest(undefined); // so",
        to: "// so",
        by: turn,
      },
      {
        about: "what cannot be iterated is sent as nothing",
        from: 'if (typeof start !== "function") {\n    throw',
        to: 'if (typeof start !== "function") {\n    return; throw',
        by: sendAll,
      },
    ],
  },
  {
    file: "_turn.ts",
    mutants: [
      {
        about: "timers starve",
        from: "if (now - begun < LIMIT) return false;",
        to: "return false;",
        by: turn,
      },
      {
        about: "a pause never ends",
        from: "ending?.forEach((settle) => settle());",
        to: "",
        by: "from_test.ts",
      },
      {
        about: "what settles in a pause settles at once",
        from: "held.push(() => resolve(value));",
        to: "resolve(value);",
        by: "verify/crowd_test.ts",
      },
      {
        about: "a timer is set though nothing is busy",
        from: "if (now - since < SUSPECT) return false;",
        to: "",
        by: turn,
      },
      {
        about: "a burst in one synchronous run is taken for starvation",
        from: "begun = Infinity;",
        to: "begun = now - LIMIT;",
        by: turn,
      },
      {
        about: "operations in a pause are not held up",
        from: "left[0] = left[1] = 0;\n  return true;",
        to: "return true;",
        by: turn,
      },
      {
        about: "after a pause every operation still counts",
        from: "left[1] = 7;",
        to: "",
        equivalent:
          "only how often the clock is looked at after the first pause; the figures of bench/ would show it",
      },
      {
        about: "a rejection in a pause overtakes what was decided before",
        from:
          "return due()\n    ? new Promise((_, reject) => held!.push(() => reject(reason)))\n    : Promise.reject(reason);",
        to: "return Promise.reject(reason);",
        by: turn,
      },
      {
        about: "a value in a pause overtakes what was decided before",
        from:
          "return due()\n    ? new Promise((resolve) => held!.push(() => resolve(value)))\n    : Promise.resolve(value) as Promise<T>;",
        to: "return Promise.resolve(value) as Promise<T>;",
        by: turn,
      },
    ],
  },
  {
    file: "_checks.ts",
    mutants: [
      {
        about: "anything is a signal",
        from: 'typeof signal.aborted === "boolean" &&',
        to: "true ||",
        by: "abort_test.ts",
      },
      {
        about: "null is taken for a bad signal",
        from: "signal !== undefined && signal !== null && !(",
        to: "signal !== undefined && !(",
        by: "abort_test.ts",
      },
      {
        about: "an aborted signal is not heeded",
        from: "if (signal?.aborted) throw signal.reason;",
        to: "",
      },
      {
        about: "one less than the least is allowed",
        from: "number >= least)",
        to: "number >= least - 1)",
        by: "channel_test.ts",
      },
      {
        about: "the wrong class of error",
        from: "throw new (numeric ? RangeError : TypeError)(",
        to: "throw new (numeric ? TypeError : RangeError)(",
        by: "channel_test.ts",
      },
      {
        about: "a rendezvous may drop",
        from: 'overflow === "wait" ? 0 : 1,',
        to: "0,",
        by: "overflow_test.ts",
      },
      {
        about: "an unknown policy is taken",
        from: "if (![",
        to: "if (false && ![",
        by: "overflow_test.ts",
      },
      {
        about: "onDrop may be anything",
        from: 'if (onDrop !== undefined && typeof onDrop !== "function") {',
        to: "if (false) {",
        by: "overflow_test.ts",
      },
    ],
  },
  {
    file: "errors.ts",
    mutants: [
      {
        about: "a send that fails keeps its value for itself",
        from: "if (unsent.length) {",
        to: "if (false) {",
      },
      {
        about: "an undefined value counts as none",
        from: "if (unsent.length) {",
        to: "if (unsent[0] !== undefined) {",
        by: "close_test.ts",
      },
      {
        about: "an error is not a ChannelError",
        from: "export class ChannelFullError extends ChannelError {",
        to: "export class ChannelFullError extends Error {",
        by: "try_test.ts",
      },
    ],
  },
];

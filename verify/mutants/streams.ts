// streams.ts: faults for streams.ts, _web_streams.ts and _fill.ts.

import type { MutantFile } from "./_mutant.ts";

const readable = "streams_readable_test.ts";
const writable = "streams_writable_test.ts";
const pipe = "streams_pipe_test.ts";
const from = "from_test.ts";
const fromStop = "from_stop_test.ts";

export const streams: readonly MutantFile[] = [
  {
    file: "streams.ts",
    mutants: [
      {
        about: "a readable stream takes a value before it is asked",
        from: "highWaterMark: 0",
        to: "highWaterMark: 1",
        by: readable,
      },
      {
        about: "what is added to the class shows when its members are listed",
        from: "writable: true, configurable: true",
        to: "writable: true, configurable: true, enumerable: true",
        by: "streams_types_test.ts",
      },
    ],
  },
  {
    file: "_web_streams.ts",
    mutants: [
      {
        about: "a stream that is read starves timers",
        from:
          "return due() ? hold(undefined).then(() => this.#step()) : this.#step();",
        to: "return this.#step();",
        by: readable,
      },
      {
        about: "a value is taken after a cancel",
        from: "if (this.#cancelled) return;",
        to: "",
        by: readable,
      },
      {
        about: "a read takes nothing that is there",
        from: "if (channel[available]()) return",
        to: "if (false) return",
        by: readable,
      },
      {
        about: "a read of a channel that has ended waits",
        from: "return ending ? this.#end(ending) : wait(",
        to: "return wait(",
        by: readable,
      },
      {
        about: "a read that is cancelled waits on in the channel",
        from: "this[withdraw](waiter);\n      waiter.resolve",
        to: "waiter.resolve",
        by: readable,
      },
      {
        about: "cancel() gives a reason where there is none",
        from: "if (reason === undefined) this.#channel.close();\n    else this",
        to: "this",
        by: readable,
      },
      {
        about: "cancel() drops its reason",
        from: "else this.#channel.close(reason);",
        to: "else this.#channel.close();",
        by: readable,
      },
      {
        about: "cancel() leaves the channel open",
        from: "else this.#channel.close(reason);",
        to: "",
        by: pipe,
      },
      {
        about: "the stream of a channel that failed just ends",
        from: "if (ending.plain) this.#controller.close();",
        to: "if (true) this.#controller.close();",
        by: readable,
      },
      {
        about: "the stream of a channel never ends",
        from: "if (ending.plain) this.#controller.close();",
        to: "if (ending.plain) return;",
        by: readable,
      },
      {
        about: "a read waits among the senders",
        from: "this.#channel[park](waiter, false);",
        to: "this.#channel[park](waiter, true);",
        by: readable,
      },
      {
        about: "cancel() does not know of the read that waits",
        from: "[park](waiter: Waiter): void {\n    this.#waiter = waiter;",
        to: "[park](waiter: Waiter): void {",
        by: readable,
      },
      {
        about: "cancel() withdraws a read that was served",
        from:
          "[woken](waiter: Waiter, value: unknown): void {\n    this.#waiter = undefined;",
        to: "[woken](waiter: Waiter, value: unknown): void {",
        by: readable,
        equivalent:
          "it is out and settled already; to withdraw or resolve it again changes nothing",
      },
      {
        about: "a read that waited gets nothing",
        from: "this.#controller.enqueue(value as T);",
        to: "",
        by: readable,
      },
      {
        about: "the read after one that waited is never begun",
        from:
          "this.#controller.enqueue(value as T);\n    settle(waiter.resolve);",
        to: "this.#controller.enqueue(value as T);",
        by: readable,
      },
      {
        about: "a read that waits does not hear of the end",
        from: "this.#end(ending);\n    settle",
        to: "settle",
        by: readable,
      },
      {
        about: "a writable stream does not hear that the channel was closed",
        from: "this.#abort.listen(channel.closeSignal);",
        to: "",
        by: writable,
      },
      {
        about: "a writable stream that was forgotten is kept",
        from: "const stream = new WeakRef(controller);",
        to: "const stream = { deref: () => controller };",
        by: "streams_memory_test.ts",
      },
      {
        about: "a writable stream that was forgotten leaves its listener",
        from: "FORGOTTEN.register(controller, this.#abort);",
        to: "",
        by: "verify/retention_ends_test.ts",
      },
      {
        about: "a writable stream errors without the reason of the close",
        from: "plain\n",
        to: "true\n",
        by: writable,
      },
      {
        about: "a writable stream errors with the error of a receive",
        from: "plain\n",
        to: "false\n",
        by: writable,
      },
      {
        about: "a write into room starves timers",
        from: "? rest(undefined)\n      : this.#channel.send",
        to: "? Promise.resolve()\n      : this.#channel.send",
        by: writable,
      },
      {
        about: "a write is done before its value is accepted",
        from: ": this.#channel.send(value, { signal });",
        to: ": void this.#channel.send(value, { signal }) as never;",
        by: writable,
      },
      {
        about: "a write that waits is not taken back",
        from: "this.#channel.send(value, { signal })",
        to: "this.#channel.send(value)",
        by: writable,
      },
      {
        about: "a stream that is closed listens to the channel",
        from: "this.#abort.leave();\n    this.#channel.close();",
        to: "this.#channel.close();",
        by: writable,
      },
      {
        about: "to close the stream leaves the channel open",
        from: "this.#abort.leave();\n    this.#channel.close();",
        to: "this.#abort.leave();",
        by: writable,
      },
      {
        about: "abort(undefined) closes the channel without a reason",
        from:
          "abort(reason: unknown): void {\n    this.#channel.close(reason);",
        to:
          "abort(reason: unknown): void {\n    this.#channel.close(...(reason === undefined ? [] as [] : [reason] as [unknown]));",
        by: writable,
      },
      {
        about: "to abort the stream leaves the channel open",
        from:
          "abort(reason: unknown): void {\n    this.#channel.close(reason);",
        to: "abort(reason: unknown): void {",
        by: writable,
      },
    ],
  },
  {
    file: "_fill.ts",
    mutants: [
      {
        about: "the source is not stopped when the channel closes",
        from: "stop.listen(channel.closeSignal);\n",
        to: "",
        by: fromStop,
      },
      {
        about: "the source is not told why it is stopped",
        from: "started.stop(plain ? undefined : error)",
        to: "started.stop(undefined)",
        by: fromStop,
      },
      {
        about: "the source is given a reason though there is none",
        from: "started.stop(plain ? undefined : error)",
        to: "started.stop(error)",
        by: fromStop,
      },
      {
        about: "the source is stopped within the call of close()",
        from: "DONE.then(() => started.stop(plain ? undefined : error))",
        to:
          "Promise.resolve(started.stop(plain ? undefined : error) as Promise<void>)",
        by: fromStop,
      },
      {
        about: "what the source throws as it stops is a rejection",
        from: ".catch(() => {});\n  });",
        to: ";\n  });",
        by: fromStop,
      },
      {
        about: "a source that has ended is stopped",
        from: "stop.leave();\n    started.release?.();\n    channel.close();",
        to: "started.release?.();\n    channel.close();",
        by: fromStop,
      },
      {
        about: "a source that has failed is stopped",
        from:
          "stop.leave();\n    started.release?.();\n    channel.close(error);",
        to: "started.release?.();\n    channel.close(error);",
        by: fromStop,
      },
      {
        about: "a stream that has ended stays locked",
        from: "stop.leave();\n    started.release?.();\n    channel.close();",
        to: "stop.leave();\n    channel.close();",
        by: fromStop,
      },
      {
        about: "a stream that has failed stays locked",
        from:
          "stop.leave();\n    started.release?.();\n    channel.close(error);",
        to: "stop.leave();\n    channel.close(error);",
        by: fromStop,
      },
      {
        about: "the channel stays open at the end of its source",
        from: "channel.close();",
        to: "",
        by: from,
      },
      {
        about: "the channel just ends when its source fails",
        from: "channel.close(error);",
        to: "channel.close();",
        by: from,
      },
      {
        about: "a value that comes too late is lost",
        from: "if (late) onDrop?.(late.value);",
        to: "",
        by: fromStop,
      },
      {
        about: "an end that comes too late is a value",
        from: "if (late) onDrop?.(late.value);",
        to: "onDrop?.(late?.value as T);",
        by: fromStop,
      },
      {
        about: "an undefined that comes too late is lost",
        from: "if (late) onDrop?.(late.value);",
        to: "if (late?.value) onDrop?.(late.value);",
        by: fromStop,
      },
      {
        about: "values of an iterable are settled on the way",
        from: "const step = later ? await next :",
        to: "const step = later || true ? await next :",
        by: from,
      },
      {
        about: "a source that gives no object gives undefined for ever",
        from: "if (Object(step) !== step) {",
        to: "if (false) {",
        by: from,
      },
      {
        about: "the end of a source is a value",
        from: "if (done) return undefined;",
        to: "if (done && value === undefined) return undefined;",
        by: from,
      },
      {
        about: "a source is asked for a value by a channel that is closed",
        from: "for (let burst = 1; !channel.closed; burst++) {",
        to: "for (let burst = 1; true; burst++) {",
        by: fromStop,
      },
      {
        about: "a burst into room starves timers",
        from: "if (burst % 8 === 0 && --left[0]! <= 0) await rest(undefined);",
        to: "",
        by: from,
      },
      {
        about: "a source is asked without end, whoever receives",
        from: "await channel.send(value);",
        to: "channel.send(value);",
        by: from,
      },
      {
        about: "a value that waited for room as the channel closed is lost",
        from: "return { value };",
        to: "return undefined;",
        by: fromStop,
      },
      {
        about: "a source is asked for more when the channel has closed",
        from: "return { value };",
        to: "",
        by: fromStop,
      },
      {
        about: "a stream is taken for an iterable",
        from: "if (any.getReader) {",
        to: "if (false as boolean) {",
        by: fromStop,
      },
      {
        about: "what cannot be iterated fails in another way",
        from: 'if (typeof iterate !== "function") {',
        to: "if (iterate === undefined) {",
        by: from,
      },
      {
        about: "a generator is left as it is",
        from: "stop: () => iterator.return?.()",
        to: "stop: () => {}",
        by: fromStop,
      },
    ],
  },
];

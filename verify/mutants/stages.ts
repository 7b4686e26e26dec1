// stages.ts: faults for what stages are made of: _pool.ts, _stage.ts, _leaveable.ts, _abort.ts.

import type { MutantFile } from "./_mutant.ts";

const broadcast = "broadcast_test.ts";
const broadcastFaults = "broadcast_faults_test.ts";
const map = "map_test.ts";
const mapEnds = "map_ends_test.ts";
const mapFaults = "map_faults_test.ts";
const consume = "consume_test.ts";

export const stages: readonly MutantFile[] = [
  {
    file: "_pool.ts",
    mutants: [
      {
        about: "a pool that is stopped waits on",
        from: "for (const loop of this.#loops) loop.return!();",
        to: "",
        by: mapEnds,
      },
      {
        about: "one worker is stopped",
        from: "for (const loop of this.#loops) loop.return!();",
        to: "this.#loops[0]!.return!();",
        by: mapEnds,
      },
      {
        about: "a value that was received as the pool stops is not worked on",
        from: "if (done) return;",
        to: "if (done || this.#stopped) return;",
        by: consume,
      },
      {
        about: "a worker more than the limit",
        from: "this.#loops.length < this.#limit &&",
        to: "this.#loops.length <= this.#limit &&",
        by: map,
      },
      {
        about: "one worker, whatever the limit",
        from: "this.#loops.length < this.#limit &&",
        to: "false &&",
        by: map,
      },
      {
        about: "a worker starts though another one waits for a value",
        from: "this.#idle === 0 && this.#loops",
        to: "this.#loops",
        by: map,
      },
      {
        about: "a worker that has a value counts as one that waits",
        from: "this.#idle--;",
        to: "",
        by: map,
      },
      {
        about: "workers start before there is work for them",
        from: "this.#loops.push(values);\n    this.#running++;",
        to:
          "this.#loops.push(values);\n    this.#running++;\n    if (this.#loops.length < this.#limit) this.#start();",
        by: map,
      },
      {
        about: "the reason of the source is dropped",
        from: "this.failure ??= { reason };",
        to: "",
        by: mapFaults,
      },
      {
        about: "the pool is over when its first worker is",
        from: "if (--this.#running === 0) this.#end(this.failure);",
        to: "this.#end(this.failure);",
        by: consume,
      },
      {
        about: "work is not waited for",
        from: "if (isThenable(result)) result = await result;",
        to: "",
        by: consume,
      },
      {
        about: "nobody waits until a result is received",
        from: 'if (typeof emitting === "object") await emitting;',
        to: "",
        by: map,
      },
      {
        about: "nobody is told of an error",
        from: "fail(error);",
        to: "",
        by: broadcastFaults,
      },
      {
        about: "only the platform's own promises are waited for",
        from:
          'return typeof (value as PromiseLike<R> | null | undefined)?.then ===\n    "function";',
        to: "return value instanceof Promise;",
        by: map,
      },
    ],
  },
  {
    file: "_stage.ts",
    mutants: [
      {
        about: "anything is a receiver",
        from: 'if (typeof source?.[available] === "function") return;',
        to: "return;",
        by: broadcastFaults,
      },
      {
        about: "a stage goes on when the close of its source throws",
        from: "} finally {\n    stop();",
        to: "stop();\n  } finally {",
        by: "stage_test.ts",
      },
      {
        about: "the source is closed without the reason",
        from: ".close?.(...reason);",
        to: ".close?.();",
        by: mapFaults,
      },
      {
        about: "a source that cannot be closed is an error",
        from: ".close?.(...reason);",
        to: ".close!(...reason);",
        by: mapEnds,
      },
      {
        about: "a close goes up the pipeline by recursion",
        from: "if (waiting) {",
        to: "if (false) {",
        by: broadcastFaults,
      },
      {
        about: "after the first close no stage is told of its own",
        from: "waiting = undefined;\n  if",
        to: "if",
        by: "flow_time_test.ts",
      },
      {
        about: "a close that throws keeps those behind it from theirs",
        from: "failure ??= { reason };",
        to: "waiting = undefined;\n      throw reason;",
        by: "stage_test.ts",
      },
      {
        about: "what a close throws is dropped",
        from: "if (failure) throw failure.reason;",
        to: "",
        by: "stage_test.ts",
      },
      {
        about: "a stage is told of each close, not of the first",
        from: "if (this.closed) return;\n    super",
        to: "super",
        by: broadcastFaults,
      },
      {
        about: "a stage is told of a close before it happens",
        from:
          "super.close(...reason);\n    inTurn(() => this.#whenClosed(reason));",
        to:
          "inTurn(() => this.#whenClosed(reason));\n    super.close(...reason);",
        by: broadcast,
      },
      {
        about: "the first loop that is left closes the stage",
        from: "if (--this.#loops === 0) this.close();",
        to: "this.close();",
        by: mapEnds,
      },
      {
        about: "a loop that is left closes nothing",
        from: "if (--this.#loops === 0) this.close();",
        to: "",
        by: mapEnds,
      },
      {
        about: "a loop over batches does not count",
        from: "return this.#loop(max, undefined);",
        to: "return super.batches(max);",
        by: mapEnds,
      },
    ],
  },
  {
    file: "_leaveable.ts",
    mutants: [
      {
        about: "a loop that is aborted still counts",
        from: "step.catch(() => this.leave());",
        to: "",
        by: mapEnds,
      },
      {
        about: "a loop that was left twice counts twice",
        from: "this.#leave = undefined;",
        to: "",
        by: mapEnds,
      },
    ],
  },
  {
    file: "_abort.ts",
    mutants: [
      {
        about: "a signal that is aborted already is not heeded",
        from: "if (signal?.aborted) this.#stop(signal.reason);\n    else if",
        to: "if",
        by: mapFaults,
      },
      {
        about: "a signal is not listened to",
        from: "else if (signal) watch(signal, this);",
        to: "",
        by: mapFaults,
      },
      {
        about: "a signal is listened to for ever",
        from: "unwatch(this);",
        to: "if (this.hub?.signal.aborted) unwatch(this);",
        by: mapFaults,
      },
      {
        about: "the reason of an abort is dropped",
        from: "this.leave();\n    this.#stop(reason);",
        to: "this.leave();\n    this.#stop(undefined);",
        by: mapFaults,
      },
    ],
  },
];

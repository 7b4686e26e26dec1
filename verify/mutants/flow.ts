// flow.ts: faults for flow.ts: broadcast, map and consume.

import type { MutantFile } from "./_mutant.ts";

const broadcast = "broadcast_test.ts";
const broadcastFaults = "broadcast_faults_test.ts";
const map = "map_test.ts";
const mapEnds = "map_ends_test.ts";
const mapFaults = "map_faults_test.ts";
const consume = "consume_test.ts";

export const flow: readonly MutantFile[] = [
  {
    file: "flow.ts",
    mutants: [
      {
        about: "anything is taken for options",
        from:
          'if (options === undefined || typeof options === "object") return;',
        to: "return;",
        by: mapFaults,
      },
      {
        about: "broadcast() to nobody",
        from: 'checkWhole("Cannot broadcast: subscribers", count, 1);',
        to: 'checkWhole("Cannot broadcast: subscribers", count, 0);',
        by: broadcastFaults,
      },
      {
        about: "broadcast() to more than an array can hold",
        from: "if (count > MOST) {",
        to: "if (false) {",
        by: broadcastFaults,
      },
      {
        about: "broadcast() takes anything for a signal",
        from: "checkWait(signal);\n  let open",
        to: "let open",
        by: broadcastFaults,
      },
      {
        about:
          "broadcast(): options that all share go before a subscriber's own",
        from: "capacity: own?.capacity ?? shared.capacity,",
        to: "capacity: shared.capacity ?? own?.capacity,",
        by: broadcast,
      },
      {
        about:
          "broadcast(): a subscriber with options of its own has no others",
        from: "onDrop: own?.onDrop ?? shared.onDrop,",
        to: "onDrop: own ? own.onDrop : shared.onDrop,",
        by: broadcast,
      },
      {
        about: "broadcast() closes its source while somebody listens",
        from: "if (--open > 0) return;",
        to: "if (--open > 1) return;",
        by: broadcastFaults,
      },
      {
        about: "broadcast() never closes its source",
        from: "leaveSource(source, reason, () => work?.stop());",
        to: "work?.stop();",
        by: broadcastFaults,
      },
      {
        about: "broadcast() closes its source without the reason",
        from: "leaveSource(source, reason, () => work?.stop());",
        to: "leaveSource(source, [], () => work?.stop());",
        by: broadcastFaults,
      },
      {
        about: "broadcast() that is over listens to its signal",
        from: "abort.leave();\n        leaveSource",
        to: "leaveSource",
        by: broadcastFaults,
      },
      {
        about:
          "broadcast() that nobody wants waits on a source that stays open",
        from: "() => work?.stop()",
        to: "() => {}",
        by: broadcastFaults,
      },
      {
        about: "broadcast() closes without the reason of an abort",
        from: "closeAll([reason])",
        to: "closeAll([])",
        by: broadcastFaults,
      },
      {
        about: "broadcast() takes a value though its signal is aborted",
        from: "if (open > 0) {",
        to: "if (true) {",
        by: broadcastFaults,
      },
      {
        about: "broadcast() tells of a plain end as of an error",
        from: "plain ? [] : [error]",
        to: "[error]",
        by: broadcast,
      },
      {
        about: "map() takes two values at once by default",
        from: "const { concurrency = 1, ordered,",
        to: "const { concurrency = 2, ordered,",
        by: map,
      },
      {
        about: "map() closes without the reason of an abort",
        from: "(reason) => results.close(reason)",
        to: "() => results.close()",
        by: mapFaults,
      },
      {
        about: "map() that is over listens to its signal",
        from: "abort.leave();\n    leaveSource",
        to: "leaveSource",
        by: mapFaults,
      },
      {
        about: "map() that nobody wants does not close its source",
        from: "leaveSource(source, reason, () => {\n",
        to: "((stop: () => void) => stop())(() => {\n",
        by: mapEnds,
      },
      {
        about: "map() closes its source without the reason",
        from: "leaveSource(source, reason, () => {\n",
        to: "leaveSource(source, [], () => {\n",
        by: mapFaults,
      },
      {
        about: "map() that is over waits on a source that stays open",
        from: "working?.stop();\n      inOrder",
        to: "inOrder",
        by: mapEnds,
      },
      {
        about: "map() in order that is over holds on to its results",
        from: "inOrder?.cancel();",
        to: "",
        by: "verify/retention_test.ts",
      },
      {
        about: "map() in order works on one value too many",
        from: "(concurrency - 2)",
        to: "(concurrency - 1)",
        by: map,
      },
      {
        about: "map() tells of an error of fn when the source failed before",
        from:
          "results.close(working?.failure ? working.failure.reason : error);",
        to: "results.close(error);",
        by: mapEnds,
      },
      {
        about: "map() loses a result that nobody waits for",
        from:
          "results.trySend(result) || results.send(result).catch(() => {});",
        to: "results.trySend(result) || true;",
        by: map,
      },
      {
        about: "map() does not heed its signal",
        from: "abort.listen(signal);\n  if (results.closed)",
        to: "if (results.closed)",
        by: mapFaults,
      },
      {
        about: "map() takes a value though its signal is aborted",
        from: "if (results.closed) return results;",
        to: "",
        by: mapFaults,
      },
      {
        about: "map() gives fn no signal",
        from: "fn(value, controller.signal)",
        to: "fn(value, undefined as never)",
        by: map,
      },
      {
        about: "map() that ends well aborts what fn may have given out",
        from: "over = true;",
        to: "",
        by: map,
      },
      {
        about: "map() that ends early lets its work go on",
        from: "if (!over) controller.abort(results[ended](true)!.error);",
        to: "",
        by: mapFaults,
      },
      {
        about: "map() does not tell its work the reason",
        from: "if (!over) controller.abort(results[ended](true)!.error);",
        to: "if (!over) controller.abort();",
        by: mapFaults,
      },
      {
        about: "map() tells its work of the end before its source is closed",
        from: "abort.leave();\n    leaveSource",
        to:
          "abort.leave();\n    controller.abort(results[ended](true)!.error);\n    leaveSource",
        by: mapEnds,
      },
      {
        about: "map() in order ends before its last results are out",
        from: "await emitted;",
        to: "",
        by: map,
      },
      {
        about: "map() in order never ends",
        from: "inOrder?.close();",
        to: "",
        by: map,
      },
      {
        about: "map() ends without the reason of its source",
        from: "results.close(...reasonOf(failure));",
        to: "results.close();",
        by: mapFaults,
      },
      {
        about: "map() and consume() take undefined for no reason",
        from: "return failure ? [failure.reason] : [];",
        to: "return failure?.reason ? [failure.reason] : [];",
        by: mapFaults,
      },
      {
        about: "map() in order starts a lazy result when its turn comes",
        from: "isThenable(result) ? Promise.resolve(result) : result;",
        to: "result;",
        by: map,
      },
      {
        about: "map() in order hears of an error when its turn comes",
        from: "if (pending instanceof Promise) pending.catch(fail);",
        to: "",
        by: mapFaults,
      },
      {
        about: "map() in order does not wait for room behind a slow result",
        from: "return inOrder.send(pending).catch(() => {});",
        to: "inOrder.send(pending).catch(() => {});",
        by: map,
      },
      {
        about: "consume() rejects with the last error",
        from: "if (failure) return;\n    const first = failure = pool",
        to: "const first = failure = pool",
        by: consume,
      },
      {
        about: "consume() rejects with an error when the source failed before",
        from: "failure = pool?.failure ?? { reason };",
        to: "failure = { reason };",
        by: consume,
      },
      {
        about: "consume() leaves its source open after an error",
        from: "leaveSource(source, [reason], () => {\n",
        to: "((stop: () => void) => stop())(() => {\n",
        by: consume,
      },
      {
        about: "consume() closes its source without the reason",
        from: "leaveSource(source, [reason], () => {\n",
        to: "leaveSource(source, [], () => {\n",
        by: consume,
      },
      {
        about: "consume() works off the buffer after an error",
        from: "pool?.stop();\n      controller",
        to: "controller",
        by: consume,
      },
      {
        about: "consume() does not tell the other calls of an error",
        from: "controller.abort(first.reason);",
        to: "",
        by: consume,
      },
      {
        about: "consume() does not heed its signal",
        from: "abort.listen(signal);\n  if (!failure) {",
        to: "if (!failure) {",
        by: consume,
      },
      {
        about: "consume() takes a value though its signal is aborted",
        from: "if (!failure) {",
        to: "if (true) {",
        by: consume,
      },
      {
        about: "consume() forgets its own error",
        from: "failure ??= ended;",
        to: "failure = ended;",
        by: consume,
      },
      {
        about: "consume() ends well when its source does not",
        from: "failure ??= ended;",
        to: "",
        by: consume,
      },
      {
        about: "consume() that is over listens to its signal",
        from: "abort.leave();\n  }\n",
        to: "}\n",
        by: consume,
      },
      {
        about: "consume() takes undefined for no reason",
        from: "if (failure) throw failure.reason;",
        to: "if (failure?.reason) throw failure.reason;",
        by: consume,
      },
      {
        about: "anything is a function",
        from: 'if (typeof work !== "function") {',
        to: "if (false) {",
        by: consume,
      },
      {
        about: "a pool of nobody",
        from: "concurrency`, concurrency, 1);",
        to: "concurrency`, concurrency, 0);",
        by: consume,
      },
      {
        about: "map() and consume() take anything for a signal",
        from: "concurrency, 1);\n  checkWait(signal);",
        to: "concurrency, 1);",
        by: consume,
      },
    ],
  },
];

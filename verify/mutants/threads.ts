// threads.ts: faults for links between threads, and for pools of threads.

import type { MutantFile } from "./_mutant.ts";

const receiver = "worker_receiver_test.ts";
const leases = "worker_leases_test.ts";
const reasons = "worker_reasons_test.ts";
const faults = "worker_faults_test.ts";
const pool = "worker_pool_test.ts";
const poolEnds = "worker_pool_ends_test.ts";

export const threads: readonly MutantFile[] = [
  {
    file: "_link.ts",
    mutants: [
      {
        about: "a port that is in use is taken",
        from: "    owned.add(port);\n",
        to: "",
        by: faults,
      },
      {
        about: "what was said before the hello is heard",
        from: "    else if (!this.#greeted) return;\n",
        to: "",
        by: faults,
      },
      {
        about: "any version will do",
        from: "if (version !== VERSION) {",
        to: "if (version === undefined) {",
        by: faults,
      },
      {
        about: "any side will do",
        from: "} else if (side !== wanted) {",
        to: "} else if (side === undefined) {",
        by: faults,
      },
      {
        about: "a foreign message is taken for one of ours",
        from: "if (!Array.isArray(data) || data[0] !== TAG) return;",
        to: "if (!Array.isArray(data)) return;",
        by: faults,
      },
      {
        about: "the end of a thread is not noticed",
        from: '    port.addEventListener("close", this.#left);\n',
        to: "",
        by: leases,
      },
      {
        about: "a message that cannot be read is not noticed",
        from: '    port.addEventListener("messageerror", this.#garbled);\n',
        to: "",
        by: faults,
      },
      {
        about: "a message that makes no sense ends the process",
        from: '      this.#lose("a message could not be understood");',
        to: "",
        by: faults,
      },
      {
        about: "the other side does not hear that this one is gone",
        from: '    this.post("bye");\n    this.#over = true;',
        to: "    this.#over = true;",
        by: receiver,
      },
      {
        about: "a side that has left does not wait for what it has said",
        from: "if (!this.#greeted) this.#end();",
        to: "this.#end();",
        by: faults,
        equivalent:
          "what was said is heard before the lock is looked at a second time, but for long queues",
      },
    ],
  },
  {
    file: "_lifeline.ts",
    mutants: [
      {
        about: "a thread that closes itself is not noticed",
        from: "locks()?.request(name, { signal }, freed).catch(ignore);",
        to: "",
        by: poolEnds,
      },
      {
        about: "nobody hears that a lock is held",
        from: "      had();\n",
        to: "",
        by: "lifeline_test.ts",
      },
      {
        about: "a lock that is free once is the end",
        from:
          "if (heard === this.heard && (this.held || looks > LOOKS)) this.#gone();",
        to: "if (this.held || looks > LOOKS) this.#gone();",
        by: "lifeline_test.ts",
      },
      {
        about: "a lock that nobody has had yet is the end",
        from: "(this.held || looks > LOOKS)",
        to: "(this.held || looks >= 0)",
        by: "lifeline_test.ts",
      },
      {
        about: "a thread that never had its lock is waited for for ever",
        from: "(this.held || looks > LOOKS)",
        to: "this.held",
        by: "lifeline_test.ts",
      },
      {
        about: "a lock is held for ever",
        from: 'signal.addEventListener("abort", free, { once: true })',
        to: 'signal.addEventListener("never", free, { once: true })',
        by: "lifeline_test.ts",
      },
      {
        about: "a timer outlives what it was for",
        from: "    clearTimeout(this.#timer);\n",
        to: "",
        by: "lifeline_test.ts",
        equivalent:
          "the timer finds that all is over; it is there for 20 ms more",
      },
    ],
  },
  {
    file: "_reason.ts",
    mutants: [
      {
        about: "an error has no cause over there",
        from: "...told && { cause: pack(error.cause, deep + 1) },",
        to: "",
        by: reasons,
      },
      {
        about: "an error that causes itself is told for ever",
        from: '"cause" in error && deep < DEEPEST;',
        to: '"cause" in error;',
        by: reasons,
      },
      {
        about: "an error has the stack of its arrival",
        from: 'if (stack !== undefined) define(error, "stack", stack);',
        to: "",
        by: reasons,
      },
      {
        about: "an abort is told as an error",
        from: "const error = dom\n",
        to: "const error = dom === undefined\n",
        by: reasons,
      },
      {
        about: "every error is an Error",
        from: "Object.hasOwn(CLASSES, name) ? CLASSES[name]! : Error",
        to: "Error",
        by: reasons,
      },
      {
        about: "any name is looked up",
        from: "Object.hasOwn(CLASSES, name) ? CLASSES[name]! : Error",
        to: "CLASSES[name] ?? Error",
        by: reasons,
      },
    ],
  },
  {
    file: "_crossing.ts",
    mutants: [
      {
        about: "what onLost throws is thrown on",
        from: "if (onLost) new Promise(() => onLost(value, reason));",
        to: "if (onLost) onLost(value, reason);",
        by: poolEnds,
      },
    ],
  },
  {
    file: "_crew.ts",
    mutants: [
      {
        about: "a thread gets more than its window",
        from: "!this.#over ? window - this.#jobs.size : 0;",
        to: "!this.#over ? 1000 - this.#jobs.size : 0;",
        by: pool,
      },
      {
        about: "one thread gets all",
        from: "if (member.room > (best?.room ?? 0)) best = member;",
        to: "if (!best && member.room > 0) best = member;",
        by: pool,
        equivalent: "a thread that is full has no room; it shows in speed",
      },
      {
        about: "a dead thread is not replaced",
        from: "if (!this.#over) this.#hire();\n    this.assign",
        to: "this.assign",
        by: pool,
      },
      {
        about: "the values of a dead thread are lost",
        from: "    this.#waiting.unshift(...again);\n",
        to: "",
        by: pool,
      },
      {
        about: "a value that kills is tried for ever",
        from: "++job.deaths < MOST_DEATHS &&",
        to: "++job.deaths < Infinity &&",
        by: pool,
      },
      {
        about: "what was transferred is tried again",
        from: "++job.deaths < MOST_DEATHS && !job.task.gone",
        to: "++job.deaths < MOST_DEATHS",
        by: poolEnds,
      },
      {
        about: "a thread that never was ready is replaced",
        from: "    if (!member.up || ",
        to: "    if (",
        by: poolEnds,
      },
      {
        about: "threads that die idle are replaced for ever",
        from: "if (jobs.length === 0) this.#idleDeaths++;",
        to: "",
        by: poolEnds,
      },
      {
        about: "threads that die idle now and then end the pool",
        from: "    this.#idleDeaths = 0;\n",
        to: "",
        by: poolEnds,
      },
      {
        about: "jobs go on being posted when all has ended",
        from:
          "for (const n of numbers) if (this.#jobs.has(n)) this.#postAlone(n);",
        to: "for (const n of numbers) this.#postAlone(n);",
        by: poolEnds,
      },
      {
        about: "a stopped pool takes work",
        from: "    if (this.#over) return Promise.reject(this.#over.reason);\n",
        to: "",
        by: pool,
      },
      {
        about: "handlers do not hear of the end",
        from: '      this.#link.post("stop");\n',
        to: "",
        by: poolEnds,
      },
      {
        about: "an idle thread keeps the process alive",
        from:
          "if (this.#jobs.size === 0 && !this.#over) this.#thread.keepAlive(false);",
        to: "",
        by: pool,
      },
      {
        about: "a busy thread lets the process end",
        from: "    if (this.#jobs.size === 0) this.#thread.keepAlive(true);\n",
        to: "",
        by: pool,
      },
      {
        about: "an error of a handler is a result",
        from: "if (done) job?.resolve(result as R);",
        to: "if (done || job) job?.resolve(result as R);",
        by: poolEnds,
      },
    ],
  },
  {
    file: "_serving.ts",
    mutants: [
      {
        about: "a module serves twice",
        from: "  serving = true;\n",
        to: "",
        by: pool,
      },
      {
        about: "a result that cannot be cloned is lost",
        from:
          'this.#link.post("outcomes", [[outcome[0], false, pack(error)]]);',
        to: "void error;",
        by: poolEnds,
      },
      {
        about: "a stopped thread works on",
        from:
          '    this.#controller.abort(\n      new ChannelError("Cannot go on: the pool has ended"),\n    );\n',
        to: "",
        by: poolEnds,
      },
    ],
  },
  {
    file: "pool.ts",
    mutants: [
      {
        about: "a value is done with before its result is there",
        from:
          "      const result = await crew.run(task);\n      settleLoans(source, [loan]);",
        to:
          "      settleLoans(source, [loan]);\n      const result = await crew.run(task);",
        by: pool,
      },
      {
        about: "a value that was not worked on is lost",
        from: "task.gone ? [loan] : returnLoans(source, [loan]);",
        to: "[loan];",
        by: pool,
      },
      {
        about: "threads outlive their pool",
        from: "() => crew.stop(closeSignal.reason),",
        to: "() => {},",
        by: pool,
      },
      {
        about: "results come in any order",
        from: "    ordered,\n    capacity,",
        to: "    capacity,",
        by: pool,
      },
    ],
  },
];

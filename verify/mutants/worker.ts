// worker.ts: faults for the ends in other threads, and for pools of threads.

import type { MutantFile } from "./_mutant.ts";

const receiver = "worker_receiver_test.ts";
const sender = "worker_sender_test.ts";
const faults = "worker_faults_test.ts";
const pool = "worker_pool_test.ts";
const loans = "loans_test.ts";

export const threads: readonly MutantFile[] = [
  {
    file: "_lender.ts",
    mutants: [
      {
        about: "more is lent than was asked for",
        from: "while (this.#asked > 0 && source",
        to: "while (source",
        by: receiver,
      },
      {
        about: "an acknowledged value is still held",
        from: "if (this.#held.delete(n)) loans.push(held!.loan);",
        to: "if (held) loans.push(held.loan);",
        by: receiver,
      },
      {
        about: "an acknowledged value stays leased",
        from: "    settleLoans(this.#source, loans);\n",
        to: "",
        by: receiver,
      },
      {
        about: "what is given back twice comes twice",
        from: "return this.#held.delete(number) ? held! : [];",
        to: "return held ?? [];",
        by: receiver,
      },
      {
        about: "what was taken and not posted is lost with the other side",
        from: "...this.#next.splice(0).map((loan) => ({ loan, gone: false })),",
        to: "",
        by: receiver,
      },
      {
        about: "what was posted is lost with the other side",
        from: "      ...held,\n",
        to: "",
        by: receiver,
      },
      {
        about: "what comes back is forgotten in another order",
        from: "const held = [...this.#held.values()];",
        to: "const held = [...this.#held.values()].reverse();",
        by: receiver,
      },
      {
        about: "a waiter stays parked when the other side is gone",
        from:
          "this.#leaving.abort();\n    if (this.#parked) this.#source[withdraw](this.#waiter);",
        to: "this.#leaving.abort();",
        by: faults,
      },
      {
        about: "who leaves leaves its waiter parked",
        from:
          "#quit(): void {\n    if (this.#parked) this.#source[withdraw](this.#waiter);",
        to: "#quit(): void {",
        by: receiver,
      },
      {
        about: "who leaves is lent to all the same",
        from: "    this.#asked = 0;\n",
        to: "",
        by: receiver,
      },
      {
        about: "a value that was transferred is put back",
        from: "gone: list.length > 0 });",
        to: "gone: false });",
        by: receiver,
      },
      {
        about: "a value that was transferred counts for join() for ever",
        from: "    settleLoans(this.#source, gone);\n",
        to: "",
        by: receiver,
      },
      {
        about: "a value that cannot be cloned counts for join() for ever",
        from: "      settleLoans(this.#source, [loan]);\n",
        to: "",
        by: receiver,
      },
      {
        about: "nothing comes in the place of what cannot be cloned",
        from: "      this.#asked++;\n",
        to: "",
        by: receiver,
      },
      {
        about: "nobody hears of a value that cannot be cloned",
        from: "else Promise.reject(error);",
        to: "",
        by: receiver,
      },
      {
        about: "the end overtakes the last values",
        from: "    this.#ended = true;\n    this.#flush();",
        to: "    this.#ended = true;",
        by: receiver,
      },
      {
        about: "the reason of the close is not told",
        from: "plain ? undefined : pack(error)",
        to: "undefined",
        by: receiver,
      },
      {
        about: "the other side is not told of a close",
        from: '() => this.#link.post("closed"),',
        to: "() => {},",
        by: receiver,
      },
      {
        about: "the other side is not told of a drain",
        from: '    this.#link.post("drained");\n',
        to: "",
        by: receiver,
      },
      {
        about: "the drain is told before the end",
        from: "    this.#end(this.#source[ended]()!);\n",
        to: "",
        by: receiver,
      },
      {
        about: "each value is a message",
        from: "    this.#next.push(loan);\n    this.#batch.add();",
        to: "    this.#next.push(loan);\n    this.#flush();",
        by: receiver,
      },
    ],
  },
  {
    file: "_port_receiver.ts",
    mutants: [
      {
        about: "a value that comes back has another number",
        from: "hand.hold(this.#came++);",
        to: "hand.hold(++this.#came);",
        by: receiver,
      },
      {
        about: "what has come has the number of what comes next",
        from: "hand.hold(this.#came - this.#ready.size);",
        to: "hand.hold(this.#came);",
        by: receiver,
      },
      {
        about: "the window is one wider",
        from: "this.#hands.size + this.#window - 1 -",
        to: "this.#hands.size + this.#window -",
        by: receiver,
      },
      {
        about: "nobody asks for those that wait",
        from: "return this.#hands.size + this.#window - 1 -",
        to: "return this.#window -",
        by: receiver,
      },
      {
        about: "what was asked for is asked for again",
        from: "    this.#asked += want;\n",
        to: "",
        by: receiver,
      },
      {
        about: "an acknowledgement is told again",
        from: "    this.#done = [];\n",
        to: "",
        by: receiver,
        equivalent: "a value is acknowledged once",
      },
      {
        about: "acknowledgements wait for half a window",
        from: "hungry && (this.#doneCount > 0 ||",
        to: "hungry && (",
        by: receiver,
      },
      {
        about: "a disposed receiver does not tell what it is done with",
        from: "    this.#keen = false;\n    this.#tell();",
        to: "    this.#keen = false;",
        by: receiver,
      },
      {
        about: "a loop that is left goes on asking",
        from: "    this.#keen = false;\n    this.#back",
        to: "    this.#back",
        by: receiver,
      },
      {
        about: "what a loop has is lost when it is left",
        from: "    this.#back.push(...numbers);\n",
        to: "",
        by: receiver,
      },
      {
        about: "what was asked for ahead is kept when the last loop is left",
        from: "if (this.#idle) numbers.push(...this.#clear());",
        to: "",
        by: receiver,
      },
      {
        about: "what is given back is in no order",
        from: "this.giveBack(numbers.sort((a, b) => a - b));",
        to: "this.giveBack(numbers.sort((a, b) => b - a));",
        by: receiver,
      },
      {
        about: "one loop that is left ends the asking of all",
        from: "return this.#loops === 0 && !this.#receivers;",
        to: "return !this.#receivers;",
        by: receiver,
      },
      {
        about: "what was revoked still counts as asked for",
        from: "        this.#asked -= data as number;\n",
        to: "",
        by: receiver,
      },
      {
        about: "plain calls acknowledge nothing",
        from: "    this.#hand.settle();\n    return this.#hand[take](max);",
        to: "    return this.#hand[take](max);",
        by: receiver,
      },
      {
        about: "a plain call that waits acknowledges nothing",
        from: "      this.#hand.settle();\n      this.parkFor",
        to: "      this.parkFor",
        by: receiver,
      },
      {
        about: "who joins waits on when the other side is gone",
        from: "      fail(this[withdraw](joiner), error);",
        to: "      this[withdraw](joiner);",
        by: faults,
      },
      {
        about: "join() waits for a side that is gone",
        from: "return this.#lost && !this.#drained",
        to: "return this.#lost && this.#drained",
        by: faults,
      },
      {
        about: "what has come is lost at the end",
        from: "return this.#ready.size > 0 ? undefined : this.#ending;",
        to: "return this.#ending;",
        by: receiver,
        equivalent:
          "whoever asks looks first whether there is a value; select and receive do",
      },
      {
        about: "a drained receiver keeps its port",
        from: "    this.#link.close();\n    for (let joiner",
        to: "    for (let joiner",
        by: receiver,
      },
      {
        about: "a keeper acknowledges what it gives back",
        from: "back: () => this.giveBack([number]),",
        to: "back: () => this.acknowledge([number]),",
        by: receiver,
      },
    ],
  },
  {
    file: "_hand.ts",
    mutants: [
      {
        about: "a loop acknowledges nothing",
        from: "    this.#hand.settle();\n    if (this.#on",
        to: "    if (this.#on",
        by: receiver,
      },
      {
        about: "a loop that its signal ends goes on",
        from: "if (this.#aborts) step.catch(() => this.#leave());",
        to: "if (this.#aborts) step.catch(() => {});",
        by: receiver,
      },
      {
        about: "a loop is left twice",
        from: "    this.#on = false;\n",
        to: "",
        by: receiver,
        equivalent:
          "what it holds is given back once, and more loops left than begun are none",
      },
      {
        about: "leaving a loop keeps its value",
        from: "    const result = super.return(value);\n    this.#leave();",
        to: "    const result = super.return(value);",
        by: receiver,
      },
      {
        about: "what was acknowledged is given back as well",
        from:
          "    this.#receiver.acknowledge(this.#numbers);\n    this.#numbers = [];",
        to: "    this.#receiver.acknowledge(this.#numbers);",
        by: receiver,
      },
    ],
  },
  {
    file: "_intake.ts",
    mutants: [
      {
        about: "a value overtakes one that waits",
        from: "    if (this.#parked) return;\n    const target",
        to: "    const target",
        by: sender,
      },
      {
        about: "accepted values are not told of",
        from: 'if (this.#took > 0) this.#link.post("took", this.#took);',
        to: "",
        by: sender,
      },
      {
        about: "an answer overtakes the one before",
        from: '    this.#tell();\n    this.#link.post("refused"',
        to: '    this.#link.post("refused"',
        by: sender,
      },
      {
        about: "what is refused is kept",
        from:
          '    this.#link.post("refused", this.#queue.length);\n    this.#queue = [];',
        to: '    this.#link.post("refused", this.#queue.length);',
        by: sender,
        equivalent:
          "the channel is closed by then: what follows is refused too",
      },
      {
        about: "a withdrawn value is sent",
        from: "    this.#queue.splice(index, 1);\n",
        to: "",
        by: sender,
      },
      {
        about: "the head is withdrawn, and stays in the channel",
        from: "    if (index > 0 || !this.#parked) return;\n",
        to: "    return;\n",
        by: sender,
      },
      {
        about: "a thread that has ended leaves its producer open",
        from: "if (!(target instanceof Channel)) target[Symbol.dispose]?.();",
        to: "",
        by: sender,
      },
      {
        about: "a thread that has ended closes the channel",
        from: "if (!(target instanceof Channel)) target[Symbol.dispose]?.();",
        to: "(target as Partial<Disposable>)[Symbol.dispose]?.();",
        by: sender,
      },
      {
        about: "a producer is closed before its values are accepted",
        from:
          "if (!this.#over || this.#queue.length > 0 || this.#parked) return;",
        to: "if (!this.#over) return;",
        by: sender,
      },
      {
        about: "the reason of a close is lost on the way",
        from: "if (reason.length === 0) this.#target.close();",
        to: "if (reason.length < 2) this.#target.close();",
        by: sender,
      },
      {
        about: "the other side is not told of a close",
        from:
          'const closed = () => this.#link.post("closed", pack(closeSignal.reason));',
        to: "const closed = () => {};",
        by: sender,
      },
    ],
  },
  {
    file: "_port_sender.ts",
    mutants: [
      {
        about: "more is on the way than there is room for",
        from: "    this.#room--;\n    const flight",
        to: "    const flight",
        by: sender,
      },
      {
        about: "what trySend() sends takes no room",
        from:
          "    this.#postOne(new Flight<T>(value, undefined));\n    this.#room--;",
        to: "    this.#postOne(new Flight<T>(value, undefined));",
        by: sender,
      },
      {
        about: "trySend() overtakes what was sent before",
        from: "#launchNow(value: T): void {\n    this.#flush();",
        to: "#launchNow(value: T): void {",
        by: sender,
      },
      {
        about: "room that is given back is forgotten",
        from:
          "        flight.giveUp();\n        this.#admit(1);\n        break;",
        to: "        flight.giveUp();\n        break;",
        by: sender,
      },
      {
        about: "a send that was not posted yet is not withdrawn",
        from: "      this.#next.splice(index, 1);\n",
        to: "",
        by: sender,
      },
      {
        about: "close() overtakes what was sent",
        from:
          "if (!this.closed || this.#senders || this.#next.length || this.#sent.size) {",
        to: "if (!this.closed) {",
        by: sender,
      },
      {
        about: "who waits is not told of a close",
        from: "      fail(sender, error);",
        to: "",
        by: sender,
      },
      {
        about: "closeSignal does not tell of a close over there",
        from:
          "      fail(sender, error);\n    }\n    this.#controller?.abort(this.#reason);",
        to: "      fail(sender, error);\n    }",
        by: sender,
      },
      {
        about: "closeSignal does not tell of a close here",
        from:
          "    this.#mayLeave();\n    this.#controller?.abort(this.#reason);\n  }\n\n  /** Resolves",
        to: "    this.#mayLeave();\n  }\n\n  /** Resolves",
        by: sender,
      },
      {
        about: "disposing does not wait",
        from: "    this.close();\n    return this.#leaving;",
        to: "    this.close();\n    return Promise.resolve();",
        by: sender,
      },
      {
        about: "one value that cannot be cloned takes others with it",
        from:
          "    for (const flight of flights) {\n      try {\n        this.#postOne(flight);\n      } catch (error) {",
        to:
          "    for (const flight of flights) {\n      try {\n        throw new Error();\n      } catch (error) {",
        by: sender,
      },
      {
        about: "a select with a value that cannot be cloned waits for ever",
        from: "        fail(waiter, error);",
        to: "",
        by: sender,
      },
      {
        about: "what is refused is not told to onLost",
        from: "if (!flight.fail(error)) this.#lose(flight.value, error);",
        to: "flight.fail(error);",
        by: sender,
      },
      {
        about: "sendAll() tells of one lost value only",
        from: "    this.#loseAll(others);\n",
        to: "",
        by: sender,
      },
      {
        about: "the values of one turn are a message each",
        from: "if (!this.#sending.transfer && this.#postAll(flights)) return;",
        to: "",
        by: sender,
      },
    ],
  },
  {
    file: "_ahead.ts",
    mutants: [
      {
        about: "sendAll() does not wait for what is on its way",
        from: "return this.#flying > 0",
        to: "return this.#flying < 0",
        by: sender,
      },
      {
        about: "sendAll() goes on after a failure",
        from:
          "if (this.failures.length > 0 || !this.#to[sendable]()) return false;",
        to: "if (!this.#to[sendable]()) return false;",
        by: sender,
        equivalent:
          "a failure comes with the close, after which there is no room",
      },
    ],
  },
  {
    file: "_flight.ts",
    mutants: [
      {
        about: "a value that has arrived listens to its signal",
        from: "    unwatch(this);\n    if (this.#waiter) settle",
        to: "    if (this.#waiter) settle",
        by: sender,
      },
      {
        about: "a recalled send rejects with something else",
        from: "    this.#reason = reason;\n",
        to: "",
        by: sender,
      },
    ],
  },
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
        by: receiver,
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
        by: pool,
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
    file: "_crew.ts",
    mutants: [
      {
        about: "a thread gets more than its window",
        from: "this.#window - this.#jobs.size : 0;",
        to: "1000 - this.#jobs.size : 0;",
        by: pool,
        equivalent:
          "there are size * window values at once, and the one with the fewest gets the next: more only if another has died",
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
        by: pool,
      },
      {
        about: "a thread that never was ready is replaced",
        from: "    if (!member.up) {",
        to: "    if (false as boolean) {",
        by: pool,
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
        by: pool,
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
        by: pool,
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
        by: pool,
      },
      {
        about: "a stopped thread works on",
        from:
          '    this.#controller.abort(\n      new ChannelError("Cannot go on: the pool has ended"),\n    );\n',
        to: "",
        by: pool,
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
  {
    file: "_loans.ts",
    mutants: [
      {
        about: "a loan that is taken does not count",
        from: "  source[lease](1);\n  const value = source[take]();",
        to: "  const value = source[take]();",
        by: loans,
      },
      {
        about: "a loan that comes to a waiter does not count",
        from:
          "  source[lease](1);\n  return new Loan(value, keeperOf(source, value));",
        to: "  return new Loan(value, keeperOf(source, value));",
        by: receiver,
      },
      {
        about: "who waits second is forgotten",
        from:
          "    if (this.#receivers) this.#source[park](this.#scout, false);\n",
        to: "",
        by: loans,
      },
      {
        about: "who leaves leaves the scout behind",
        from:
          "    if (!this.#receivers) this.#source[withdraw](this.#scout);\n",
        to: "",
        by: pool,
      },
      {
        about: "closing loans leaves the source open",
        from:
          "(this.#source as Partial<ClosableReceiver<T>>).close?.(...reason);",
        to: "",
        by: loans,
      },
    ],
  },
  {
    file: "_reason.ts",
    mutants: [
      {
        about: "an error has no cause over there",
        from: "...told && { cause: pack(reason.cause, deep + 1) },",
        to: "",
        by: receiver,
      },
      {
        about: "an error that causes itself is told for ever",
        from: '"cause" in reason && deep < DEEPEST;',
        to: '"cause" in reason;',
        by: receiver,
      },
      {
        about: "an error has the stack of its arrival",
        from: 'if (stack !== undefined) define(error, "stack", stack);',
        to: "",
        by: receiver,
      },
      {
        about: "an abort is told as an error",
        from: "const error = dom\n",
        to: "const error = dom === undefined\n",
        by: receiver,
      },
      {
        about: "every error is an Error",
        from: "Object.hasOwn(CLASSES, name) ? CLASSES[name]! : Error",
        to: "Error",
        by: receiver,
      },
      {
        about: "any name is looked up",
        from: "Object.hasOwn(CLASSES, name) ? CLASSES[name]! : Error",
        to: "CLASSES[name] ?? Error",
        by: receiver,
      },
    ],
  },
  {
    file: "_merge.ts",
    mutants: [
      {
        about: "what a merged end takes back goes to the wrong source",
        from: "    this.#last = scout.source;\n",
        to: "",
        by: receiver,
      },
      {
        about: "what a merged end takes back is one lease too few",
        from: "        source[lease](1);\n        source[giveBack]",
        to: "        source[giveBack]",
        by: receiver,
      },
    ],
  },
];

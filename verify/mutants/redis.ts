// redis.ts: faults for the channel on a server, its scripts included.

import type { MutantFile } from "./_mutant.ts";

const late = "redis_late_test.ts";
const left = "redis_left_test.ts";
const misuse = "redis_misuse_test.ts";
const doubt = "redis_doubt_test.ts";
const opening = "redis_open_test.ts";
const listen = "redis_listen_test.ts";
const consume = "redis_consume_test.ts";
const receive = "redis_receive_test.ts";

export const remote: readonly MutantFile[] = [
  {
    file: "_redis_scripts.ts",
    mutants: [
      {
        about: "there is room for one more",
        from: "local over = first + math.max(0, math.min(n, room))",
        to: "local over = first + math.max(0, math.min(n, room + 1))",
        by: listen,
      },
      {
        about: "a send that is made twice is stored twice",
        from: "if closed or made or first ~= next then",
        to: "if closed then",
        by: late,
      },
      {
        about: "a sender that the server has forgotten waits for ever",
        from:
          "  next = math.max(next, tonumber(string.sub(known, 1, colon - 1)))",
        to: "  next = tonumber(string.sub(known, 1, colon - 1))",
        by: doubt,
      },
      {
        about: "a late send is accepted",
        from: "if closed or made or",
        to: "if made or",
        by: doubt,
      },
      {
        about: "nobody hears of room",
        from: "  tell('room')\n",
        to: "",
        by: listen,
      },
      {
        about: "who looks in vain is not told of the next value",
        from: "if not m[9] then redis.call('HSET', meta, 'hungry', 1) end",
        to: "",
        by: listen,
      },
      {
        about: "nobody hears of a value that came back",
        from: "if fed then feed() end\ndrain()",
        to: "drain()",
        by: late,
      },
      {
        about: "a channel is drained while values are left",
        from: "  if redis.call('XLEN', values) > 0 then return end\n",
        to: "",
        by: listen,
      },
      {
        about: "a closed channel is never drained",
        from: "if fed then feed() end\ndrain()",
        to: "if fed then feed() end",
        by: listen,
      },
      {
        about: "an ack is not fenced by its consumer",
        from: "local mine = p and p[2] == consumer and p[4] == tonumber(count)",
        to: "local mine = p and p[4] == tonumber(count)",
        by: late,
      },
      {
        about: "an ack is not fenced by its delivery",
        from: "local mine = p and p[2] == consumer and p[4] == tonumber(count)",
        to: "local mine = p and p[2] == consumer",
        by: late,
      },
      {
        about: "a lease that has run out is not noticed",
        from: "          redis.call('HSET', meta, 'at:' .. p[2], -1)\n",
        to: "",
        by: receive,
      },
      {
        about: "leases never run out",
        from: "if left > 0 then",
        to: "if true then",
        by: receive,
      },
      {
        about: "what nobody has seen counts as delivered",
        from: "tonumber(ARGV[i + 1]) - tonumber(ARGV[i + 2]), 'JUSTID')",
        to: "tonumber(ARGV[i + 1]), 'JUSTID')",
        by: late,
      },
      {
        about: "a call that is over takes values",
        from: "if at and tonumber(at) > call then want = 0 end",
        to: "",
        by: late,
      },
      {
        about: "what comes back waits for a call that was made twice",
        from: "tonumber(at) == call and #pending(consumer, 1) > 0",
        to: "tonumber(at) == call",
        by: late,
      },
      {
        about: "nothing is renewed",
        from:
          "  redis.call('XCLAIM', values, GROUP, consumer, 0, unpack(claim))\n",
        to: "",
        by: late,
      },
      {
        about: "a producer counts twice",
        from:
          "if tonumber(left) > 0 and redis.call('HSETNX', meta, 'done:' .. ARGV[2], 1) == 1 then",
        to:
          "if tonumber(left) > 0 then redis.call('HSETNX', meta, 'done:' .. ARGV[2], 1)",
        by: doubt,
      },
      {
        about: "more producers are done than there are",
        from: "if tonumber(left) > 0 and redis",
        to: "if redis",
        by: doubt,
      },
      {
        about: "a leased value counts as queued",
        from: "    if c[1] ~= BACK then leased",
        to: "    if c[1] == BACK then leased",
        by: late,
      },
      {
        about: "another channel's capacity is taken for ours",
        from: "    if m[i + 2] ~= wanted[i * 2] then",
        to: "    if not m[i + 2] then",
        by: opening,
      },
      {
        about: "a key of another kind is overwritten",
        from:
          "  if kind ~= 'none' and kind ~= kinds[i] then return {'kind', key, kind} end\n",
        to: "",
        by: opening,
      },
    ],
  },
  {
    file: "_redis_leases.ts",
    mutants: [
      {
        about: "a late ack lets go of the lease that came back",
        from:
          "if (this.#held.get(held.id) === held) this.#held.delete(held.id);",
        to: "this.#held.delete(held.id);",
        by: late,
      },
      {
        about: "an ack whose answer was lost is false",
        from: "code > 0 || code < 0 &&",
        to: "code > 0 || code > 1 &&",
        by: "redis_faults_test.ts",
      },
      {
        about: "more is leased than the window",
        from: "? Math.min(free, waiting)",
        to: "? waiting",
        by: receive,
      },
      {
        about: "a loop that is left keeps what is ahead",
        from:
          "if (this.#loops.delete(loop) && this.#loops.size === 0) this.returnAhead();",
        to: "this.#loops.delete(loop);",
        by: late,
      },
      {
        about: "what comes when nobody waits any more stays",
        from: "    if (this.#loops.size === 0) this.returnAhead();\n",
        to: "",
        by: left,
      },
      {
        about: "a loop that has failed counts on",
        from: "      this.#leaveLoop(waiter.owner);",
        to: "",
        by: left,
      },
    ],
  },
  {
    file: "_redis_events.ts",
    mutants: [
      {
        about: "an event between looking and waiting is missed",
        from: "else if (since < this.#at) this.#call([watcher]);",
        to: "",
        by: late,
      },
      {
        about: "a connection that comes too late stays",
        from: "      making.then((late) => late.close()).catch(() => {});\n",
        to: "",
        by: left,
      },
      {
        about: "a connection that comes just when its handle is left stays",
        from: "        this.#hangUp();\n        if (!this.#stopped) await",
        to: "        if (!this.#stopped) await",
        by: left,
      },
      {
        about: "who waits on what was left waits for ever",
        from:
          '    if (this.#stopped) return watcher.fail(left("Cannot wait"));\n',
        to: "    if (this.#stopped) return;\n",
        by: doubt,
      },
      {
        about: "a lost connection wakes nobody",
        from: "if (passing) watcher.look();",
        to: "if (passing) continue;",
        by: listen,
      },
    ],
  },
  {
    file: "_redis_clients.ts",
    mutants: [
      {
        about: "a connection that cannot connect cannot be closed",
        from: "close: () => own.destroy(),",
        to: "close: () => connected.then(() => own.destroy()),",
        by: left,
      },
    ],
  },
  {
    file: "_redis_sending.ts",
    mutants: [
      {
        about: "done() counts though a send that waited was rejected",
        from: "    this.#cut = this.#sends.size > this.#flying;\n",
        to: "",
        by: left,
      },
      {
        about: "done() counts though a send under way was rejected",
        from: "      this.#cut = true;\n",
        to: "",
        by: left,
      },
      {
        about: "a done() that was refused ends the sends",
        from: "    if (!this.#left) this.#refusal = undefined;\n",
        to: "",
        by: left,
      },
      {
        about: "the numbers of a send in doubt are used again",
        from: "      this.#name = crypto.randomUUID();\n",
        to: "",
        by: doubt,
      },
      {
        about: "an abort rejects what is under way",
        from: "    if (this.flying) return;\n    this.withdraw(this);",
        to: "    this.withdraw(this);",
        by: listen,
      },
    ],
  },
  {
    file: "_redis_server.ts",
    mutants: [
      {
        about:
          "a call that may have been heard sounds certain when its handle is left",
        from: "throw unsure ? leftInDoubt(act) : left(act);",
        to: "throw left(act);",
        by: left,
      },
      {
        about: "a handle that was left still asks",
        from: "if (this.#stopped) throw unsure ?",
        to: "if (this.#stopped && unsure) throw unsure ?",
        by: left,
      },
      {
        about: "who waits does not hear that the channel is gone",
        from: "      this.onGone?.();\n",
        to: "",
        by: misuse,
      },
      {
        about: "a refusal after a lost answer sounds certain",
        from: "        unsure ||= !isReplied(error, REPLIED);\n",
        to: "",
        by: doubt,
      },
      {
        about: "an answer that was late takes the end back",
        from:
          "    if (closed <= this.closed && drained <= this.drained) return;\n",
        to: "",
        by: doubt,
      },
      {
        about: "any answer is taken for ours",
        from: "if (isOurs(reply)) return reply;",
        to: "if (isOurs(reply) || reply) return reply as unknown[];",
        by: "redis_faults_test.ts",
      },
      {
        about: "a refusal is tried again",
        from: "return !isReplied(error, REPLIED) || isReplied(error, NOT_NOW);",
        to: "return true;",
        by: opening,
      },
    ],
  },
  {
    file: "_redis_joining.ts",
    mutants: [
      {
        about: "a listener is lost with an answer",
        from: "        if (this.#listens) this.#look();\n",
        to: "",
        by: doubt,
      },
    ],
  },
  {
    file: "_redis_channel.ts",
    mutants: [
      {
        about: "dead letters go out twice",
        from: "const sender = `${this.name}:${this.#server.epoch}:${held.id}`;",
        to: "const sender = crypto.randomUUID();",
        by: late,
      },
      {
        about: "a failed handler's value is acknowledged",
        from: '    held.settleQuietly("given back");\n    return failed',
        to: '    held.settleQuietly("acknowledged");\n    return failed',
        by: consume,
      },
      {
        about: "done() that has failed cannot be repeated",
        from: "      this.#done = undefined;\n",
        to: "",
        by: doubt,
      },
      {
        about: "who leaves does not wait for what it has said",
        from: "      this.#saying,\n    ]);",
        to: "    ]);",
        by: left,
      },
    ],
  },
];

// A short program on the bundled package, for runtimes other than Deno:  node smoke.mjs <bundle>
import assert from "node:assert/strict";
import { resolve } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

const bundle = pathToFileURL(resolve(process.argv[2]));
const { Channel, ChannelClosedError, select, sending, trySelect } =
  await import(bundle.href);

// Rendezvous: a send waits for its receiver.
const rendezvous = new Channel();
const sent = rendezvous.send("hello");
assert.equal(rendezvous.size, 0);
assert.equal(await rendezvous.receive(), "hello");
await sent;

// A buffer gives backpressure, and drains after close.
const numbers = new Channel(2);
const producer = (async () => {
  for (let n = 0; n < 1000; n++) await numbers.send(n);
  numbers.close();
})();
let sum = 0;
for await (const n of numbers) sum += n;
await producer;
await numbers.join();
assert.equal(sum, 499_500);
assert.deepEqual(numbers.tryReceive(), { state: "closed" });
await assert.rejects(numbers.send(42), (error) => {
  return error instanceof ChannelClosedError && error.value === 42;
});

// A signal withdraws a waiting receive.
const controller = new AbortController();
const cancelled = rendezvous.receive({ signal: controller.signal });
controller.abort(new Error("enough"));
await assert.rejects(cancelled, /enough/);

// Of the cases of a select one happens, the others leave no trace.
const inbox = new Channel(1);
const outbox = new Channel(1);
assert.equal(trySelect({ inbox }), undefined);
const won = await select({ inbox, out: sending(outbox, "out") });
assert.equal(won.key, "out");
assert.deepEqual(outbox.tryReceive(), { state: "ok", value: "out" });
const waiting = select({ inbox, outbox });
assert.ok(inbox.trySend(7));
const { key, state, value } = await waiting;
assert.deepEqual({ key, state, value }, {
  key: "inbox",
  state: "ok",
  value: 7,
});
assert.equal(outbox.trySend("kept"), true);
assert.equal(outbox.size, 1);

const { bun, node } = process.versions;
console.log(`smoke: fine on ${bun ? `Bun ${bun}` : `Node ${node}`}`);

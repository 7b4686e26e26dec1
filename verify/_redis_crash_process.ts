// _redis_crash_process.ts: a producer or a consumer of redis_crash.ts, in whatever runtime.
//
// Arguments: its part, its name, the server's port, the file for what it does, and the
// options of the channel as JSON.

import { ChannelClosedError, openChannel } from "../redis.ts";
import { connect } from "./_resp.ts";

interface Files {
  appendFileSync(path: string, text: string): void;
}

interface Process {
  readonly argv: string[];
  exit(code?: number): never;
}

// Named so that a bundler for browsers leaves them alone.
const { appendFileSync }: Files = await import(["node", "fs"].join(":"));
const { argv, exit }: Process = await import(["node", "process"].join(":"));
const [part, name, port, file, json] = argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
];
const { count, ...options } = JSON.parse(json);

function tell(...words: unknown[]): void {
  appendFileSync(file, `${Date.now()} ${words.join(" ")}\n`);
}

const client = connect(Number(port));
const channel = await openChannel<string>(client, "crash", options);
tell("open");
const joined = channel.join().then(async () => {
  const { size, drained } = await channel.stats();
  tell("joined", size, drained);
});
if (part === "produce") {
  await channel.sendAll(
    Array.from({ length: count }, (_, n) => `${name}:${n}`),
  );
  tell("sent");
  await channel.done();
} else {
  let handled = 0;
  await channel.consume(async (value) => {
    tell("handled", value);
    if (++handled % 8 === 0) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }, { concurrency: 4 });
  tell("consumed");
}
await joined;
const late = await channel.send("late").then(
  () => "accepted",
  (error) => error instanceof ChannelClosedError ? "refused" : String(error),
);
tell("late", late);
await channel[Symbol.asyncDispose]();
client.close();
exit(0);

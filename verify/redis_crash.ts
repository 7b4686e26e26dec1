// redis_crash.ts: processes that die, stand still, and lose their server, on one channel.
//
//     deno task redis:crash [times]
//
// Two producers send 10,000 values each to three consumers, in Deno, Node and Bun. One
// consumer is killed, another stopped for longer than its visibility and woken again, and
// the server killed and started anew, with every write on disk. Then no value may be lost;
// as many may be handled twice as the window allows for each fault; the server never holds
// more than the capacity; and every process that lives joins, not before all was handled,
// and is refused what it sends late.

import { bundleModules } from "../tools/bundle.ts";
import { HOSTS } from "../tools/hosts.ts";
import { findStd } from "../tools/std.ts";
import { connect } from "./_resp.ts";

const VALUES = 10_000;
const OPTIONS = {
  capacity: 200,
  visibility: 1_000,
  window: 20,
  producers: 2,
  count: VALUES,
};
const FAULTS = 3;
const RUNTIMES = ["deno", "node20", "bun"];
/** A round takes no longer, in ms. */
const PATIENCE = 120_000;

interface Runtime {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

interface Member {
  readonly name: string;
  readonly file: string;
  readonly child: Deno.ChildProcess;
}

interface Entry {
  readonly time: number;
  readonly words: readonly string[];
}

const times = Number(Deno.args[0] ?? (Deno.env.get("CI") ? 1 : 3));
if (!Number.isSafeInteger(times) || times < 1) {
  console.error("Usage: deno task redis:crash [times]");
  Deno.exit(2);
}
const std = await findStd();
if (std.source === undefined) Deno.exit(1);
const folder = await Deno.makeTempDir({ prefix: "sluice-crash-" });
let failed = 0;
try {
  const [module] = await bundleModules(std, folder, [
    "verify/_redis_crash_process.ts",
  ]);
  await Deno.writeTextFile(`${folder}/package.json`, '{ "type": "module" }\n');
  const runtimes = await findRuntimes();
  for (let round = 1; round <= times; round++) {
    const place = `${folder}/${round}`;
    await Deno.mkdir(place);
    const { problems, told } = await run(
      round,
      runtimes,
      `${folder}/${module}`,
      place,
    );
    console.log(`${round} of ${times}: ${told}`);
    for (const problem of problems) console.log(`  ${problem}`);
    if (problems.length > 0) failed++;
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
console.log(`${times - failed} of ${times} runs passed`);
Deno.exit(failed === 0 ? 0 : 1);

async function findRuntimes(): Promise<Runtime[]> {
  return await Promise.all(RUNTIMES.map(async (name) => {
    const { command, args } = await HOSTS.find((one) => one.name === name)!
      .find();
    return { name, command, args };
  }));
}

/** One round. */
async function run(
  round: number,
  runtimes: readonly Runtime[],
  module: string,
  place: string,
): Promise<{ problems: string[]; told: string }> {
  const start = performance.now();
  const port = freePort();
  let server = await startServer(port, place);
  const members: Member[] = [];
  const begin = (part: string, name: string, runtime: Runtime) => {
    const file = `${place}/${name}`;
    Deno.writeTextFileSync(file, "");
    const child = new Deno.Command(runtime.command, {
      args: [
        ...runtime.args,
        module,
        part,
        name,
        `${port}`,
        file,
        JSON.stringify(OPTIONS),
      ],
      stdin: "null",
      stdout: "inherit",
      stderr: "inherit",
    }).spawn();
    const member = { name, file, child };
    members.push(member);
    return member;
  };
  const at = (n: number) => runtimes[(n + round) % runtimes.length]!;
  const watch = new AbortController();
  const watched = watchSize(port, watch.signal);
  const problems: string[] = [];
  try {
    const consumers = [0, 1, 2].map((n) => begin("consume", `c${n}`, at(n)));
    begin("produce", "p0", at(0));
    begin("produce", "p1", at(1));
    const [dead, still] = consumers as [Member, Member];
    await until(() => handledBy(members) > 3_000);
    dead.child.kill("SIGKILL");
    await until(() => handledBy(members) > 7_000);
    still.child.kill("SIGSTOP");
    await pause(2 * OPTIONS.visibility);
    still.child.kill("SIGCONT");
    await until(() => handledBy(members) > 13_000);
    server.kill("SIGKILL");
    await server.status;
    server = await startServer(port, place);
    const living = members.filter((one) => one !== dead);
    const ended = Promise.all(living.map(({ child }) => child.status));
    const codes = await Promise.race([ended, pause(PATIENCE)]);
    if (!codes) problems.push("not all have ended in time");
    else if (!codes.every(({ success }) => success)) {
      problems.push("a process has failed");
    }
    problems.push(...judge(members, living));
  } catch (error) {
    problems.push(String(error));
  } finally {
    watch.abort();
    for (const { child } of members) {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended.
      }
      await child.status;
    }
    server.kill("SIGKILL");
    await server.status;
  }
  const most = await watched;
  if (most > OPTIONS.capacity) problems.push(`the server held ${most} values`);
  const doubles = handledBy(members) - new Set(valuesOf(members)).size;
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const told = `killed ${at(0).name}, stopped ${at(1).name}: ` +
    `${handledBy(members)} handled, ${doubles} of them again, ` +
    `at most ${most} held, ${seconds} s`;
  return { problems, told };
}

/** What is wrong with what the processes have written down. */
function judge(
  members: readonly Member[],
  living: readonly Member[],
): string[] {
  const problems: string[] = [];
  const first = new Map<string, number>();
  for (const member of members) {
    for (const { time, words: [what, value] } of entriesOf(member)) {
      if (what !== "handled") continue;
      first.set(value!, Math.min(time, first.get(value!) ?? Infinity));
    }
  }
  const lost = 2 * VALUES - first.size;
  if (lost !== 0) problems.push(`${lost} values are lost`);
  const doubles = handledBy(members) - first.size;
  if (doubles > OPTIONS.window * FAULTS) {
    problems.push(`${doubles} values were handled again`);
  }
  const last = Math.max(...first.values());
  for (const member of living) {
    const entries = entriesOf(member);
    const joined = entries.find(({ words }) => words[0] === "joined");
    if (!joined) problems.push(`${member.name} has not joined`);
    else if (joined.time < last) {
      problems.push(`${member.name} joined ${last - joined.time} ms too early`);
    } else if (joined.words.join(" ") !== "joined 0 true") {
      problems.push(`${member.name} has ${joined.words.join(" ")}`);
    }
    const late = entries.find(({ words }) => words[0] === "late");
    if (late?.words[1] !== "refused") {
      problems.push(`${member.name} sent late: ${late?.words.join(" ")}`);
    }
  }
  return problems;
}

function entriesOf({ file }: Member): Entry[] {
  return Deno.readTextFileSync(file).split("\n").slice(0, -1).map((line) => {
    const [time, ...words] = line.split(" ");
    return { time: Number(time), words };
  });
}

function valuesOf(members: readonly Member[]): string[] {
  return members.flatMap(entriesOf)
    .filter(({ words }) => words[0] === "handled")
    .map(({ words }) => words[1]!);
}

function handledBy(members: readonly Member[]): number {
  return valuesOf(members).length;
}

/** Asks the server how many values it holds, again and again; resolves to the most. */
async function watchSize(port: number, signal: AbortSignal): Promise<number> {
  const client = connect(port);
  let most = 0;
  while (!signal.aborted) {
    const size = await client.command(["XLEN", "sluice:{crash}:values"])
      .catch(() => 0);
    most = Math.max(most, Number(size));
    await pause(2);
  }
  client.close();
  return most;
}

async function startServer(
  port: number,
  place: string,
): Promise<Deno.ChildProcess> {
  const server = new Deno.Command("redis-server", {
    args: [
      ...["--port", `${port}`, "--bind", "127.0.0.1", "--dir", place],
      ...["--save", "", "--appendonly", "yes", "--appendfsync", "always"],
    ],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const client = connect(port);
  await until(() =>
    client.command(["PING"]).then((reply) => reply === "PONG", () => false)
  );
  client.close();
  return server;
}

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}

async function until(fact: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!await fact()) {
    if (performance.now() > end) throw new Error("It never came to that");
    await pause(20);
  }
}

function pause(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms));
}

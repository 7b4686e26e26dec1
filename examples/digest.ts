// Prints the SHA-256 of every file below a folder as sha256sum does: a walker sends the paths through a
// bounded channel to a worker for each core, and Ctrl-C stops them all. Run: deno task demo [DIR]

import { createHash } from "node:crypto"; // crypto.subtle.digest wants a file whole
import type { Receiver, Sender } from "../mod.ts";
import { Channel, ChannelClosedError } from "../mod.ts";

export type Digest = { path: string; hash: string };
export type Result = Digest | { path: string; problem: string };

const INTERRUPTED = new Error("Interrupted");
const NOT_UTF8 = "Name is not valid UTF-8";
const terminal = Deno.stderr.isTerminal();
const encoder = new TextEncoder();

/** Sends the path of every regular file, as `find` finds and names them. */
export async function walk(
  folder: string,
  jobs: Sender<string>,
  results: Sender<Result>,
): Promise<void> {
  const garbled = new Set<string>();
  const prefix = folder.endsWith("/") ? folder : `${folder}/`;
  try {
    for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
      const path = prefix + name;
      // Deno reads what is not UTF-8 as U+FFFD: two names may come out as one.
      if (name.includes("\uFFFD") && garbled.size === garbled.add(name).size) {
        await results.send({ path, problem: NOT_UTF8 });
      } else if (isDirectory) await walk(path, jobs, results);
      else if (isFile) await jobs.send(path);
    }
  } catch (error) {
    if (error instanceof ChannelClosedError) throw error; // not the folder's fault
    await results.send({ path: folder, problem: problemOf(folder, error) });
  }
}

/** Takes paths until there are no more. */
async function work(
  jobs: Receiver<string>,
  results: Sender<Result>,
): Promise<void> {
  const buffer = new Uint8Array(65536);
  for await (const path of jobs) {
    // Results stay open while anybody works: only Ctrl-C aborts a digest.
    await results.send(await digest(path, buffer, results.closeSignal));
  }
}

export async function digest(
  path: string,
  buffer: Uint8Array,
  signal: AbortSignal,
): Promise<Result> {
  try {
    using file = await Deno.open(path);
    const hash = createHash("sha256");
    for (let n; (n = await file.read(buffer)) !== null;) {
      signal.throwIfAborted();
      hash.update(buffer.subarray(0, n));
    }
    return { path, hash: hash.digest("hex") };
  } catch (error) {
    return { path, problem: problemOf(path, error) };
  }
}

/** Yields a result for every file, in no order; throws `INTERRUPTED` on Ctrl-C. */
async function* digestAll(folder: string): AsyncGenerator<Result> {
  const cores = navigator.hardwareConcurrency;
  const jobs = new Channel<string>(4 * cores); // when full, the walk waits
  const results = new Channel<Result>(4 * cores);
  const stop = (reason?: unknown) => {
    jobs.cancel(reason);
    results.cancel(reason);
  };
  const interrupt = () => stop(INTERRUPTED);
  Deno.addSignalListener("SIGINT", interrupt);

  const tasks = [walk(folder, jobs, results).finally(() => jobs.close())];
  for (let i = 0; i < cores; i++) tasks.push(work(jobs, results));
  // From then on Ctrl-C kills, so that none comes between the end and the output.
  Promise.all(tasks).then(() => results.close(), stop)
    .finally(() => Deno.removeSignalListener("SIGINT", interrupt));
  try {
    yield* results;
  } finally {
    stop(); // for whoever leaves early; otherwise all has stopped
    await Promise.allSettled(tasks);
  }
}

export function problemOf(path: string, error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const missing = error.name === "NotFound";
  if (missing && path.includes("\uFFFD")) return NOT_UTF8;
  return error.message.replace(/ \(os error \d+\).*/s, "");
}

/** The order of the UTF-8 bytes is that of code points; `<` has another. */
export function byBytes({ path: a }: Digest, { path: b }: Digest): number {
  let i = 0;
  while (i < a.length && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  return (a.codePointAt(i) ?? -1) - (b.codePointAt(i) ?? -1);
}

export function escape(path: string): string {
  return path.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r");
}

export function lineOf({ path, hash }: Digest): string {
  const escaped = escape(path);
  return `${escaped === path ? "" : "\\"}${hash}  ${escaped}\n`;
}

/** Writes a line to stderr, over the progress line if there is one. */
function tell(text: string): void {
  console.error("%s", terminal ? `\r\x1b[K${text}` : text);
}

/** Writes all of it, however slow the reader; returns the exit code. */
async function print(lines: string[]): Promise<number> {
  const writer = Deno.stdout.writable.getWriter();
  try {
    for (let i = 0; i < lines.length; i += 1000) {
      await writer.write(encoder.encode(lines.slice(i, i + 1000).join("")));
    }
    return 0;
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return 141; // as SIGPIPE does
    tell(`digest: Standard output: ${problemOf("", error)}`);
    return 1;
  }
}

export async function misuse(folder: string, more: string[]): Promise<string> {
  if (more.length > 0) return "More than one folder";
  try {
    const { isDirectory } = await Deno.stat(folder);
    return isDirectory ? "" : `${escape(folder)}: Not a folder`;
  } catch (error) {
    return `${escape(folder)}: ${problemOf(folder, error)}`;
  }
}

async function main(folder = ".", ...more: string[]): Promise<number> {
  const fault = await misuse(folder, more);
  if (fault !== "") {
    tell(`digest: ${fault}\nUsage: deno task demo [DIR]`);
    return 2;
  }
  const digests: Digest[] = [];
  let problems = 0;
  let shown = 0;
  try {
    for await (const result of digestAll(folder)) {
      if ("hash" in result) digests.push(result);
      else {
        problems++;
        tell(`digest: ${escape(result.path)}: ${result.problem}`);
      }
      if (terminal && performance.now() - shown > 100) {
        shown = performance.now();
        Deno.stderr.writeSync(encoder.encode(`\r${digests.length} files`));
      }
    }
  } catch (error) {
    if (error !== INTERRUPTED) throw error;
    tell("digest: Interrupted");
    return 130;
  }
  const code = await print(digests.sort(byBytes).map(lineOf));
  if (terminal) tell(`${digests.length} files, ${problems} unreadable`);
  return code || Math.min(problems, 1);
}

if (import.meta.main) Deno.exit(await main(...Deno.args));

// process.ts: one check in a process of its own, which must end by itself.

import type { Found } from "../../tools/hosts.ts";
import type { Report } from "../runtimes/driver.ts";

const PREFIX = "@threads ";
/** How long a process may go on after its report, in ms. */
const PATIENCE = 30_000;
/** Characters of output that are shown after a crash. */
const LAST = 2000;

function crash(message: string): Report {
  return { kind: "crash", message };
}

/**
 * Does a check in a process.
 *
 * @param found The runtime.
 * @param args The module, and what it is told.
 * @param stop Ends it early.
 * @returns The last report; a crash if there is none, or if the process does not end well.
 */
export async function inProcess(
  found: Found,
  args: readonly string[],
  stop: AbortSignal,
): Promise<Report> {
  const child = new Deno.Command(found.command, {
    args: [...found.args, ...args],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let killed: string | undefined;
  const kill = (why: string) => {
    if (killed !== undefined) return;
    killed = why;
    child.kill("SIGKILL");
  };
  const stopped = () => kill(`${stop.reason}`);
  if (stop.aborted) stopped();
  stop.addEventListener("abort", stopped);

  let timer: ReturnType<typeof setTimeout> | undefined;
  let said = "";
  const read = async (stream: ReadableStream<Uint8Array>) => {
    for await (
      const text of stream.pipeThrough(
        new TextDecoderStream() as TransformStream<Uint8Array, string>,
      )
    ) {
      said += text;
      if (timer === undefined && said.includes(PREFIX)) {
        timer = setTimeout(
          () => kill(`no end by itself within ${PATIENCE / 1000} s`),
          PATIENCE,
        );
      }
    }
  };
  await Promise.all([read(child.stdout), read(child.stderr)]);
  const { code } = await child.status;
  clearTimeout(timer);
  stop.removeEventListener("abort", stopped);

  const report = said.split("\n").findLast((line) => line.startsWith(PREFIX));
  const last = report ?? said.slice(-LAST);
  if (killed !== undefined) return crash(`${killed}\n${last}`);
  return report && code === 0
    ? JSON.parse(report.slice(PREFIX.length))
    : crash(`exit code ${code}\n${last}`);
}

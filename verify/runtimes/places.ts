// places.ts: where parts of the suite are done: in a process for each, or in the pages of a browser.

import { MAIN } from "./bundle.ts";
import type { Report } from "./driver.ts";
import type { Found } from "../../tools/hosts.ts";

/** Does one part after the other. */
export interface Place {
  /** Does a part; resolves to what is told of it, or to a crash. */
  do(thread: string, part: string): Promise<Report>;
  /** Ends whatever is running; what is done afterwards starts anew. */
  leave(): Promise<void>;
}

const PREFIX = "@runtimes ";
/** Lines of output that are shown after a crash. */
const LAST = 15;

function spawn(found: Found, where: string[]): Deno.ChildProcess {
  return new Deno.Command(found.command, {
    args: [...found.args, ...where],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Reads lines until the stream ends. */
async function eachLine(
  stream: ReadableStream<Uint8Array>,
  see: (line: string) => void,
): Promise<void> {
  let rest = "";
  for await (
    const text of stream.pipeThrough(
      new TextDecoderStream() as TransformStream<Uint8Array, string>,
    )
  ) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    lines.forEach(see);
  }
  if (rest) see(rest);
}

/** Watches a process; resolves to a crash when it ends. */
async function ending(
  child: Deno.ChildProcess,
  see: (line: string) => void,
): Promise<Report> {
  const said: string[] = [];
  const say = (line: string) => {
    said.push(line);
    see(line);
  };
  await Promise.all([eachLine(child.stdout, say), eachLine(child.stderr, say)]);
  const { code } = await child.status;
  const last = said.slice(-LAST).join("\n");
  return { kind: "crash", message: `exit code ${code}\n${last}` };
}

/** Ends a process. A browser is asked first, so that it ends those that it started. */
async function kill(
  child: Deno.ChildProcess,
  patience: number,
): Promise<void> {
  const end = (signal: Deno.Signal) => {
    try {
      child.kill(signal);
    } catch {
      // It has ended.
    }
  };
  if (patience > 0) end("SIGTERM");
  const timer = setTimeout(end, patience, "SIGKILL");
  await child.status;
  clearTimeout(timer);
}

/** A runtime that is started anew for each part. */
export function processPlace(found: Found, folder: string): Place {
  let leave = async () => {};
  return {
    leave: () => leave(),
    async do(thread, part) {
      const child = spawn(found, [`${folder}/${MAIN}`, thread, part]);
      leave = () => kill(child, 0);
      const { promise, resolve } = Promise.withResolvers<Report>();
      ending(child, (line) => {
        if (!line.startsWith(PREFIX)) return;
        resolve(JSON.parse(line.slice(PREFIX.length)));
      }).then(resolve);
      const report = await promise;
      await kill(child, 0);
      return report;
    },
  };
}

/** A browser that goes on from page to page. */
export function browserPlace(found: Found, folder: string): Place {
  let told: (report: Report) => void = () => {};
  /** Sends the page that waits to its next address; undefined while none does. */
  let goOn: ((address: string) => void) | undefined;
  let leave = async () => {};

  const open = async (address: string) => {
    let left = false;
    const options = { hostname: "127.0.0.1", port: 0, onListen() {} };
    const server = Deno.serve(options, async (request) => {
      if (request.method !== "POST") return await fileOf(request, folder);
      const report = await request.json();
      if (left) return new Response("about:blank");
      const next = new Promise<string>((resolve) => goOn = resolve);
      told(report);
      return new Response(await next);
    });
    const profile = await Deno.makeTempDir({ prefix: "sluice-profile-" });
    const child = spawn(found, [
      `--user-data-dir=${profile}`,
      `http://127.0.0.1:${server.addr.port}${address}`,
    ]);
    ending(child, () => {}).then((report) => left || told(report));
    leave = async () => {
      leave = async () => {};
      left = true;
      goOn?.("about:blank");
      goOn = undefined;
      await kill(child, 3000);
      await server.shutdown();
      await remove(profile);
    };
  };

  return {
    leave: () => leave(),
    async do(thread, part) {
      const address = `/?thread=${thread}&part=${part}`;
      const { promise, resolve } = Promise.withResolvers<Report>();
      told = resolve;
      if (goOn) {
        goOn(address);
        goOn = undefined;
      } else await open(address);
      return await promise;
    },
  };
}

/** A file of the bundle, as a page asks for it. */
async function fileOf(request: Request, folder: string): Promise<Response> {
  const { pathname } = new URL(request.url);
  const file = pathname === "/" ? "/index.html" : pathname;
  try {
    const text = await Deno.readTextFile(folder + file);
    const type = file.endsWith("html") ? "text/html" : "text/javascript";
    return new Response(text, { headers: { "content-type": type } });
  } catch {
    return new Response("Not found", { status: 404 });
  }
}

/** A browser's processes may write to its folder for a moment longer. */
async function remove(folder: string): Promise<void> {
  for (let tries = 0; tries < 20; tries++) {
    try {
      return await Deno.remove(folder, { recursive: true });
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

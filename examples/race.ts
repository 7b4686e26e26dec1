// Asks three servers at once and takes the first answer, by a select with a time limit; closing the channel of
// answers aborts the other requests. Run: deno run --allow-net=127.0.0.1 examples/race.ts [--limit=MS]

import type { Sender } from "../mod.ts";
import { Channel, select } from "../mod.ts";

/** A server that takes its time, and what became of the request to it. */
class SlowServer {
  readonly name: string;
  fate = "was never asked";
  readonly #http: Deno.HttpServer<Deno.NetAddr>;

  constructor(name: string, delay: number) {
    this.name = name;
    this.#http = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      () => new Response(this.#body(delay)),
    );
  }

  // The stream is cancelled when the client goes away. `request.signal` would
  // tell too, but Deno 2 aborts it after a success as well, and warns of that.
  #body(delay: number): ReadableStream<Uint8Array> {
    let timer: ReturnType<typeof setTimeout>;
    return new ReadableStream({
      start: (controller) => {
        timer = setTimeout(() => {
          this.fate = "answered";
          controller.enqueue(new TextEncoder().encode(this.name));
          controller.close();
        }, delay);
      },
      cancel: () => {
        this.fate = "saw its request aborted";
        clearTimeout(timer);
      },
    });
  }

  /** Asks for the name, until the answers are closed. */
  async ask(answers: Sender<string>): Promise<void> {
    const url = `http://127.0.0.1:${this.#http.addr.port}`;
    const response = await fetch(url, { signal: answers.closeSignal });
    await answers.send(await response.text());
  }

  stop(): Promise<void> {
    return this.#http.shutdown();
  }
}

/** The first answer within `limit` ms, if any. Nobody is being asked then. */
async function race(
  servers: SlowServer[],
  limit: number,
): Promise<{ name: string; ms: number } | undefined> {
  const start = performance.now();
  const answers = new Channel<string>();
  const late = new Channel<never>();
  const timer = setTimeout(() => late.close(), limit);
  // Whoever refuses has lost; the others race on.
  const asked = Promise.allSettled(
    servers.map((server) => server.ask(answers)),
  );
  const first = await select({ answer: answers, late });
  const ms = performance.now() - start;
  clearTimeout(timer);
  answers.close(); // aborts the other requests
  await asked;
  if (first.key !== "answer" || first.state !== "ok") return undefined;
  return { name: first.value, ms };
}

async function main(arg = "--limit=1000", ...more: string[]): Promise<number> {
  const limit = /^--limit=(\d{1,9})$/.exec(arg)?.[1];
  if (limit === undefined || more.length > 0) {
    console.error("Usage: race.ts [--limit=MS]");
    return 2;
  }
  const lead = Math.floor(Math.random() * 3);
  const servers = ["North", "South", "West"].map((name, i) => {
    const delay = 50 + 200 * ((lead + i) % 3) + 100 * Math.random();
    return new SlowServer(name, delay);
  });
  const winner = await race(servers, Number(limit));
  await Promise.all(servers.map((server) => server.stop()));
  if (winner === undefined) console.log(`Nobody answered within ${limit} ms`);
  else console.log(`${winner.name} won after ${Math.round(winner.ms)} ms`);
  for (const { name, fate } of servers) console.log(`${name} ${fate}`);
  return winner === undefined ? 1 : 0;
}

if (import.meta.main) Deno.exitCode = await main(...Deno.args);

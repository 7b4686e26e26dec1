// server.ts: a redis-server of one's own, on a free port of the loopback.

/** A server, stopped when it is disposed. */
export interface OwnServer extends AsyncDisposable {
  readonly port: number;
}

/** Starts it. */
export async function startServer(): Promise<OwnServer> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const folder = await Deno.makeTempDir({ prefix: "crawl-" });
  const child = new Deno.Command("redis-server", {
    args: [
      ...["--port", `${port}`, "--bind", "127.0.0.1"],
      ...["--dir", folder, "--save", ""],
    ],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  return {
    port,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

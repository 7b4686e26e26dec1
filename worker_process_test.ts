// worker_process_test.ts: a process with threads ends by itself once they have nothing
// more to do.

import { assertEquals } from "@std/assert";

/** Runs a program in a process of its own; resolves to how it ended. */
async function run(program: string): Promise<{ code: number; text: string }> {
  const here = JSON.stringify(import.meta.url);
  const code = `
    const [{ Channel }, { pool, share }] = await Promise.all(
      ["./mod.ts", "./worker.ts"].map((name) => import(new URL(name, ${here}))),
    );
    const module = (name) => new URL(\`./verify/threads/\${name}.ts\`, ${here});
    ${program}`;
  const { code: exit, stdout, stderr } = await new Deno.Command(
    Deno.execPath(),
    {
      args: ["eval", "--no-config", code],
      env: { NO_COLOR: "1" },
      stdout: "piped",
      stderr: "piped",
      signal: AbortSignal.timeout(60_000),
    },
  ).output();
  const decoder = new TextDecoder();
  return { code: exit, text: decoder.decode(stdout) + decoder.decode(stderr) };
}

Deno.test("a process ends when the results of its pool have", async () => {
  const program = `
    const source = new Channel(8);
    const results = pool(source, module("serving_worker"), { size: 2 });
    source.sendAll([1, 2, 3].map((number) => ({ number })))
      .then(() => source.close());
    let sum = 0;
    for await (const number of results) sum += number;
    await source.join();
    console.log(sum);`;
  assertEquals(await run(program), { code: 0, text: "6\n" });
});

Deno.test("a process ends when its pool was closed, though the source was not", async () => {
  const program = `
    const source = new Channel(8);
    const results = pool(source, module("serving_worker"), { size: 2 });
    await source.send({ number: 1 });
    console.log(await results.receive());
    results.close();`;
  assertEquals(await run(program), { code: 0, text: "1\n" });
});

Deno.test("a process ends when a shared channel and the thread that has it have", async () => {
  const program = `
    const jobs = new Channel(8);
    const reports = new Channel(8);
    const ports = {
      jobs: share(jobs, { as: "receiver" }).port,
      reports: share(reports, { as: "sender" }).port,
    };
    const worker = new Worker(module("receiving_worker"), { type: "module" });
    worker.postMessage(
      { ...ports, who: 0, window: 2, style: "values", leaves: true },
      [ports.jobs, ports.reports],
    );
    jobs.sendAll([1, 2, 3]).then(() => jobs.close());
    let sum = 0;
    for await (const [, number] of reports) sum += number;
    await jobs.join();
    console.log(sum);`;
  assertEquals(await run(program), { code: 0, text: "6\n" });
});

Deno.test("a process ends when it has disposed of the shares that nobody took up", async () => {
  const program = `
    const channel = new Channel(8);
    share(channel, { as: "receiver" })[Symbol.dispose]();
    share(channel.producer(), { as: "sender" })[Symbol.dispose]();
    console.log(channel.closed);`;
  assertEquals(await run(program), { code: 0, text: "true\n" });
});

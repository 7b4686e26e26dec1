// time_process_test.ts: a process lives as long as somebody waits for a time, and no
// longer.

import { assertEquals } from "@std/assert";

/** Runs a program in a process of its own; resolves to how it ended. */
async function run(program: string): Promise<{ code: number; text: string }> {
  const url = new URL("./mod.ts", import.meta.url);
  const names = "after, Channel, never, select, selectEach, ticker";
  const code = `import { ${names} } from ${JSON.stringify(url)};\n${program}`;
  const { code: exit, stdout, stderr } = await new Deno.Command(
    Deno.execPath(),
    {
      args: ["eval", "--no-config", "--ext=ts", code],
      env: { NO_COLOR: "1" },
      stdout: "piped",
      stderr: "piped",
      signal: AbortSignal.timeout(60_000),
    },
  ).output();
  const decoder = new TextDecoder();
  return { code: exit, text: decoder.decode(stdout) + decoder.decode(stderr) };
}

Deno.test("a process ends though after(3_600_000) has lost a select", async () => {
  const program = `
    const jobs = new Channel<string>();
    const selected = select({ job: jobs, late: after(3_600_000) });
    await jobs.send("wash");
    console.log((await selected).key);`;
  assertEquals(await run(program), { code: 0, text: "job\n" });
});

Deno.test("a process ends when the last waiter for a time was withdrawn", async () => {
  const program = `
    const hour = 3_600_000;
    let ended = 0;
    const end = () => { ended++; };
    for (const from of [after(hour), ticker(hour)]) {
      const controller = new AbortController();
      from.receive(controller).catch(end);
      from.receiveMany(1, controller).catch(end);
      select([from], controller).catch(end);
      const loops = [from.values(), from.batches(), selectEach([from])];
      for (const loop of loops) loop.next().then(end);
      await new Promise((resolve) => setTimeout(resolve));
      controller.abort();
      for (const loop of loops) await loop.return!();
    }
    const closed = ticker(hour);
    closed.receive().catch(end);
    closed.close();
    await new Promise((resolve) => setTimeout(resolve));
    console.log(ended);`;
  assertEquals(await run(program), { code: 0, text: "13\n" });
});

Deno.test("a process ends though times are unread, or nothing will ever come", async () => {
  const program = `
    const unread = [after(3_600_000), ticker(3_600_000)];
    for (const from of unread) {
      from.tryReceive();
      from.values();
      from.join();
    }
    for (const from of [after(Infinity), ticker(Infinity), never()]) {
      from.receive();
      from.values().next();
      select([from]);
    }
    console.log("end");`;
  assertEquals(await run(program), { code: 0, text: "end\n" });
});

Deno.test("a process waits for the time that somebody waits for", async () => {
  const program = `
    after(20).receive().then(() => console.log("late"));
    const read = async () => {
      for await (const beat of ticker(5)) if (beat >= 3) break;
      console.log("beaten");
    };
    read();`;
  const { code, text } = await run(program);
  assertEquals(code, 0);
  assertEquals(text.split("\n").sort(), ["", "beaten", "late"]);
});

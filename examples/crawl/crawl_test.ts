// crawl_test.ts: runs crawl.ts as its own processes, and kills some of them.

import { assert, assertEquals } from "@std/assert";
import { hasServer } from "../../_redis_testing.ts";

const decoder = new TextDecoder();

function command(
  program: string,
  folder: string,
  ...flags: string[]
): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", ...flags, program, folder],
    cwd: new URL("../../", import.meta.url),
    stdout: "piped",
    stderr: "piped",
  });
}

async function withFiles(
  count: number,
  body: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "crawl" });
  try {
    for (let i = 0; i < count; i++) {
      await Deno.mkdir(`${folder}/${i % 7}`, { recursive: true });
      const content = new Uint8Array(i % 50 === 0 ? 3_000_000 : i).fill(i);
      await Deno.writeFile(`${folder}/${i % 7}/${i} ø\\`, content);
    }
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function digest(folder: string): Promise<string> {
  const { stdout } = await command("examples/digest.ts", folder).output();
  return decoder.decode(stdout);
}

Deno.test({
  name: "crawl prints what digest prints, whatever worker is killed",
  ignore: !hasServer || Deno.build.os === "windows",
  fn: () =>
    withFiles(600, async (folder) => {
      const child = command("examples/crawl/crawl.ts", folder).spawn();
      let killed = 0;
      let said = "";
      const watched = (async () => {
        for await (const bytes of child.stderr) {
          const text = decoder.decode(bytes);
          said += text;
          for (const [, pid] of text.matchAll(/worker (\d+)/g)) {
            if (killed++ >= 3) continue;
            // In the middle of its work, as a rule.
            await new Promise((resolve) => setTimeout(resolve, 300));
            try {
              Deno.kill(Number(pid), "SIGKILL");
            } catch {
              // It has ended.
            }
          }
        }
      })();
      const out = await new Response(child.stdout).text();
      await watched;
      assertEquals((await child.status).code, 0, said);
      assert(killed >= 3, said);
      assertEquals(out, await digest(folder));
    }),
});

Deno.test({
  name: "crawl refuses bad usage with exit code 2",
  ignore: !hasServer,
  fn: async () => {
    const { code, stderr } = await command("examples/crawl/crawl.ts", "/nope")
      .output();
    assertEquals(code, 2);
    assert(decoder.decode(stderr).includes("Usage: "));
  },
});

// Runs the tests, and fails unless they reach every line and branch of the published modules.
//
//     deno task coverage
//
// A line that no test can reach says so in the source: `// deno-coverage-ignore`, and why.

import { deno, findStd, root, type Std } from "./std.ts";

/** What was reached of one file. */
interface Reached {
  /** Lines that no test has run. */
  readonly lines: number[];
  /** Lines with a branch that no test has taken. */
  readonly branches: number[];
}

/** Reads an lcov report: by file, what was not reached. */
function missesIn(report: string): Map<string, Reached> {
  const files = new Map<string, Reached>();
  for (const record of report.split("end_of_record")) {
    const file = /^SF:(.*)$/m.exec(record)?.[1];
    if (file === undefined) continue;
    const numbers = (pattern: RegExp) =>
      [...record.matchAll(pattern)].map(([, line]) => Number(line));
    files.set(file, {
      lines: numbers(/^DA:(\d+),0$/gm),
      branches: numbers(/^BRDA:(\d+),\d+,\d+,(?:0|-)$/gm),
    });
  }
  return files;
}

/** The modules that are published: those beside deno.json but for what helps the tests. */
function published(): string[] {
  return [...Deno.readDirSync(root)]
    .map(({ name }) => name)
    .filter((name) =>
      /\.ts$/.test(name) && !/_testing\.ts$|_test\.ts$/.test(name)
    )
    .sort();
}

/** Runs the tests, writing down in `folder` what they reach; returns the exit code. */
async function cover(std: Std, folder: string): Promise<number> {
  // The task itself, which finds @std where this has found it.
  const tested = await deno({ ...std, flags: [] }, [
    ...["task", "test"],
    ...[`--coverage=${folder}`, "--coverage-raw-data-only"],
    ...Deno.args,
  ]);
  if (tested !== 0) return tested;
  dropUnfinished(folder);
  const { success, stdout, stderr } = await new Deno.Command(
    Deno.execPath(),
    { args: ["coverage", "--lcov", `--include=^${root.href}[^/]*$`, folder] },
  ).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success) console.error(text(stderr));
  return report(missesIn(text(stdout)));
}

/** A thread that is ended while it writes what it has reached leaves half a file. */
function dropUnfinished(folder: string): void {
  for (const { name } of [...Deno.readDirSync(folder)]) {
    const path = `${folder}/${name}`;
    try {
      JSON.parse(Deno.readTextFileSync(path));
    } catch {
      console.log(`${name} is no report: left out`);
      Deno.removeSync(path);
    }
  }
}

/** Says what was missed; returns the exit code. */
function report(misses: Map<string, Reached>): number {
  let bad = 0;
  for (const name of published()) {
    const reached = misses.get(pathOf(name));
    // A file of types alone has nothing to run.
    if (reached === undefined) continue;
    const { lines, branches } = reached;
    bad += lines.length + branches.length;
    const missed = [
      ...(lines.length ? [`lines ${lines.join(", ")} not run`] : []),
      ...(branches.length
        ? [`branches at ${branches.join(", ")} not taken`]
        : []),
    ];
    console.log(`${name}: ${missed.join("; ") || "100 %"}`);
  }
  if (!misses.has(pathOf("channel.ts"))) {
    console.log("channel.ts was not looked at");
    bad++;
  }
  console.log(
    bad === 0
      ? "coverage: every line and branch of the published modules"
      : `coverage: ${bad} lines and branches are missed`,
  );
  return bad === 0 ? 0 : 1;
}

function pathOf(name: string): string {
  return decodeURIComponent(new URL(name, root).pathname);
}

const std = await findStd();
const folder = await Deno.makeTempDir({ prefix: "sluice-coverage-" });
try {
  Deno.exitCode = std.source === undefined ? 1 : await cover(std, folder);
} finally {
  await Deno.remove(folder, { recursive: true });
}

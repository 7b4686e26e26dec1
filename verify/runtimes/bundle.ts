// bundle.ts: makes of the test files modules that every runtime can load.
//
// A module for each file, with the library inside: as under Deno's own runner no
// file shares state with another, and one may put its own timers in place before
// the library loads.

import { deno, root, type Std } from "../../tools/std.ts";
import type { Plan } from "./driver.ts";
import { EXCLUSIONS, TRIED_AGAIN } from "./exclusions.ts";

/** Node 20 and 22 know no `using`. Nothing else that we write is newer than this. */
const LOWER = ["npm:esbuild@0.28", "--target=es2022", "--log-level=warning"];

const HERE = "verify/runtimes";
const OWN = ["main.ts", "worker.ts", "settlement_log.ts"];

/** The test files of the root and of verify/, as paths from the root. */
export async function testFiles(): Promise<string[]> {
  const files: string[] = [];
  const look = async (folder: string, deep: boolean) => {
    for await (
      const { name, isDirectory } of Deno.readDir(new URL(folder || ".", root))
    ) {
      if (isDirectory && deep) await look(`${folder}${name}/`, true);
      else if (name.endsWith("_test.ts")) files.push(folder + name);
    }
  };
  await look("", false);
  await look("verify/", true);
  return files.sort();
}

/**
 * Bundles everything.
 *
 * @param std Where `@std` comes from.
 * @param folder Where to; a folder of its own.
 * @returns What to run.
 */
export async function bundle(std: Std, folder: string): Promise<Plan> {
  const files = await testFiles();
  const entries = [...files, ...OWN.map((name) => `${HERE}/${name}`)];
  const flags = await withStdChannel(std, folder);
  await must({ ...std, flags }, [
    "bundle",
    "--quiet",
    "--platform=browser",
    `--outdir=${folder}`,
    ...entries,
  ]);
  const modules = entries.map(moduleOf);
  await must({ ...std, flags: ["--no-config", "--quiet"] }, [
    "run",
    "-A",
    ...LOWER,
    "--allow-overwrite",
    `--outdir=${folder}`,
    `--outbase=${folder}`,
    ...modules.map((module) => `${folder}/${module}`),
  ]);
  const plan: Plan = {
    files: files.map((file) => ({ file, module: upFromHere(moduleOf(file)) })),
    exclusions: EXCLUSIONS,
    triedAgain: TRIED_AGAIN,
    log: "./settlement_log.js",
  };
  const write = (name: string, text: string) =>
    Deno.writeTextFile(`${folder}/${name}`, text);
  await write(
    `${HERE}/plan.json.js`,
    `export const plan = ${JSON.stringify(plan)};\n`,
  );
  await write("package.json", '{ "type": "module" }\n');
  await write(
    "index.html",
    `<!doctype html><script type="module" src="/${HERE}/main.js"></script>\n`,
  );
  return plan;
}

/** The module to start, in the folder of a bundle. */
export const MAIN = `${HERE}/main.js`;

function moduleOf(file: string): string {
  return file.replace(/ts$/, "js");
}

function upFromHere(file: string): string {
  return `../../${file}`;
}

async function must(std: Std, args: string[]): Promise<void> {
  const code = await deno(std, args);
  if (code !== 0) throw new Error(`Cannot bundle: deno ${args[0]} failed`);
}

/**
 * The stand-in for @std/async mends a package as it loads, by way of a URL that
 * Deno alone can load. So it is mended here, before it is bundled.
 */
async function withStdChannel(
  std: Std,
  folder: string,
): Promise<readonly string[]> {
  if (std.source !== "npm") return std.flags;
  const standIn = await Deno.readTextFile(
    new URL("tools/std_async.js", root),
  );
  const [, channel] = standIn.match(/"(npm:\S+\/channel\.js)"/) ?? [];
  const [, wrong, right] = standIn.match(/'("\S+")',\s*'("npm:\S+")'/) ?? [];
  const prefix = "--import-map=data:application/json,";
  const flag = std.flags.find((flag) => flag.startsWith(prefix));
  if (!channel || !wrong || !right || !flag) {
    throw new Error("Cannot mend @std/async: tools/ is not as it was");
  }
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      "--no-config",
      `import source from "${channel}" with { type: "text" };
       await Deno.stdout.write(new TextEncoder().encode(source));`,
    ],
    stdin: "null",
  }).output();
  const source = new TextDecoder().decode(stdout);
  if (!source.includes(wrong)) throw new Error("Cannot mend @std/async");
  const mended = `${folder}/std_async_channel.js`;
  await Deno.writeTextFile(mended, source.replace(wrong, right));
  const map = JSON.parse(decodeURIComponent(flag.slice(prefix.length)));
  map.imports["@std/async/channel"] = `file://${mended}`;
  const amended = encodeURIComponent(JSON.stringify(map));
  return std.flags.map((one) => one === flag ? prefix + amended : one);
}

// bundle.ts: makes of the test files modules that every runtime can load.
//
// A module for each file, with the library inside: as under Deno's own runner no
// file shares state with another, and one may put its own timers in place before
// the library loads.

import { bundleModules } from "../../tools/bundle.ts";
import type { Std } from "../../tools/std.ts";
import { root } from "../../tools/std.ts";
import type { Plan } from "./driver.ts";
import { EXCLUSIONS, TRIED_AGAIN } from "./exclusions.ts";

const HERE = "verify/runtimes";
const OWN = ["main.ts", "worker.ts", "settlement_log.ts"];

/**
 * The test files of the root and of verify/, as paths from the root. Those of a channel on
 * a server start one, and use clients from npm: redis_crash.ts runs that channel elsewhere.
 */
export async function testFiles(): Promise<string[]> {
  const files: string[] = [];
  const look = async (folder: string, deep: boolean) => {
    for await (
      const { name, isDirectory } of Deno.readDir(new URL(folder || ".", root))
    ) {
      if (isDirectory && deep) await look(`${folder}${name}/`, true);
      else if (/^(?!redis_).*_test\.ts$/.test(name)) files.push(folder + name);
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
  await bundleModules(std, folder, entries);
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

// Runs deno with @std from JSR or, where JSR cannot be reached, from npm.
//
//     deno run -A --no-config tools/std.ts test --filter close
//
// Sources say `@std/...` either way: deno.json maps that to JSR, and out of JSR's reach an import map given
// on the command line, deno.json's own with @std replaced, maps it to the std_* files of this folder. Those
// wrap npm packages (std_async.js says what it mends), which Deno itself fetches: that heeds .npmrc, works
// with or without npm on the machine, and works offline once they are in Deno's cache. Nothing is generated,
// so nothing goes stale.
//
// This file and ok.ts import nothing remote and run with --no-config, so they start without a network.
//
// SLUICE_STD=jsr or SLUICE_STD=npm decides without looking; what is run finds it in its environment.

/** Where `@std` comes from. */
export interface Std {
  /** `undefined` when neither JSR nor npm has it. */
  readonly source: "jsr" | "npm" | undefined;
  /** What to give to a deno sub-command that resolves imports. */
  readonly flags: readonly string[];
}

interface Config {
  readonly exports: Readonly<Record<string, string>>;
  readonly imports: Readonly<Record<string, string>>;
}

/** The folder of deno.json. */
export const root: URL = new URL("../", import.meta.url);

/** The part of deno.json that the tools read. */
export const config: Config = JSON.parse(
  Deno.readTextFileSync(new URL("deno.json", root)),
);

/** The modules of `@std` that tests, benches and examples may import. */
const standIns: Readonly<Record<string, string>> = {
  "@std/assert": "std_assert.js",
  "@std/async": "std_async.js",
  "@std/async/channel": "std_async.js",
  "@std/async/deadline": "std_async.js",
  "@std/async/delay": "std_async.js",
  "@std/async/mux-async-iterator": "std_async.js",
  "@std/async/pool": "std_async.js",
  "@std/async/tee": "std_async.js",
  "@std/testing/time": "std_time.ts",
  "@std/testing/types": "std_types.ts",
};

/** Long enough to fetch all of it over a slow line; only silence from JSR makes anybody wait so long. */
const PATIENCE = 15_000; // ms

function urlOf(file: string): string {
  return new URL(file, import.meta.url).href;
}

function fromJsr(): string[] {
  return Object.keys(standIns).map((name) =>
    name.replace(/^@std\/\w+/, (pack) => config.imports[pack] ?? pack)
  );
}

function fromNpm(): string[] {
  return [...new Set(Object.values(standIns))].map(urlOf);
}

/** The import map is taken literally, while in deno.json a package's name stands for its submodules too. */
function importMapFlag(): string[] {
  const imports: Record<string, string> = {};
  for (const [name, target] of Object.entries(config.imports)) {
    imports[name] = target;
    const submodules = target.replace(/^(jsr|npm):\/?/, "$1:/");
    if (submodules !== target) imports[`${name}/`] = `${submodules}/`;
  }
  for (const [name, file] of Object.entries(standIns)) {
    imports[name] = urlOf(file);
  }
  const map = encodeURIComponent(JSON.stringify({ imports }));
  return [`--import-map=data:application/json,${map}`];
}

/** Brings modules into Deno's cache, which costs no network when they are there; tells what went wrong. */
async function cache(specifiers: string[]): Promise<string | undefined> {
  const { success, signal, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["cache", "--no-config", "--quiet", ...specifiers],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    signal: AbortSignal.timeout(PATIENCE),
  }).output();
  if (success) return undefined;
  if (signal !== null) {
    return `no answer within ${
      PATIENCE / 1000
    } s (see SLUICE_STD in tools/std.ts)`;
  }
  return new TextDecoder().decode(stderr).split("\n", 1)[0];
}

/** Finds out where `@std` comes from and says it, on stderr so that `bench --json` stays clean. */
export async function findStd(): Promise<Std> {
  const wanted = Deno.env.get("SLUICE_STD");
  const jsrProblem = wanted === "jsr" || wanted === "npm"
    ? undefined
    : await cache(fromJsr());
  if (wanted !== "npm" && jsrProblem === undefined) {
    console.error("@std: JSR");
    return { source: "jsr", flags: [] };
  }
  const why = wanted === "npm" ? "SLUICE_STD=npm" : "JSR cannot be reached";
  const npmProblem = await cache(fromNpm());
  if (npmProblem === undefined) {
    console.error(`@std: npm stand-ins (${why})`);
  } else {
    console.error(`@std: not to be had (${why}; nor can npm)`);
  }
  if (jsrProblem !== undefined) console.error(`  JSR: ${jsrProblem}`);
  if (npmProblem !== undefined) console.error(`  npm: ${npmProblem}`);
  return npmProblem === undefined
    ? { source: "npm", flags: importMapFlag() }
    : { source: undefined, flags: [] };
}

/** Runs deno, handing on stdin, stdout, stderr and Ctrl-C; returns its exit code. */
export async function deno(std: Std, args: string[]): Promise<number> {
  const [subCommand, ...rest] = args;
  if (subCommand === undefined) return 1;
  const ignore = () => {}; // the child gets Ctrl-C too, and decides
  Deno.addSignalListener("SIGINT", ignore);
  try {
    const status = await new Deno.Command(Deno.execPath(), {
      args: [subCommand, ...std.flags, ...rest],
      cwd: root,
      env: std.source === undefined ? {} : { SLUICE_STD: std.source },
    }).spawn().status;
    return status.code;
  } finally {
    Deno.removeSignalListener("SIGINT", ignore);
  }
}

if (import.meta.main) {
  const std = await findStd();
  Deno.exit(std.source === undefined ? 1 : await deno(std, Deno.args));
}

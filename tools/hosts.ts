// hosts.ts: where the runtimes are, and how each is started.

/** A runtime that is there. */
export interface Found {
  readonly version: string;
  readonly command: string;
  /** Arguments before the module, or before the page's address. */
  readonly args: readonly string[];
  /** Whether it is given a page rather than a module. */
  readonly browser?: boolean;
}

/** A runtime that may be there. */
export interface Host {
  /** As it is asked for on the command line. */
  readonly name: string;
  /** Finds or installs it; rejects if it cannot be had. */
  find(): Promise<Found>;
}

/** Debian's name first. */
const BROWSERS = ["chromium", "chromium-browser", "google-chrome"];

const BROWSER_ARGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--js-flags=--expose-gc",
];

const GC = ["--expose-gc"];

/** Runs a program to its end; resolves to its standard output. */
async function outputOf(command: string, args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args,
    stdin: "null",
    signal: AbortSignal.timeout(120_000),
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  if (success) return text(stdout);
  const line = text(stderr).split("\n").findLast((line) => /error/i.test(line));
  throw new Error(line ?? `${command} ${args[0]} failed`);
}

/** Where what npm installs is kept from one run to the next. */
function cacheFolder(): string {
  const home = Deno.env.get("HOME") ?? Deno.env.get("USERPROFILE") ?? ".";
  const caches = Deno.env.get("XDG_CACHE_HOME") ?? `${home}/.cache`;
  return `${caches}/sluice-runtimes`;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** Installs a package in a folder of its own, unless it is there; returns a path in it. */
async function install(
  name: string,
  version: string,
  path: string,
): Promise<string> {
  const folder = `${cacheFolder()}/${name}-${version}`;
  const wanted = `${folder}/node_modules/${path}`;
  if (!await exists(wanted)) {
    console.error(`installing ${name} ${version}`);
    await Deno.mkdir(folder, { recursive: true });
    await outputOf("npm", [
      "install",
      "--no-audit",
      "--no-fund",
      `--prefix=${folder}`,
      `${name}@${version}`,
    ]);
  }
  return wanted;
}

/** The released versions of a package; those at hand if npm does not tell. */
async function versionsOf(name: string): Promise<string[]> {
  try {
    return JSON.parse(
      await outputOf("npm", ["view", name, "versions", "--json"]),
    );
  } catch (error) {
    const installed: string[] = [];
    if (await exists(cacheFolder())) {
      for await (const entry of Deno.readDir(cacheFolder())) {
        if (!entry.name.startsWith(`${name}-`)) continue;
        installed.push(entry.name.slice(name.length + 1));
      }
    }
    if (installed.length === 0) throw error;
    return installed;
  }
}

/** The highest of the versions that begin so. The `latest` of npm need not be it. */
async function highest(name: string, start: string): Promise<string> {
  let best: number[] = [];
  for (const version of await versionsOf(name)) {
    if (!version.startsWith(start) || !/^[\d.]+$/.test(version)) continue;
    const numbers = version.split(".").map(Number);
    const different = numbers.findIndex((number, i) => number !== best[i]);
    if (different < 0) continue;
    if (!(numbers[different]! < best[different]!)) best = numbers;
  }
  if (best.length === 0) throw new Error(`npm has no ${name} ${start}`);
  return best.join(".");
}

/** npm's packages of Node's own binaries, by the names that Node gives to systems and processors. */
function nodePackage(): string {
  const { os, arch } = Deno.build;
  return `node-${os}-${arch === "aarch64" ? "arm64" : "x64"}`;
}

function node(name: string, start: string): Host {
  return {
    name,
    async find() {
      const pack = nodePackage();
      const version = await highest(pack, start);
      const command = await install(pack, version, `${pack}/bin/node`);
      return { version, command, args: GC };
    },
  };
}

/** All of them, in the order of the table. */
export const HOSTS: readonly Host[] = [
  {
    name: "deno",
    find: () =>
      Promise.resolve({
        version: Deno.version.deno,
        command: Deno.execPath(),
        args: ["run", "-A", "--no-config", "--quiet", "--v8-flags=--expose-gc"],
      }),
  },
  node("node20", "20."),
  node("node22", "22."),
  node("node24", "24."),
  node("node-newest", ""),
  {
    name: "bun",
    async find() {
      const version = await highest("bun", "");
      const command = await install("bun", version, ".bin/bun");
      return { version, command, args: [] };
    },
  },
  {
    name: "chromium",
    async find() {
      for (const command of BROWSERS) {
        const told = await outputOf(command, ["--version"]).catch(() => "");
        const [version] = told.match(/[\d.]{5,}/) ?? [];
        if (version) {
          return { version, command, args: BROWSER_ARGS, browser: true };
        }
      }
      throw new Error(`none of ${BROWSERS.join(", ")}`);
    },
  },
];

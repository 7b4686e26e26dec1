// _where.ts: on what something is measured, as reports tell it.

/** What every report begins with. */
export interface Where {
  /** ISO 8601, to the day. */
  readonly date: string;
  /** The commit, with "+" if files were changed since. */
  readonly commit: string;
  readonly machine: string;
  /** As "deno 2.9.6". */
  readonly runtime: string;
  /** Versions of the rivals that took part. */
  readonly versions: Readonly<Record<string, string>>;
}

/** The processor, and how many there are of it. */
export async function machine(): Promise<string> {
  const { cpus } = await import("node:os");
  const [processor] = cpus();
  return `${navigator.hardwareConcurrency} cores, ${processor?.model}`;
}

/** The commit that is measured; with "+" if files are not as they are there. */
export async function commit(): Promise<string> {
  const git = async (...args: string[]) => {
    const { stdout } = await new Deno.Command("git", { args }).output();
    return new TextDecoder().decode(stdout).trim();
  };
  const changed = await git("status", "--porcelain", "--", "*.ts");
  return await git("rev-parse", "--short", "HEAD") + (changed ? "+" : "");
}

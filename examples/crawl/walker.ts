// walker.ts: sends the path of every file below a folder, then closes the channel.

import { Channel } from "../../channel.ts";
import type { Result } from "../digest.ts";
import { walk } from "../digest.ts";
import { openAll } from "./channels.ts";

const [port, folder] = Deno.args as [string, string];
await using channels = await openAll(Number(port));
const { paths, results } = channels;
const found = new Channel<string>();
const problems = new Channel<Result>();
const walked = walk(folder, found, problems).finally(() => {
  found.close();
  problems.close();
});
await Promise.all([walked, paths.sendAll(found), results.sendAll(problems)]);
await paths.close();

// comlink_worker.ts: a thread in jobs.ts that comlink calls.

import { expose } from "npm:comlink@4.4.2";
import { parentOf } from "../../_thread.ts";
import { handle } from "./handlers.ts";

parentOf()!.listen((port) => expose(handle, port as MessagePort));

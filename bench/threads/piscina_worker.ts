// piscina_worker.ts: the work that piscina is given in jobs.ts.

export { handle as default } from "./handlers.ts";

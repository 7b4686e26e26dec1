// _our_kit.ts: this package, as the acceptance cases see it.

import * as sluice from "../../mod.ts";
import type { Implementation } from "./_kit.ts";

/** This package. */
export const OURS: Implementation = {
  name: "@sluice/channel",
  features: new Set([
    "batches",
    "drain",
    "errors",
    "join",
    "number",
    "select",
    "selectEach",
    "sendAll",
    "sendNow",
    "streams",
    "trySelect",
    "unbounded",
    "values",
  ]),
  Channel: sluice.Channel,
  ChannelClosedError: sluice.ChannelClosedError,
  api: sluice,
};

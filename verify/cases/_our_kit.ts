// _our_kit.ts: this package, as the acceptance cases see it.

import * as sluice from "../../mod.ts";
import type { Feature, Implementation } from "./_kit.ts";

const FEATURES: readonly Feature[] = [
  "batches",
  "drain",
  "errors",
  "join",
  "number",
  "select",
  "selectEach",
  "sendAll",
  "sendNow",
  "trySelect",
  "unbounded",
  "values",
];

/** This package. */
export const OURS: Implementation = {
  name: "@sluice/channel",
  features: new Set(
    // Streams come with a later version.
    "toReadableStream" in sluice.Channel.prototype
      ? [...FEATURES, "streams"]
      : FEATURES,
  ),
  Channel: sluice.Channel,
  ChannelClosedError: sluice.ChannelClosedError,
  api: sluice,
};

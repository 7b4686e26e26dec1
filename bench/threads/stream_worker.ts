// stream_worker.ts: the other thread of streams.ts.

import { parentOf } from "../../_thread.ts";
import { receiver, sender } from "../../worker.ts";
import {
  countOf,
  receiveBatched,
  receiveRaw,
  sendBatched,
  sendRaw,
} from "./sides.ts";
import type { Order } from "./streams.ts";
import type { Payload } from "./values.ts";
import { PAYLOADS, transferOf, valuesOf } from "./values.ts";

async function obey(
  { act, port, window }: Order,
  payload: Payload,
): Promise<number> {
  switch (act) {
    case "receiveRaw":
      return await receiveRaw(port, payload);
    case "receiveBatched":
      return await receiveBatched(port, payload);
    case "receive":
      return await countOf(receiver(port, { window }));
    case "sendRaw":
      await sendRaw(port, payload);
      return payload.n;
    case "sendBatched":
      await sendBatched(port, payload);
      return payload.n;
    case "send": {
      const to = sender<unknown>(port, { transfer: transferOf(payload) });
      await to.sendAll(valuesOf(payload));
      await to[Symbol.asyncDispose]();
      return payload.n;
    }
  }
}

const parent = parentOf()!;
parent.listen(async (data) => {
  const order = data as Order;
  parent.post(await obey(order, PAYLOADS[order.payload]!));
});

/** What events.once() rejects with has the reason of its signal as the cause. */
import { EventEmitter, once } from "node:events";

const signal = AbortSignal.abort();
const error = await once(new EventEmitter(), "never", { signal }).catch((reason) => reason);
console.log(error.cause === signal.reason ? "has" : "lacks");

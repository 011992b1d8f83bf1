/** In the place of the engine: the extension runs none, and its monitor is over files. */
import * as Context from "effect/Context"

/** By the key of the engine's own service, which nobody provides here. */
export const Audit = Context.Service<never>("@countersign/core/Audit")

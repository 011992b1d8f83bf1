/** In the place of the engine: the extension runs none, and its monitor is over files. */
import * as Context from "effect/Context"

export class Audit extends Context.Service<Audit, never>()("@countersign/core/Audit") {}

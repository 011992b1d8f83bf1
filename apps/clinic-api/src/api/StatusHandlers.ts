/**
 * Whether the process lives, and whether it serves.
 */
import { Audit } from "@countersign/core/Audit"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { ClinicStore } from "../store/ClinicStore.ts"
import { AuditSwitch } from "../audit/AuditSwitch.ts"
import { ClinicApi } from "./ClinicApi.ts"
import { NotReady } from "./Problem.ts"

export const layer = HttpApiBuilder.group(
  ClinicApi,
  "status",
  Effect.fnUntraced(function* (handlers) {
    const store = yield* ClinicStore
    const audit = yield* Audit
    return handlers.handleAll({
      health: () => Effect.succeed({ status: "alive" as const }),
      ready: Effect.fnUntraced(function* () {
        // A clinic that can't record does nothing that matters.
        const { state } = audit.status()
        if (state !== "open" && (yield* AuditSwitch)) {
          return yield* new NotReady({ waitsFor: "audit" })
        }
        yield* Effect.mapError(store.ready, () => new NotReady({ waitsFor: "store" }))
        return { status: "ready" as const }
      }),
    })
  }),
)

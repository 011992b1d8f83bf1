/**
 * An engine's state as plain values.
 *
 * @since 0.1.0
 */
import type { BufferPoolStatus } from "./BufferPool.ts"
import type { DeliveryStatus } from "./DeliveryStatus.ts"
import type { EngineState } from "./Door.ts"
import type { VerifyReport } from "../trail/VerifyReport.ts"
import type { Account } from "./Ledger.ts"

/**
 * How an engine stands, readable at any moment.
 *
 * @category models
 * @since 0.1.0
 */
export interface EngineStatus {
  readonly state: EngineState
  readonly detail: string
  readonly origin: string
  /** Where the trail lies: an absolute path. Empty where auditing is switched off. */
  readonly directory: string
  readonly verifierKey: string
  readonly accounts: ReadonlyArray<Account>
  /** The engine's own records in the trail. */
  readonly systemRecords: number
  readonly durableSize: number
  readonly publishedSize: number
  /** When the newest checkpoint of this run was published. Units: milliseconds since 1970. */
  readonly publishedMillis: number | undefined
  /** What verifying the trail said last in this run. Units: milliseconds since 1970. */
  readonly verification:
    | { readonly verdict: VerifyReport["verdict"]; readonly atMillis: number }
    | undefined
  readonly pool: BufferPoolStatus
  readonly samplingRate: number
  /** Callers that wait for their event. */
  readonly waiting: number
  readonly walSegments: number
  /** Segments of the log that were given up: after a failed sync, or because their file was gone. */
  readonly walAbandoned: number
  readonly sinks: ReadonlyArray<DeliveryStatus>
}

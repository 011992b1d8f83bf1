/**
 * What an engine needs to know. The resolved configuration has this shape.
 *
 * @since 0.1.0
 */
import type { EventLimits } from "../event/EventEncoder.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface EngineOptions {
  /** The trail's directory. */
  readonly directory: string
  /** The trail's name in checkpoints: a URL without its scheme. */
  readonly origin: string
  readonly limits: EventLimits
  readonly intake: { readonly bytesMax: number; readonly countMax: number }
  readonly deadlines: {
    readonly criticalMillis: number
    readonly complianceMillis: number
    /** From durable to delivered. */
    readonly deliveredMillis: number
  }
  /** When a batch leaves the lanes. */
  readonly batch: {
    readonly countMax: number
    readonly bytesMax: number
    /** How long accepted events gather that nobody waits for. */
    readonly waitMillis: number
    /** Shortest time between two batches that somebody waits for. */
    readonly paceMillis: number
  }
  readonly pool: {
    readonly slabBytes: number
    readonly slabsMax: number
    readonly poison: boolean
  }
  readonly wal: {
    readonly segmentBytesMax: number
    /** Bytes that one sync covers at most. */
    readonly groupBytesMax: number
    /** Log kept for tiles that were not synced yet. Beyond it they are synced at once. */
    readonly retainBytesMax: number
  }
  readonly checkpoint: { readonly intervalMillis: number }
  /** Between signs of life; 0: none. */
  readonly heartbeatMillis: number
  readonly sampling: {
    readonly rate: number
    readonly rateMin: number
    readonly rateMax: number
    readonly adaptive: boolean
    readonly targetOverhead: number
    readonly windowMillis: number
  }
  readonly archive: {
    readonly compress: boolean
    readonly afterBundles: number
    readonly bundlesPerSecondMax: number
  }
  readonly seals: {
    /** Seals each batch with HMAC-SHA256: a second, faster, local alarm. */
    readonly hmac: boolean
  }
  readonly signer: {
    /** How long one key signs: `daily` changes it with the UTC day. */
    readonly epoch: "none" | "daily"
  }
  readonly timestamp: {
    /** The authority's; empty: none is asked. */
    readonly url: string
    readonly intervalMillis: number
    /** The file with the certificates to trust; empty: whoever answers is believed for now. */
    readonly ca: string
  }
  readonly witness: {
    /** The path of the policy that says who cosigns; empty: nobody does. */
    readonly policy: string
    readonly intervalMillis: number
    readonly timeoutMillis: number
  }
  readonly restart: {
    readonly backoffMinMillis: number
    readonly backoffMaxMillis: number
    readonly restartsMax: number
    readonly windowMillis: number
  }
  readonly shutdown: { readonly drainMillis: number }
  readonly dispatch: {
    readonly ringBytesMax: number
    readonly batchBytesMax: number
    readonly cursorMillis: number
    /** Longest time for one call to a sink that has no deadline of its own. */
    readonly deliverMillisMax: number
    /** Longest wait between two tries. */
    readonly retryMaxMillis: number
    /** Names of required sinks, separated by commas. */
    readonly required: string
    /** How many of the required sinks are enough; 0: all. */
    readonly quorum: number
  }
}

/**
 * An engine over a trail in a directory of the test's own, and what is in that trail.
 *
 * @since 0.1.0
 */
import { generateKeyPairSync } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { Audit, type LayerOptions, type OpenError } from "../Audit.ts"
import type { AuditConfig } from "../config/AuditConfig.ts"
import { fromInput } from "../config/ConfigInput.ts"
import { settle } from "../config/Configuration.ts"
import type { AuditEvent, AuditEventInput } from "../event/AuditEvent.ts"
import { Disk } from "../platform/Disk.ts"
import * as NodeDisk from "../platform/NodeDisk.ts"
import * as KeySigner from "../signer/KeySigner.ts"
import { entries } from "../trail/TrailReader.ts"
import { verify } from "../trail/Verifier.ts"

/**
 * An event of the class `standard`.
 *
 * @category constants
 * @since 0.1.0
 */
export const event: AuditEventInput = {
  type: "patient.record.read",
  actor: { id: "u-1", type: "user" },
  outcome: "success",
}

/** A write-ahead log's file. */
export const isWal = (file: string): boolean => file.endsWith(".wal")

/** Sum of what the ledger misses: 0, or there is a defect. */
export const missing = (audit: Audit["Service"]): number =>
  audit.status().accounts.reduce((sum, account) => sum + Math.abs(account.missing), 0)

/** A record's own data. */
export const dataOf = (record: AuditEvent | undefined): Readonly<Record<string, unknown>> =>
  // What the engine writes about itself is an object.
  record?.data as Readonly<Record<string, unknown>>

/** The real disk as a value, to be wrapped in faults. */
export const nodeDisk: Disk["Service"] = Effect.runSync(
  Effect.provide(Effect.service(Disk), NodeDisk.layer),
)

/**
 * @category models
 * @since 0.1.0
 */
export interface AuditFixture {
  readonly directory: string
  /** The configuration without `input`. */
  readonly config: AuditConfig
  /** Runs with an engine that is closed in order afterwards. Values below the schema's bounds are allowed. */
  readonly withAudit: <A, E>(
    use: Effect.Effect<A, E, Audit>,
    input?: Partial<AuditConfig>,
    options?: LayerOptions & { readonly disk?: Disk["Service"] },
  ) => Effect.Effect<A, E | OpenError>
  /** The published events, in order. */
  readonly trail: Effect.Effect<ReadonlyArray<AuditEvent>, unknown>
  /** What the verifier says. */
  readonly verdict: Effect.Effect<string, unknown>
}

/**
 * @param directory where the trail goes; its parent exists
 * @category constructors
 * @since 0.1.0
 */
export const make = (directory: string): AuditFixture => {
  const pem = generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" })
  const config = Result.getOrThrow(settle([fromInput({ directory })]))
  return {
    directory,
    config,
    withAudit: (use, input = {}, { disk = nodeDisk, ...options } = {}) =>
      use.pipe(
        Effect.provide(
          Audit.layerWith({ ...config, ...input }, options).pipe(
            Layer.provide(KeySigner.layerPem(pem, "test")),
            Layer.provide(Layer.succeed(Disk, disk)),
          ),
        ),
      ),
    trail: entries(directory).pipe(
      Stream.map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString("utf8")) as AuditEvent),
      Stream.runCollect,
      Effect.provide(NodeDisk.layer),
    ),
    verdict: verify(directory).pipe(
      Effect.map((report) => report.verdict),
      Effect.provide(NodeDisk.layer),
    ),
  }
}

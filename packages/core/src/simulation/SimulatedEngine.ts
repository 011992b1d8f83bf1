/**
 * The engine that is simulated: small in everything, so that everything rolls over soon.
 *
 * @since 0.1.0
 */
import { createPrivateKey } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { fromInput } from "../config/ConfigInput.ts"
import { settle } from "../config/Configuration.ts"
import type { EngineOptions } from "../engine/EngineOptions.ts"
import * as KeySigner from "../signer/KeySigner.ts"
import { Signer } from "../signer/Signer.ts"
import * as SignedNote from "../trail/SignedNote.ts"

/** Where the trail lies. */
export const directory = "/simulation/trail"

const KiB = 1024
const eventBytesMax = 4 * KiB
const segmentBytesMax = 8 * KiB
const retainBytesMax = 64 * KiB

/**
 * How long the engine waits for a sink's answer.
 *
 * @category constants
 * @since 0.1.0
 */
export const deliverMillisMax = 1_000

const config = Result.getOrThrow(settle([fromInput({ directory })]))

/**
 * The smallest values that an engine can work with, most of them below the schema's bounds.
 *
 * @category constants
 * @since 0.1.0
 */
export const engineOptions: EngineOptions = {
  ...config,
  limits: { ...config.limits, eventBytesMax },
  intake: { bytesMax: 64 * KiB, countMax: 160 },
  deadlines: { ...config.deadlines, criticalMillis: 1_500, complianceMillis: 2_500 },
  batch: { countMax: 32, bytesMax: 8 * KiB, waitMillis: 20, paceMillis: 2 },
  pool: { slabBytes: 16 * KiB, slabsMax: 4, poison: true },
  wal: { segmentBytesMax, groupBytesMax: 32 * KiB, retainBytesMax },
  checkpoint: { intervalMillis: 100 },
  heartbeatMillis: 5_000,
  sampling: { ...config.sampling, rate: 0.5, adaptive: false, windowMillis: 700 },
  archive: { compress: true, afterBundles: 1, bundlesPerSecondMax: 10 },
  restart: { backoffMinMillis: 5, backoffMaxMillis: 100, restartsMax: 12, windowMillis: 60_000 },
  shutdown: { drainMillis: 6_000 },
  dispatch: {
    ...config.dispatch,
    ringBytesMax: 32 * KiB,
    batchBytesMax: 8 * KiB,
    cursorMillis: 200,
    deliverMillisMax,
  },
}

/**
 * Segments of its log that an engine at rest may keep though full tiles hold all their entries.
 *
 * @category constants
 * @since 0.1.0
 */
export const spentMax = retainBytesMax / segmentBytesMax

// PKCS #8 of an Ed25519 key: everything before the 32 bytes of the key is fixed (RFC 8410).
const der = Buffer.concat([
  Buffer.from("302e020100300506032b657004220420", "hex"),
  Buffer.alloc(32, 7),
])
const pem = createPrivateKey({ key: der, format: "der", type: "pkcs8" }).export({
  format: "pem",
  type: "pkcs8",
})

/** The same key in each process and each run, since signatures are a part of the history. */
export const simulationSigner: Signer["Service"] = Effect.runSync(
  Effect.provide(Effect.service(Signer), KeySigner.layerPem(pem, "simulation")),
)

/**
 * @category constants
 * @since 0.1.0
 */
export const verifierKey: SignedNote.VerifierKey = Result.getOrThrow(
  SignedNote.parseVerifierKey(
    SignedNote.formatVerifierKey(engineOptions.origin, simulationSigner.publicKey),
  ),
)

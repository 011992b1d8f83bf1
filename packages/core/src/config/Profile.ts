/**
 * The profiles: for each, every value that is not a path.
 *
 * Written out in full, so that a reader sees what a profile is without looking elsewhere, and
 * a change of one does not change another.
 *
 * @since 0.1.0
 */
import type { AuditConfig, ProfileName } from "./AuditConfig.ts"

const KiB = 1024
const MiB = 1024 * KiB
const GiB = 1024 * MiB

/**
 * The values that a profile sets.
 *
 * @category models
 * @since 0.1.0
 */
export type ProfileValues = Omit<AuditConfig, "directory" | "origin" | "profile" | "signer"> & {
  readonly signer: Omit<AuditConfig["signer"], "path">
}

/**
 * A profile.
 *
 * @category models
 * @since 0.1.0
 */
export interface Profile {
  /** Whom it is for, and what it gives up. */
  readonly purpose: string
  readonly values: ProfileValues
}

const signer = { kind: "file", variable: "COUNTERSIGN_SIGNING_KEY", epoch: "none" } as const

// Empty: there is none. These say where things are, and are no part of a profile's character.
const pkcs11 = {
  module: "",
  token: "",
  key: "",
  pinVariable: "COUNTERSIGN_PKCS11_PIN",
  pinFile: "",
} as const
const timestamp = { url: "", intervalMillis: 3_600_000, ca: "" } as const
const witness = { policy: "", intervalMillis: 60_000, timeoutMillis: 10_000 } as const

const sinks = {
  deliverMillisMax: 30_000,
  retryMaxMillis: 30_000,
  required: "",
  quorum: 0,
} as const

/**
 * All profiles. `balanced` holds where nothing else is said.
 *
 * @category constants
 * @since 0.1.0
 */
export const profiles: Readonly<Record<ProfileName, Profile>> = {
  balanced: {
    purpose: "A server among other work: moderate memory, checkpoints each second.",
    values: {
      limits: { eventBytesMax: 49_152, depthMax: 8, keysMax: 256, keyLengthMax: 64 },
      intake: { bytesMax: 8 * MiB, countMax: 65_536 },
      deadlines: { criticalMillis: 5000, complianceMillis: 30_000, deliveredMillis: 10_000 },
      batch: { countMax: 4096, bytesMax: MiB, waitMillis: 25, paceMillis: 1 },
      pool: { slabBytes: MiB, slabsMax: 12, poison: false },
      wal: {
        segmentBytesMax: 64 * MiB,
        groupBytesMax: 4 * MiB,
        retainBytesMax: GiB,
      },
      checkpoint: { intervalMillis: 1000 },
      heartbeatMillis: 3_600_000,
      sampling: {
        rate: 1,
        rateMin: 0.01,
        rateMax: 1,
        adaptive: true,
        targetOverhead: 0.05,
        windowMillis: 10_000,
      },
      archive: { compress: true, afterBundles: 1024, bundlesPerSecondMax: 10 },
      seals: { hmac: false },
      signer,
      pkcs11,
      timestamp,
      witness,
      restart: {
        backoffMinMillis: 10,
        backoffMaxMillis: 5000,
        restartsMax: 20,
        windowMillis: 60_000,
      },
      shutdown: { drainMillis: 30_000 },
      dispatch: { ringBytesMax: 4 * MiB, batchBytesMax: MiB, cursorMillis: 1000, ...sinks },
      signals: true,
    },
  },
  "high-volume": {
    purpose: "Most events a second: more memory, larger batches under one sync, up to 10 ms later.",
    values: {
      limits: { eventBytesMax: 49_152, depthMax: 8, keysMax: 256, keyLengthMax: 64 },
      intake: { bytesMax: 64 * MiB, countMax: 262_144 },
      deadlines: { criticalMillis: 10_000, complianceMillis: 60_000, deliveredMillis: 30_000 },
      batch: { countMax: 16_384, bytesMax: 4 * MiB, waitMillis: 10, paceMillis: 2 },
      pool: { slabBytes: 4 * MiB, slabsMax: 16, poison: false },
      wal: {
        segmentBytesMax: 128 * MiB,
        groupBytesMax: 16 * MiB,
        retainBytesMax: 4 * GiB,
      },
      checkpoint: { intervalMillis: 2000 },
      heartbeatMillis: 3_600_000,
      sampling: {
        rate: 1,
        rateMin: 0.01,
        rateMax: 1,
        adaptive: true,
        targetOverhead: 0.1,
        windowMillis: 10_000,
      },
      archive: { compress: true, afterBundles: 8192, bundlesPerSecondMax: 100 },
      seals: { hmac: false },
      signer,
      pkcs11,
      timestamp,
      witness,
      restart: {
        backoffMinMillis: 10,
        backoffMaxMillis: 5000,
        restartsMax: 20,
        windowMillis: 60_000,
      },
      shutdown: { drainMillis: 60_000 },
      dispatch: { ringBytesMax: 32 * MiB, batchBytesMax: 4 * MiB, cursorMillis: 1000, ...sinks },
      signals: true,
    },
  },
  "low-latency": {
    purpose:
      "Receipts soon: checkpoints each 50 ms, small groups under one sync, at more writes to the disk.",
    values: {
      limits: { eventBytesMax: 49_152, depthMax: 8, keysMax: 256, keyLengthMax: 64 },
      intake: { bytesMax: 16 * MiB, countMax: 65_536 },
      deadlines: { criticalMillis: 1000, complianceMillis: 5000, deliveredMillis: 2000 },
      batch: { countMax: 1024, bytesMax: 256 * KiB, waitMillis: 0, paceMillis: 0 },
      pool: { slabBytes: 256 * KiB, slabsMax: 32, poison: false },
      wal: {
        segmentBytesMax: 64 * MiB,
        groupBytesMax: MiB,
        retainBytesMax: GiB,
      },
      checkpoint: { intervalMillis: 50 },
      heartbeatMillis: 3_600_000,
      sampling: {
        rate: 1,
        rateMin: 0.01,
        rateMax: 1,
        adaptive: true,
        targetOverhead: 0.02,
        windowMillis: 5000,
      },
      archive: { compress: true, afterBundles: 1024, bundlesPerSecondMax: 5 },
      seals: { hmac: false },
      signer,
      pkcs11,
      timestamp,
      witness,
      restart: {
        backoffMinMillis: 5,
        backoffMaxMillis: 1000,
        restartsMax: 50,
        windowMillis: 60_000,
      },
      shutdown: { drainMillis: 10_000 },
      dispatch: { ringBytesMax: 8 * MiB, batchBytesMax: 256 * KiB, cursorMillis: 500, ...sinks },
      signals: true,
    },
  },
  "memory-constrained": {
    purpose:
      "Small containers: little memory, so that callers of a busy engine wait or are refused sooner.",
    values: {
      limits: { eventBytesMax: 16_384, depthMax: 8, keysMax: 128, keyLengthMax: 64 },
      intake: { bytesMax: MiB, countMax: 4096 },
      deadlines: { criticalMillis: 5000, complianceMillis: 30_000, deliveredMillis: 20_000 },
      batch: { countMax: 512, bytesMax: 128 * KiB, waitMillis: 5, paceMillis: 1 },
      pool: { slabBytes: 128 * KiB, slabsMax: 8, poison: false },
      wal: {
        segmentBytesMax: 8 * MiB,
        groupBytesMax: 512 * KiB,
        retainBytesMax: 64 * MiB,
      },
      checkpoint: { intervalMillis: 2000 },
      heartbeatMillis: 3_600_000,
      sampling: {
        rate: 0.5,
        rateMin: 0.01,
        rateMax: 1,
        adaptive: true,
        targetOverhead: 0.02,
        windowMillis: 30_000,
      },
      archive: { compress: true, afterBundles: 64, bundlesPerSecondMax: 2 },
      seals: { hmac: false },
      signer,
      pkcs11,
      timestamp,
      witness,
      restart: {
        backoffMinMillis: 10,
        backoffMaxMillis: 5000,
        restartsMax: 20,
        windowMillis: 60_000,
      },
      shutdown: { drainMillis: 30_000 },
      dispatch: { ringBytesMax: 512 * KiB, batchBytesMax: 128 * KiB, cursorMillis: 2000, ...sinks },
      signals: true,
    },
  },
  "high-security": {
    purpose:
      "Nothing sampled: batches sealed, frequent signs of life, the key from the environment, and an engine that fails sooner.",
    values: {
      limits: { eventBytesMax: 32_768, depthMax: 6, keysMax: 128, keyLengthMax: 64 },
      intake: { bytesMax: 16 * MiB, countMax: 65_536 },
      deadlines: { criticalMillis: 2000, complianceMillis: 10_000, deliveredMillis: 5000 },
      batch: { countMax: 1024, bytesMax: 512 * KiB, waitMillis: 0, paceMillis: 0 },
      pool: { slabBytes: 512 * KiB, slabsMax: 16, poison: true },
      wal: {
        segmentBytesMax: 64 * MiB,
        groupBytesMax: 2 * MiB,
        retainBytesMax: GiB,
      },
      checkpoint: { intervalMillis: 250 },
      heartbeatMillis: 60_000,
      sampling: {
        rate: 1,
        rateMin: 1,
        rateMax: 1,
        adaptive: false,
        targetOverhead: 1,
        windowMillis: 10_000,
      },
      archive: { compress: true, afterBundles: 1024, bundlesPerSecondMax: 10 },
      seals: { hmac: true },
      signer: { kind: "environment", variable: "COUNTERSIGN_SIGNING_KEY", epoch: "none" },
      pkcs11,
      timestamp,
      witness,
      restart: {
        backoffMinMillis: 10,
        backoffMaxMillis: 1000,
        restartsMax: 5,
        windowMillis: 60_000,
      },
      shutdown: { drainMillis: 60_000 },
      dispatch: { ringBytesMax: 8 * MiB, batchBytesMax: 512 * KiB, cursorMillis: 500, ...sinks },
      signals: true,
    },
  },
}

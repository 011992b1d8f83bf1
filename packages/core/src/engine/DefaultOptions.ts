import type { EngineOptions } from "./EngineOptions.ts"

/** The engine's options where the configuration says nothing. */
export const defaultOptions = (directory: string): EngineOptions => ({
  directory,
  origin: `countersign.local/${directory.split("/").findLast((part) => part !== "") ?? "trail"}`,
  limits: { eventBytesMax: 49_152, depthMax: 8, keysMax: 256, keyLengthMax: 64 },
  intake: { bytesMax: 16 * 1024 * 1024, countMax: 65_536 },
  deadlines: { criticalMillis: 5000, complianceMillis: 30_000 },
  batch: { countMax: 4096, bytesMax: 1024 * 1024, waitMillis: 0 },
  pool: { slabBytes: 1024 * 1024, slabsMax: 16, poison: false },
  wal: {
    segmentBytesMax: 64 * 1024 * 1024,
    groupBytesMax: 4 * 1024 * 1024,
    retainBytesMax: 1024 * 1024 * 1024,
  },
  checkpoint: { intervalMillis: 1000 },
  heartbeatMillis: 3_600_000,
  sampling: {
    rate: 1,
    rateMin: 0.01,
    rateMax: 1,
    adaptive: false,
    targetOverhead: 0.02,
    windowMillis: 10_000,
  },
  archive: { compress: true, afterBundles: 1024, bundlesPerSecondMax: 10 },
  restart: {
    backoffMinMillis: 10,
    backoffMaxMillis: 5000,
    restartsMax: 20,
    windowMillis: 60_000,
  },
  shutdown: { drainMillis: 30_000 },
  dispatch: { ringBytesMax: 8 * 1024 * 1024, batchBytesMax: 1024 * 1024, cursorMillis: 1000 },
})

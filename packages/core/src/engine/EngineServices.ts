/**
 * What an engine does at intervals beside its stages: seals, archives, checkpoints, prunes, looks
 * after its key and its deadlines.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { Disk, DiskError } from "../platform/Disk.ts"
import type { SignerError } from "../signer/Signer.ts"
import type { OpenTrail } from "../trail/OpenTrail.ts"
import type { TrailFenced } from "../trail/TrailError.ts"
import { Archivist } from "./Archivist.ts"
import type { EngineOptions } from "./EngineOptions.ts"
import type { KeyRotation } from "./KeyRotation.ts"
import { monotonicNow } from "./Monotonic.ts"
import type { PendingRecords } from "./PendingRecords.ts"
import { periodicService } from "./PeriodicService.ts"
import type { PublishStage } from "./PublishStage.ts"
import type { RestartPolicy } from "./RestartPolicy.ts"
import type { Sealer } from "./Sealer.ts"
import type { Actor } from "./Supervisor.ts"

const pruneMillis = 1000
const sweepMillis = 50
const archiveMillis = 1000
const sealMillis = 1000
const keyMillis = 1000

/**
 * @category models
 * @since 0.1.0
 */
export interface EngineServiceParts {
  readonly disk: Disk["Service"]
  readonly keyRotation: KeyRotation
  /** What holds now: read again at each step. */
  readonly options: () => EngineOptions
  readonly pending: PendingRecords
  readonly publishStage: PublishStage
  readonly restart: RestartPolicy
  /** Only where the configuration asks for seals. */
  readonly sealer: Sealer | undefined
  readonly trail: OpenTrail
}

/**
 * The actors of these services, to be started after the stages.
 *
 * @category constructors
 * @since 0.1.0
 */
export const engineServices = (parts: EngineServiceParts): ReadonlyArray<Actor> => {
  const { disk, keyRotation, options, pending, publishStage, restart, sealer, trail } = parts
  const archivist = new Archivist({
    disk,
    directory: options().directory,
    options: () => options().archive,
    settledSize: () => trail.wal.firstSequence,
  })
  const every = (
    name: string,
    millis: () => number,
    step: Effect.Effect<unknown, DiskError | SignerError | TrailFenced>,
  ) => periodicService(name, restart, millis, step)
  return [
    ...(sealer === undefined ? [] : [every("seals", () => sealMillis, sealer.flush)]),
    every("archive", () => archiveMillis, archivist.step),
    every(
      "checkpoint",
      () => options().checkpoint.intervalMillis,
      Effect.suspend(() => publishStage.checkpoint),
    ),
    every("prune", () => pruneMillis, publishStage.prune),
    every("key", () => keyMillis, keyRotation.step),
    every(
      "deadlines",
      () => sweepMillis,
      Effect.map(monotonicNow, (now) => pending.sweep(now)),
    ),
  ]
}

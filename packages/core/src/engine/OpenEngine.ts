/**
 * From a configuration to a running engine.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { InvalidConfig } from "../config/InvalidConfig.ts"
import { Disk } from "../platform/Disk.ts"
import { RandomBytes } from "../platform/RandomBytes.ts"
import { openSealKey } from "../signer/SealKey.ts"
import { openTrail } from "../trail/OpenTrail.ts"
import { AuditEngine } from "./AuditEngine.ts"
import { Cosigner, readPolicy, refuseRolledBack } from "./Cosigner.ts"
import type { EngineOptions } from "./EngineOptions.ts"
import { Sealer } from "./Sealer.ts"
import type { Sink } from "./Sink.ts"
import * as Supervisor from "./Supervisor.ts"
import { Timestamper } from "./Timestamper.ts"

const sealerOf = (directory: string) =>
  Effect.gen(function* () {
    const disk = yield* Disk
    const { key } = yield* openSealKey(directory)
    return new Sealer({ disk, directory, key })
  })

// With these an engine goes on whatever its sinks hold.
const slabsOfStages = 2

/** Each sink may hold a slab for as long as it reads a batch: with too few, dead sinks would stop the engine. */
const refuseSmallPool = (
  { pool: { slabsMax } }: EngineOptions,
  { length }: ReadonlyArray<Sink>,
): Effect.Effect<void, InvalidConfig> => {
  const least = slabsOfStages + length
  if (slabsMax >= least) return Effect.void
  const problem = {
    source: "program",
    path: "pool.slabsMax",
    actual: `is ${slabsMax}, and there are ${length} sinks`,
    expected: `at least ${least}: ${slabsOfStages}, and one for each sink`,
  } as const
  return Effect.fail(new InvalidConfig({ problems: [problem] }))
}

/** Who has checkpoints cosigned, where the configuration names a policy. */
const cosignerOf = Effect.fnUntraced(function* (engine: AuditEngine) {
  const { directory, witness } = engine.options
  if (witness.policy === "") return undefined
  const disk = yield* Disk
  const { lease, recovered } = engine.trail
  const policy = yield* readPolicy(witness.policy)
  yield* refuseRolledBack(directory, policy, recovered.nextSequence)
  return new Cosigner({
    disk,
    directory,
    policy,
    options: () => engine.options.witness,
    isHeld: () => lease.isHeldUnsafe(),
    record: (record) => engine.door.recordSystem(record),
  })
})

/**
 * Opens the trail and starts the engine. With the scope it is closed in order.
 *
 * - Errors: `InvalidConfig` where the pool is too small for so many sinks, `TrailLocked`,
 *   `TrailDamaged`, `SinkNameInvalid`, `SignerError`, `DiskError`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const openEngine = Effect.fnUntraced(function* (
  { directory, ...given }: EngineOptions,
  sinks: ReadonlyArray<Sink> = [],
) {
  // A program that changes its working directory must not take the trail with it.
  const options: EngineOptions = { ...given, directory: path.resolve(directory) }
  yield* refuseSmallPool(options, sinks)
  const clock = yield* Clock.clockWith(Effect.succeed)
  const nowMillis = (): number => clock.currentTimeMillisUnsafe()
  const trail = yield* openTrail({
    directory: options.directory,
    origin: options.origin,
    segmentBytesMax: options.wal.segmentBytesMax,
    nowMillis,
  })
  const supervisor = yield* Supervisor.make("engine")
  const { disk } = trail
  const fillRandom = yield* RandomBytes
  const sealer = options.seals.hmac ? yield* sealerOf(options.directory) : undefined
  const engine = new AuditEngine(options, {
    disk,
    trail,
    supervisor,
    sinks,
    sealer,
    nowMillis,
    fillRandom,
  })
  const cosigner = yield* cosignerOf(engine)
  yield* engine.start()
  if (cosigner !== undefined) {
    yield* supervisor.start(cosigner.actor(engine.restart))
    yield* Effect.addFinalizer(() => cosigner.close)
  }
  if (options.timestamp.url !== "") {
    const { timestamp } = options
    const stamper = new Timestamper({ disk, directory: options.directory, timestamp, nowMillis })
    yield* supervisor.start(stamper.actor(engine.restart))
  }
  yield* Effect.addFinalizer(() => Effect.ignore(engine.close, { log: "Warn" }))
  return engine
})

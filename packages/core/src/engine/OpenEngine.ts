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
import type { WitnessPolicy } from "../witness/WitnessPolicy.ts"
import { AuditEngine } from "./AuditEngine.ts"
import { Cosigner, readPolicy, readWitnessed } from "./Cosigner.ts"
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

/** The policy, where the configuration names one, and what its witnesses have cosigned. */
const witnessesOf = Effect.fnUntraced(function* ({ directory, origin, witness }: EngineOptions) {
  if (witness.policy === "") return undefined
  const policy = yield* readPolicy(witness.policy)
  return { policy, witnessed: yield* readWitnessed(directory, origin, policy) }
})

/** Has checkpoints cosigned until the scope ends, and once more when the engine has closed. */
const startCosigner = Effect.fnUntraced(function* (engine: AuditEngine, policy: WitnessPolicy) {
  const { disk, lease, wal } = engine.trail
  const cosigner = new Cosigner({
    disk,
    directory: engine.options.directory,
    policy,
    options: () => engine.options.witness,
    isHeld: () => lease.isHeldUnsafe(),
    durableSize: () => wal.nextSequence,
    publish: Effect.ignore(engine.publish),
    record: (record) => engine.door.recordSystem(record),
  })
  const actor = yield* engine.supervisor.start(cosigner.actor(engine.restart))
  // A round under way waits for the silent, and is about an older checkpoint.
  yield* Effect.addFinalizer(() => Effect.andThen(actor.stop, cosigner.close))
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
  const witnesses = yield* witnessesOf(options)
  const trail = yield* openTrail({
    directory: options.directory,
    origin: options.origin,
    segmentBytesMax: options.wal.segmentBytesMax,
    nowMillis,
    witnessed: witnesses?.witnessed,
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
  yield* engine.start()
  if (witnesses !== undefined) yield* startCosigner(engine, witnesses.policy)
  if (options.timestamp.url !== "") {
    const { timestamp } = options
    const stamper = new Timestamper({ disk, directory: options.directory, timestamp, nowMillis })
    yield* supervisor.start(stamper.actor(engine.restart))
  }
  yield* Effect.addFinalizer(() => Effect.ignore(engine.close, { log: "Warn" }))
  return engine
})

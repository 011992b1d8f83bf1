import { assert, describe, it } from "@effect/vitest"
import { createPrivateKey } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Disk } from "../platform/Disk.ts"
import { ProcessTable } from "../platform/ProcessTable.ts"
import * as KeySigner from "../signer/KeySigner.ts"
import { PowerLossDisk } from "../testing/PowerLossDisk.ts"
import { randomOf } from "../testing/SeededRandom.ts"
import { entriesOf, origin } from "../testing/TrailFixture.ts"
import { encode } from "../trail/EntryBundle.ts"
import { type OpenTrail, openTrail } from "../trail/OpenTrail.ts"
import * as SignedNote from "../trail/SignedNote.ts"
import { verify } from "../trail/Verifier.ts"
import { KeyRotation } from "./KeyRotation.ts"

const seed = Number(process.env["CRASH_SEED"] ?? 1)
const directory = "/data/trail"
const keyFile = `${directory}.key`
const entries = entriesOf(20)

/** Each run is another process, and none of those before is alive. */
let boots = 0
const anotherProcess = () => {
  boots += 1
  const boot = `boot-${boots}`
  const name = { pid: 1, started: boot, host: "test", boot }
  return { self: () => name, isAlive: () => false }
}

/** The simulated disk does not know of modes. */
const diskOf = (power: PowerLossDisk): Disk["Service"] => ({
  ...power.disk,
  status: (file) =>
    Effect.map(power.disk.status(file), (status) =>
      status === undefined ? undefined : { ...status, mode: 0o600 },
    ),
})

const append = Effect.fnUntraced(function* (
  { recovered, wal }: OpenTrail,
  texts: ReadonlyArray<string>,
) {
  const payload = encode(texts.map((text) => Buffer.from(text)))
  const sequence = wal.nextSequence
  yield* wal.append([{ payload, count: texts.length }], 0)
  yield* recovered.writer.append(payload, payload.length, texts.length, sequence)
  return sequence
})

/** A trail opened with the key that lies there, and what changes that key. */
const open = Effect.gen(function* () {
  const disk = yield* Disk
  const trail = yield* openTrail({
    directory,
    origin,
    segmentBytesMax: 1_000_000,
    nowMillis: () => 0,
  })
  const { writer } = trail.recovered
  const rotation = new KeyRotation({
    disk,
    trail,
    engine: { directory, origin, signer: { epoch: "none" } },
    recordSystem: (record) => Effect.orDie(append(trail, [JSON.stringify(record)])),
    publish: () => writer.publish,
    nowMillis: () => 0,
  })
  return { trail, rotation, writer }
})

const run = <A, E>(
  power: PowerLossDisk,
  use: (opened: Effect.Success<typeof open>) => Effect.Effect<A, E, Disk>,
) =>
  Effect.flatMap(open, use).pipe(
    Effect.scoped,
    Effect.provide(
      Layer.provideMerge(KeySigner.layerFile(keyFile), Layer.succeed(Disk, diskOf(power))),
    ),
    Effect.provideService(ProcessTable, anotherProcess()),
  )

/** The trail before the change; returns the first key. */
const begin = (power: PowerLossDisk) =>
  run(power, ({ trail, writer }) =>
    Effect.gen(function* () {
      yield* append(trail, entries)
      yield* writer.publish
      return trail.keys.verifierKey
    }),
  )

const filesWith = (power: PowerLossDisk, secret: Buffer): ReadonlyArray<string> =>
  [keyFile, `${keyFile}.next`, `${keyFile}.tmp`, `${keyFile}.next.tmp`].filter((file) =>
    power.peek(file)?.equals(secret),
  )

/** The change itself, as far as the power lasts. */
const change = (power: PowerLossDisk, concluded: () => void) =>
  run(power, ({ rotation, trail, writer }) =>
    Effect.gen(function* () {
      yield* rotation.rotate()
      concluded()
      yield* append(trail, entriesOf(3))
      yield* writer.publish
    }),
  )

/** Whoever opens the trail next finds one key, and goes on with it. */
const goOn = Effect.fnUntraced(function* (
  left: PowerLossDisk,
  first: { readonly key: string; readonly secret: Buffer },
  isConcluded: boolean,
  where: string,
) {
  const inForce = yield* run(left, ({ rotation, trail, writer }) =>
    Effect.gen(function* () {
      const { keys } = trail
      assert.isUndefined(left.peek(`${keyFile}.next`), `a second key ${where}`)
      const pem = left.peek(keyFile)?.toString() ?? ""
      const lying = SignedNote.publicKeyOf(createPrivateKey(pem))
      assert.deepStrictEqual(Buffer.from(lying), Buffer.from(keys.key.publicKey), where)
      assert.strictEqual(left.peek(`${directory}.vkey`)?.toString().trim(), keys.verifierKey, where)
      const byHeld = yield* verify(directory, { verifierKey: keys.key })
      assert.notStrictEqual(byHeld.verdict, "unverifiable", `the key speaks for nothing ${where}`)
      const held = keys.verifierKey
      yield* append(trail, entriesOf(2))
      yield* writer.publish
      yield* rotation.rotate()
      return held
    }),
  )
  if (isConcluded) assert.notStrictEqual(inForce, first.key, `the change is lost ${where}`)
  assert.isEmpty(filesWith(left, first.secret), `the first key is still there ${where}`)
  const verifierKey = yield* Effect.fromResult(SignedNote.parseVerifierKey(first.key))
  const report = yield* Effect.provideService(verify(directory, { verifierKey }), Disk, left.disk)
  assert.strictEqual(report.verdict, "verified", `${where}: ${JSON.stringify(report)}`)
  assert.strictEqual(report.rotations, inForce === first.key ? 1 : 2, where)
})

const stopped = Effect.fnUntraced(function* (call: number, when: "before" | "after") {
  const power = new PowerLossDisk([directory])
  const key = yield* begin(power)
  const secret = power.peek(keyFile) ?? Buffer.alloc(0)
  power.cutPower({ call: power.calls + call, when })
  let isConcluded = false
  yield* Effect.exit(change(power, () => (isConcluded = true)))
  const where = `${when} call ${call}, ${power.journal.at(-1)}`
  return { power, first: { key, secret }, isConcluded, where }
})

const countCalls = Effect.gen(function* () {
  const power = new PowerLossDisk([directory])
  yield* begin(power)
  const before = power.calls
  yield* change(power, () => undefined)
  return power.calls - before
})

describe(`a change of the key, CRASH_SEED=${seed}`, () => {
  it.live("leaves one key in force, whichever disk call is the last", () =>
    Effect.gen(function* () {
      const calls = yield* countCalls
      assert.isAbove(calls, 40)
      const outcomes = new Set<boolean>()
      for (let call = 1; call <= calls; call += 1) {
        for (const when of ["before", "after"] as const) {
          const { first, isConcluded, power, where } = yield* stopped(call, when)
          outcomes.add(isConcluded)
          const random = randomOf(seed * 100_000 + call * 2 + Number(when === "after"))
          yield* goOn(power.crash(random), first, isConcluded, where)
        }
      }
      assert.strictEqual(outcomes.size, 2)
    }),
  )

  it.live("leaves one when the next opening loses power as well", () =>
    Effect.gen(function* () {
      const calls = yield* countCalls
      for (let call = 3; call <= calls; call += 3) {
        const { first, isConcluded, power, where } = yield* stopped(call, "after")
        for (let again = 1 + (call % 4); again <= 30; again += 4) {
          const random = randomOf(seed * 100_000 + call * 100 + again)
          const second = power.crash(random)
          second.cutPower({ call: again, when: "after" })
          yield* Effect.exit(run(second, () => Effect.void))
          yield* goOn(second.crash(random), first, isConcluded, `${where}, again at ${again}`)
        }
      }
    }),
  )
})

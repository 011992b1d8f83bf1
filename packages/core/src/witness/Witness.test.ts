import type { KeyObject } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import { TestClock } from "effect/testing"
import type { Disk } from "../platform/Disk.ts"
import { ProcessTable } from "../platform/ProcessTable.ts"
import { MemoryDisk } from "../testing/MemoryDisk.ts"
import { PowerLossDisk } from "../testing/PowerLossDisk.ts"
import { makeKey, noteByAll } from "../testing/RotatedTrail.ts"
import { noteOf, origin, privateKey, verifierKeyText } from "../testing/TrailFixture.ts"
import { judged, openWitness, treeOf } from "../testing/WitnessFixture.ts"
import { parseVerifierKey } from "../trail/SignedNote.ts"
import type * as Witness from "./Witness.ts"

const tree = treeOf("a")
const fork = treeOf("a", 3)
const other = "example.org/audit/other"
const logs = [verifierKeyText(), verifierKeyText(privateKey, other)].map((text) =>
  Result.getOrThrow(parseVerifierKey(text)),
)
const options = { name: "witness.example/w1", directory: "/witness", logs }
const openOn = (disk: Disk["Service"]) => openWitness(options, disk)

describe("Witness", () => {
  it.effect("cosigns what continues what it saw, with its name and the time", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_700_000_000_999)
      const witness = yield* openOn(new MemoryDisk().disk)
      const valid = { verdict: "valid", timeSeconds: 1_700_000_000 } as const
      for (const [old, size] of [
        [0, 5],
        [5, 9],
        [9, 9],
        [9, 300],
      ] as const) {
        const { body, status } = yield* witness.add(tree.requestAt(old, size))
        assert.strictEqual(status, 200)
        assert.match(body, /^— witness\.example\/w1 \S+\n$/)
        assert.deepStrictEqual(judged(witness, tree.textAt(size), body), valid)
      }
    }).pipe(Effect.scoped),
  )

  it.effect("says what it has seen to one who rolled back, and signs no fork", () =>
    Effect.gen(function* () {
      const witness = yield* openOn(new MemoryDisk().disk)
      yield* witness.add(tree.requestAt(0, 9))
      const size = { status: 409, contentType: "text/x.tlog.size", body: "9\n" } as const
      assert.deepStrictEqual(yield* witness.add(tree.requestAt(5, 5)), size)
      assert.deepStrictEqual(yield* witness.add(tree.requestAt(0, 5)), size)
      assert.deepStrictEqual(yield* witness.add(fork.requestAt(9, 9)), size)
      assert.strictEqual((yield* witness.add(fork.requestAt(9, 20))).status, 422)
      assert.strictEqual((yield* witness.add(tree.requestAt(9, 20))).status, 200)
    }).pipe(Effect.scoped),
  )

  it.effect("keeps the origins apart, and serves no others", () =>
    Effect.gen(function* () {
      const witness = yield* openOn(new MemoryDisk().disk)
      yield* witness.add(tree.requestAt(0, 9))
      const note = noteOf(tree.textAt(4, other), privateKey, other)
      assert.strictEqual((yield* witness.add(tree.requestAt(0, 4, note))).status, 200)
      const strange = noteOf(tree.textAt(4, "x.org"), privateKey, "x.org")
      assert.strictEqual((yield* witness.add(tree.requestAt(0, 4, strange))).status, 404)
      // The other log's key is no key of this one.
      const borrowed = noteOf(tree.textAt(10), privateKey, other)
      assert.strictEqual((yield* witness.add(tree.requestAt(9, 10, borrowed))).status, 403)
      assert.strictEqual((yield* witness.add(Buffer.from("old 0\n"))).status, 400)
    }).pipe(Effect.scoped),
  )

  it.effect("remembers across restarts, and is alone over its directory", () =>
    Effect.gen(function* () {
      const memory = new MemoryDisk()
      yield* Effect.scoped(
        Effect.gen(function* () {
          const witness = yield* openOn(memory.disk)
          yield* witness.add(tree.requestAt(0, 9))
          const busy = yield* Effect.flip(openOn(memory.disk))
          assert.strictEqual(busy._tag, "WitnessBusy")
        }),
      )
      const again = yield* openOn(memory.disk)
      assert.strictEqual((yield* again.add(tree.requestAt(0, 5))).body, "9\n")
      assert.strictEqual((yield* again.add(tree.requestAt(9, 10))).status, 200)
    }).pipe(Effect.scoped),
  )

  it.effect("signs nothing where its memory is damaged or another log's", () =>
    Effect.gen(function* () {
      const memory = new MemoryDisk()
      const witness = yield* openOn(memory.disk)
      yield* witness.add(tree.requestAt(0, 9))
      const file = [...memory.files.keys()].find((name) => name.endsWith(".seen")) ?? ""
      const right = memory.text(file) ?? ""
      for (const damaged of [right.slice(0, -9), "", right.replace(origin, other)]) {
        memory.put(file, damaged)
        const { body, status } = yield* witness.add(tree.requestAt(0, 5))
        assert.strictEqual(status, 500)
        assert.notInclude(body, "—")
      }
      memory.put(file, right)
      assert.strictEqual((yield* witness.add(tree.requestAt(9, 10))).status, 200)
    }).pipe(Effect.scoped),
  )

  it.effect("serves one request of an origin at a time", () =>
    Effect.gen(function* () {
      const memory = new MemoryDisk()
      const slow = {
        ...memory.disk,
        replaceFile: (...args: Parameters<Disk["Service"]["replaceFile"]>) =>
          Effect.andThen(Effect.yieldNow, memory.disk.replaceFile(...args)),
      }
      const witness = yield* openOn(slow)
      const answers = yield* Effect.all(
        [
          tree.requestAt(0, 9),
          fork.requestAt(0, 9),
          tree.requestAt(0, 5),
          fork.requestAt(0, 7),
        ].map((request) => witness.add(request)),
        { concurrency: "unbounded" },
      )
      assert.deepStrictEqual(
        answers.map(({ status }) => status),
        [200, 409, 409, 409],
      )
    }).pipe(Effect.scoped),
  )
})

describe("a witness of a log that changes its key", () => {
  const [second, third] = [makeKey(), makeKey()]
  /** The checkpoint of so many entries that changes the key, as these sign it. */
  const change = (size: number, number: number, from: KeyObject, to: KeyObject, by = [from, to]) =>
    noteByAll(
      `${tree.textAt(size)}countersign/key-rotation ${number} ${size - 1} 0 ${verifierKeyText(from)} ${verifierKeyText(to)}\n`,
      by,
    )

  it.effect("follows what both keys have signed, and takes the key before no more", () =>
    Effect.gen(function* () {
      const memory = new MemoryDisk()
      const statusOf = (witness: Witness.Witness, old: number, size: number, note?: string) =>
        Effect.map(witness.add(tree.requestAt(old, size, note)), ({ status }) => status)
      const by = (size: number, key: KeyObject) => noteOf(tree.textAt(size), key)
      yield* Effect.scoped(
        Effect.gen(function* () {
          const witness = yield* openOn(memory.disk)
          assert.strictEqual(yield* statusOf(witness, 0, 5), 200)
          assert.strictEqual(yield* statusOf(witness, 5, 6, by(6, second)), 403)
          // One signature of the two is no change.
          const alone = change(6, 1, privateKey, second, [privateKey])
          assert.strictEqual(yield* statusOf(witness, 5, 6, alone), 200)
          assert.strictEqual(yield* statusOf(witness, 6, 7, by(7, second)), 403)
          const stranger = change(7, 1, third, second)
          assert.strictEqual(yield* statusOf(witness, 6, 7, stranger), 403)
          assert.strictEqual(yield* statusOf(witness, 6, 8, change(8, 1, privateKey, second)), 200)
        }),
      )
      // What it follows outlasts it.
      const again = yield* openOn(memory.disk)
      assert.strictEqual(yield* statusOf(again, 8, 9), 403)
      assert.strictEqual(yield* statusOf(again, 8, 9, by(9, second)), 200)
      const refused = yield* again.add(tree.requestAt(9, 10))
      assert.strictEqual(refused.body.split("\n")[1], `key ${verifierKeyText(second)}`)
      assert.strictEqual(yield* statusOf(again, 9, 10, change(10, 2, second, third)), 200)
      assert.strictEqual(yield* statusOf(again, 10, 11, by(11, second)), 403)
      // Nor does a key come back.
      const back = change(11, 3, third, privateKey)
      assert.strictEqual(yield* statusOf(again, 10, 11, back), 200)
      assert.strictEqual(yield* statusOf(again, 11, 12), 403)
      assert.strictEqual(yield* statusOf(again, 11, 12, by(12, third)), 200)
      const file = [...memory.files.keys()].find((name) => name.endsWith(".seen")) ?? ""
      memory.put(file, (memory.text(file) ?? "").replace("+", "-"))
      assert.strictEqual(yield* statusOf(again, 12, 13, by(13, third)), 500)
    }).pipe(Effect.scoped),
  )
})

describe("a witness that ends", () => {
  /** A disk that holds up a replacement until it is told to go on, and says that one has begun. */
  const holding = Effect.gen(function* () {
    const memory = new MemoryDisk()
    const begun = yield* Deferred.make<void>()
    const goOn = yield* Deferred.make<void>()
    const disk: Disk["Service"] = {
      ...memory.disk,
      replaceFile: (...args) =>
        Deferred.succeed(begun, undefined).pipe(
          Effect.andThen(Deferred.await(goOn)),
          Effect.andThen(memory.disk.replaceFile(...args)),
        ),
    }
    return { memory, disk, begun, goOn }
  })

  it.effect("gives its directory back after its last answer, and takes none afterwards", () =>
    Effect.gen(function* () {
      const { begun, disk, goOn, memory } = yield* holding
      const scope = yield* Scope.make()
      const witness = yield* Scope.provide(openOn(disk), scope)
      const asked = yield* Effect.forkChild(witness.add(tree.requestAt(0, 5)))
      yield* Deferred.await(begun)
      const closing = yield* Effect.forkChild(Scope.close(scope, Exit.void))
      yield* Effect.yieldNow
      assert.strictEqual((yield* Effect.flip(openOn(memory.disk)))._tag, "WitnessBusy")
      yield* Deferred.succeed(goOn, undefined)
      yield* Fiber.join(closing)
      assert.strictEqual((yield* Fiber.join(asked)).status, 200)
      assert.strictEqual((yield* witness.add(tree.requestAt(5, 9))).status, 500)
      const next = yield* openOn(memory.disk)
      assert.strictEqual((yield* next.add(tree.requestAt(0, 3))).body, "5\n")
    }).pipe(Effect.scoped),
  )

  it.effect("writes nothing over what its successor has seen, and signs nothing, taken over", () =>
    Effect.gen(function* () {
      const { begun, disk, goOn, memory } = yield* holding
      const stopped = yield* openOn(disk)
      const late = yield* Effect.forkChild(stopped.add(tree.requestAt(0, 5)))
      yield* Deferred.await(begun)
      const gone = { self: () => ({ ...holder, pid: 2 }), isAlive: () => false }
      const next = yield* Effect.provideService(openOn(memory.disk), ProcessTable, gone)
      assert.strictEqual((yield* next.add(tree.requestAt(0, 9))).status, 200)
      yield* Deferred.succeed(goOn, undefined)
      const { body, status } = yield* Fiber.join(late)
      assert.strictEqual(status, 500)
      assert.include(body, "taken this witness over")
      assert.strictEqual((yield* next.add(tree.requestAt(0, 3))).body, "9\n")
      assert.strictEqual((yield* next.add(tree.requestAt(9, 10))).status, 200)
    }).pipe(Effect.scoped),
  )
})

const holder = { pid: 1, started: "1", host: "h", boot: "b" }

describe("a witness that loses power", () => {
  /** Another history, which the first five entries do not tell from the right one. */
  const later = treeOf("a", 7)
  const start = () => new PowerLossDisk(["/witness"])
  /** Runs requests until the power goes; gives the cosigned texts. */
  const signedOn = (disk: PowerLossDisk, requests: ReadonlyArray<readonly [string, Buffer]>) =>
    Effect.gen(function* () {
      const signed: Array<string> = []
      const witness = yield* openOn(disk.disk)
      for (const [text, request] of requests) {
        if ((yield* witness.add(request)).status === 200) signed.push(text)
      }
      return signed
    }).pipe(
      Effect.scoped,
      // After a power loss the process that held the lease is gone.
      Effect.provideService(ProcessTable, { self: () => holder, isAlive: () => false }),
      Effect.catch(() => Effect.succeed<ReadonlyArray<string>>([])),
    )

  const before = [[tree.textAt(5), tree.requestAt(0, 5)]] as const
  const right = [tree.textAt(9), tree.requestAt(5, 9)] as const
  const forked = [later.textAt(9), later.requestAt(5, 9)] as const
  const forkedAtOnce = [later.textAt(9), later.requestAt(0, 9)] as const
  const rolledBack = [tree.textAt(3), tree.requestAt(0, 3)] as const

  it.effect("never signs two trees of one size, or a smaller one, whatever the disk kept", () =>
    Effect.gen(function* () {
      const whole = start()
      assert.deepStrictEqual(yield* signedOn(whole, [...before, right]), [
        tree.textAt(5),
        tree.textAt(9),
      ])
      let forksTaken = 0
      for (let call = 1; call <= whole.calls; call += 1) {
        for (const when of ["before", "after"] as const) {
          for (const kept of [0.1, 0.4, 0.6, 0.9]) {
            const disk = start()
            disk.cutPower({ call, when })
            const first = yield* signedOn(disk, [...before, right])
            const left = disk.crash(() => kept)
            const second = yield* signedOn(left, [forked, forkedAtOnce])
            const small = yield* signedOn(
              disk.crash(() => kept),
              [rolledBack],
            )
            const place = `power lost ${when} call ${call}, ${kept} kept`
            if (first.includes(tree.textAt(9))) assert.notInclude(second, later.textAt(9), place)
            if (first.length > 0) assert.notInclude(small, tree.textAt(3), place)
            if (second.length > 0 && first.length === 1) forksTaken += 1
          }
        }
      }
      // The fork comes through where the first was not signed yet, or this would show nothing.
      assert.isAbove(forksTaken, 0)
    }),
  )

  it.effect("signs nothing that a failed sync may still take away", () =>
    Effect.gen(function* () {
      const whole = start()
      yield* signedOn(whole, [...before, right])
      for (let call = 1; call <= whole.calls; call += 1) {
        for (const kept of [0.1, 0.6]) {
          const disk = start()
          disk.plan({ call, errno: "EIO" })
          // Asked again after a failure, as a log does.
          const first = yield* signedOn(disk, [
            ...before,
            right,
            right,
            [right[0], tree.requestAt(9, 9)],
          ])
          const left = disk.crash(() => kept)
          const second = yield* signedOn(left, [forked, forkedAtOnce])
          if (first.includes(tree.textAt(9))) {
            assert.notInclude(second, later.textAt(9), `call ${call} fails, ${kept} kept`)
          }
        }
      }
    }),
  )
})

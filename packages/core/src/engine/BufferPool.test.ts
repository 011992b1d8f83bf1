import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { BufferPool, type SlabLease } from "./BufferPool.ts"

const poolOf = (slabsMax: number, poison = false): BufferPool =>
  new BufferPool({ slabBytes: 64, slabsMax, poison })
const fork = <A>(effect: Effect.Effect<A>) => Effect.forkChild(effect, { startImmediately: true })
const leaseNow = (pool: BufferPool): SlabLease => pool.tryLease() ?? assert.fail("no slab was free")

describe("BufferPool", () => {
  it("makes slabs only as they are needed, and never more than allowed", () => {
    const pool = poolOf(2)
    assert.strictEqual(pool.status.slabs, 0)
    const one = leaseNow(pool)
    const two = leaseNow(pool)
    assert.strictEqual(one.bytes.length, 64)
    assert.notStrictEqual(one.bytes.buffer, two.bytes.buffer)
    assert.isUndefined(pool.tryLease())
    assert.deepInclude(pool.status, { slabs: 2, leased: 2, leases: 2, reused: 0 })
    one.release()
    assert.strictEqual(leaseNow(pool).bytes, one.bytes)
    assert.deepInclude(pool.status, { slabs: 2, leased: 2, leases: 3, reused: 1 })
  })

  it("takes a slab back when the last of its holders releases it", () => {
    const pool = poolOf(1)
    const lease = leaseNow(pool)
    assert.strictEqual(lease.retain(), lease)
    lease.release()
    assert.isUndefined(pool.tryLease())
    lease.release()
    assert.strictEqual(pool.status.leased, 0)
    leaseNow(pool)
  })

  it("throws on a release too many and on a late retain, and the pool stays right", () => {
    const pool = poolOf(1)
    const lease = leaseNow(pool)
    lease.release()
    assert.throws(() => lease.release(), "released twice")
    assert.throws(() => lease.retain(), "after its last release")
    assert.strictEqual(pool.status.leased, 0)
    const next = leaseNow(pool)
    assert.throws(() => lease.release(), "released twice")
    assert.isUndefined(pool.tryLease())
    next.release()
  })

  it("overwrites a slab that is given back, in test mode", () => {
    const poisoned = leaseNow(poolOf(1, true))
    poisoned.bytes.fill(1)
    poisoned.release()
    assert.isTrue(poisoned.bytes.every((byte) => byte === 0xdb))
    const plain = leaseNow(poolOf(1))
    plain.bytes.fill(1)
    plain.release()
    assert.isTrue(plain.bytes.every((byte) => byte === 1))
  })

  it.effect("hands slabs to those who wait, in the order in which they came", () =>
    Effect.gen(function* () {
      const pool = poolOf(1)
      const first = yield* pool.lease
      const got: Array<string> = []
      const waiting = (name: string) =>
        fork(
          Effect.map(pool.lease, (lease) => {
            got.push(name)
            return lease
          }),
        )
      const a = yield* waiting("a")
      const b = yield* waiting("b")
      assert.isUndefined(a.pollUnsafe())
      first.release()
      const second = yield* Fiber.join(a)
      assert.deepStrictEqual(got, ["a"])
      assert.strictEqual(second.bytes, first.bytes)
      assert.isUndefined(pool.tryLease(), "a newcomer does not pass those who wait")
      second.release()
      const third = yield* Fiber.join(b)
      assert.deepStrictEqual(got, ["a", "b"])
      third.release()
      assert.deepInclude(pool.status, { leased: 0, leases: 3, slabs: 1, reused: 2 })
    }),
  )

  it.effect("loses no slab to one who stopped waiting", () =>
    Effect.gen(function* () {
      const pool = poolOf(1)
      const first = yield* pool.lease
      const gone = yield* fork(pool.lease)
      const stays = yield* fork(pool.lease)
      yield* Fiber.interrupt(gone)
      first.release()
      const second = yield* Fiber.join(stays)
      second.release()
      assert.strictEqual(pool.status.leased, 0)
      leaseNow(pool)
    }),
  )

  it.effect("serves over 95 % of the leases of a steady load with used slabs", () =>
    Effect.gen(function* () {
      const pool = poolOf(8)
      const held: Array<SlabLease> = []
      for (let batch = 0; batch < 1000; batch += 1) {
        held.push(yield* pool.lease)
        pool.filled(48)
        if (held.length > batch % 4) held.shift()?.release()
      }
      const { leases, reused, slabs, utilisation } = pool.status
      assert.strictEqual(leases, 1000)
      assert.isAbove(reused / leases, 0.95)
      // A slab's first lease is the only one that is not a reuse of it.
      assert.strictEqual(reused, leases - slabs)
      assert.strictEqual(utilisation, 0.75)
    }),
  )

  it("counts as reused what was used before, also when slabs are made late", () => {
    const pool = poolOf(3)
    leaseNow(pool).release()
    leaseNow(pool)
    leaseNow(pool)
    assert.deepInclude(pool.status, { leases: 3, slabs: 2, reused: 1 })
  })

  it("tells how full its leases were, and 0 before the first", () => {
    const pool = poolOf(2)
    assert.strictEqual(pool.status.utilisation, 0)
    leaseNow(pool)
    pool.filled(64)
    leaseNow(pool)
    pool.filled(32)
    assert.strictEqual(pool.status.utilisation, 0.75)
  })
})

import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import { faultyProxy } from "../testing/FaultyProxy.ts"
import {
  ask,
  batchFrom,
  batchOf,
  databaseOf,
  entryOf,
  holding,
  range,
  SharedPostgres,
  sinkAt,
  storedSequences,
  trail,
  untilLockIsAwaited,
} from "../testing/PostgresRows.ts"

/** A database behind a wire. */
const wired = Effect.fnUntraced(function* (name: string) {
  const server = yield* SharedPostgres
  const url = yield* databaseOf(name)
  const { port, proxy } = yield* faultyProxy(server.port)
  return { url, proxy, wiredUrl: url.replace(`:${server.port}/`, `:${port}/`) }
})

const eventually = (condition: Effect.Effect<boolean, never, SharedPostgres>) =>
  condition.pipe(
    Effect.flatMap((holds) => (holds ? Effect.void : Effect.fail("not yet"))),
    Effect.retry(Schedule.spaced("20 millis")),
    Effect.timeout("10 seconds"),
  )

const terminateAll = (url: string) =>
  ask(
    url,
    `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'countersign' and datname = current_database()`,
  )

layer(SharedPostgres.layer, { excludeTestServices: true })("PostgresSink, when", (it) => {
  it.effect("the connection dies between the commit and its answer, stores once", () =>
    Effect.gen(function* () {
      const { proxy, url, wiredUrl } = yield* wired("commit_answer")
      const sink = yield* sinkAt(wiredUrl)
      yield* sink.deliver(batchOf(0, 5))
      proxy.watch((bytes) => {
        if (bytes.includes("commit")) proxy.become("deaf")
      })
      const delivery = yield* Effect.forkChild(Effect.flip(sink.deliver(batchOf(5, 5))))
      yield* eventually(Effect.map(storedSequences(url), (stored) => stored.length === 10))
      proxy.cut()
      assert.strictEqual((yield* Fiber.join(delivery)).reason, "unavailable")
      proxy.become("pass")
      const again = yield* sinkAt(url)
      assert.strictEqual(yield* again.position(trail), 10)
      yield* again.deliver(batchOf(5, 7))
      assert.deepStrictEqual(yield* storedSequences(url), range(0, 12))
    }),
  )

  for (const moment of ["copy countersign", "commit"]) {
    it.effect(`the connection dies before the server hears "${moment}", stores nothing yet`, () =>
      Effect.gen(function* () {
        const { proxy, url, wiredUrl } = yield* wired(`before_${moment.slice(0, 4)}`)
        const sink = yield* sinkAt(wiredUrl)
        yield* sink.deliver(batchOf(0, 5))
        let isOver = false
        proxy.watch((bytes) => {
          if (!isOver && bytes.includes(moment)) proxy.become("refuse")
        })
        const refusal = yield* Effect.flip(sink.deliver(batchOf(5, 5)))
        assert.strictEqual(refusal.reason, "unavailable")
        assert.notInclude(refusal.message, "127.0.0.1")
        assert.deepStrictEqual(yield* storedSequences(url), range(0, 5))
        isOver = true
        proxy.become("pass")
        yield* sink.deliver(batchOf(5, 5))
        assert.deepStrictEqual(yield* storedSequences(url), range(0, 10))
      }),
    )
  }

  it.effect("the wire becomes a black hole, frees the cursor from the lost half at once", () =>
    Effect.gen(function* () {
      const { proxy, url, wiredUrl } = yield* wired("black_hole")
      const sink = yield* sinkAt(wiredUrl, { connectMillisMax: 300 })
      yield* sink.deliver(batchOf(0, 5))
      let isOver = false
      proxy.watch((bytes) => {
        if (!isOver && bytes.includes("copy countersign")) proxy.become("blackhole")
      })
      // What the engine does at its deadline.
      const silent = yield* Effect.timeoutOption(sink.deliver(batchOf(5, 5)), 300)
      assert.strictEqual(silent._tag, "None")
      const refusal = yield* Effect.flip(sink.position(trail))
      assert.match(refusal.detail, /timeout/)
      isOver = true
      proxy.become("pass")
      // The server's half of the dead connection is still there, with the lock.
      yield* sink.deliver(batchOf(5, 5))
      assert.deepStrictEqual(yield* storedSequences(url), range(0, 10))
    }),
  )

  it.effect("its connection is terminated, idle or at work, connects anew", () =>
    Effect.gen(function* () {
      const url = yield* databaseOf("terminated")
      const sink = yield* sinkAt(url)
      yield* sink.deliver(batchOf(0, 5))
      yield* terminateAll(url)
      // Whether the loss was heard before the delivery or during it.
      yield* Effect.retry(sink.deliver(batchOf(5, 5)), { times: 1 })
      const refusal = yield* holding(
        url,
        "lock table countersign.audit_record in exclusive mode",
        Effect.gen(function* () {
          const delivery = yield* Effect.forkChild(Effect.flip(sink.deliver(batchOf(10, 5))))
          yield* untilLockIsAwaited(url)
          yield* terminateAll(url)
          return yield* Fiber.join(delivery)
        }),
      )
      assert.strictEqual(refusal.reason, "unavailable")
      assert.match(refusal.detail, /57P01/)
      yield* sink.deliver(batchOf(10, 5))
      assert.deepStrictEqual(yield* storedSequences(url), range(0, 15))
    }),
  )

  for (const [what, statement] of [
    ["table", "lock table countersign.audit_record in exclusive mode"],
    ["cursor", "select 1 from countersign.sink_cursor for update"],
  ] as const) {
    it.effect(`somebody holds the ${what}, is unavailable until it is free`, () =>
      Effect.gen(function* () {
        const url = yield* databaseOf(`locked_${what}`)
        const sink = yield* sinkAt(url, { lockMillisMax: 100 })
        yield* sink.deliver(batchOf(0, 5))
        const refusal = yield* holding(url, statement, Effect.flip(sink.deliver(batchOf(5, 5))))
        assert.strictEqual(refusal.reason, "unavailable")
        assert.match(refusal.detail, /55P03/)
        yield* sink.deliver(batchOf(5, 5))
        assert.deepStrictEqual(yield* storedSequences(url), range(0, 10))
      }),
    )
  }

  it.effect("the server takes no writes, is unavailable until it does", () =>
    Effect.gen(function* () {
      const url = yield* databaseOf("read_only")
      const sink = yield* sinkAt(url)
      yield* sink.deliver(batchOf(0, 5))
      yield* sink.close
      yield* ask(url, "alter database read_only set default_transaction_read_only = on")
      const reader = yield* sinkAt(url)
      assert.strictEqual(yield* reader.position(trail), 5)
      const refusal = yield* Effect.flip(reader.deliver(batchOf(5, 5)))
      assert.strictEqual(refusal.reason, "unavailable")
      assert.match(refusal.detail, /25006.*standby/)
      yield* terminateAll(url)
      yield* ask((yield* SharedPostgres).url, "alter database read_only reset all")
      yield* Effect.retry(reader.deliver(batchOf(5, 5)), { times: 1 })
      assert.deepStrictEqual(yield* storedSequences(url), range(0, 10))
    }),
  )

  it.effect("its password is changed, asks for the new one and says neither", () =>
    Effect.gen(function* () {
      const url = yield* databaseOf("credentials")
      yield* ask(url, "create role changing login superuser password 'first secret'")
      let password = "first secret"
      const sink = yield* sinkAt(url.replace("postgres:countersign@", "changing@"), {
        password: Effect.sync(() => Redacted.make(password)),
      })
      yield* sink.deliver(batchOf(0, 5))
      yield* ask(url, "alter role changing password 'second secret'")
      yield* terminateAll(url)
      const refusal = yield* Effect.flip(Effect.repeat(sink.deliver(batchOf(5, 5)), { times: 1 }))
      assert.strictEqual(refusal.reason, "unavailable")
      assert.match((yield* Effect.flip(sink.deliver(batchOf(5, 5)))).detail, /28P01/)
      assert.notInclude(`${refusal.message}${JSON.stringify(refusal)}`, "secret")
      password = "second secret"
      yield* sink.deliver(batchOf(5, 5))
      assert.deepStrictEqual(yield* storedSequences(url), range(0, 10))
    }),
  )

  it.effect("the default partition is gone, rejects nothing and says what to do", () =>
    Effect.gen(function* () {
      const url = yield* databaseOf("no_default")
      const sink = yield* sinkAt(url)
      yield* sink.deliver(batchOf(0, 5))
      yield* ask(url, "drop table countersign.audit_record_default")
      const old = batchFrom(5, [entryOf(5, { time: "1990-01-01T00:00:00.000Z" })])
      const refusal = yield* Effect.flip(sink.deliver(old))
      assert.strictEqual(refusal.reason, "unavailable")
      assert.match(refusal.detail, /default partition/)
      yield* ask(
        url,
        "create table countersign.audit_record_default partition of countersign.audit_record default",
      )
      yield* sink.deliver(old)
      assert.deepStrictEqual(yield* storedSequences(url), range(0, 6))
    }),
  )
})

const run = (command: string, ...args: ReadonlyArray<string>) => execFileSync(command, args)

/** Writes until there is no room. */
const fillUp = (file: string) => {
  try {
    fs.writeFileSync(file, Buffer.alloc(24 * 1024 * 1024))
  } catch {
    // As full as it gets.
  }
}

/** A file system of its own, so small that it fills; only root may make one. */
const smallDisk = Effect.flatMap(temporaryDirectory, (directory) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      run("mount", "-t", "tmpfs", "-o", "size=24m,mode=0777", "tmpfs", directory)
      fs.chmodSync(path.dirname(directory), 0o755)
      return directory
    }),
    () => Effect.sync(() => run("umount", "--lazy", directory)),
  ),
)

layer(SharedPostgres.layer, { excludeTestServices: true })("PostgresSink, as root, when", (it) => {
  it.effect.runIf(process.getuid?.() === 0)("the server's disk is full, waits for room", () =>
    Effect.gen(function* () {
      const server = yield* SharedPostgres
      const disk = yield* smallDisk
      const place = path.join(disk, "space")
      fs.mkdirSync(place)
      fs.chmodSync(place, 0o777)
      const owner = fs.statSync(path.join(server.directory, "data")).uid
      fs.chownSync(place, owner, -1)
      yield* ask(server.url, `create tablespace small location '${place}'`)
      yield* ask(server.url, "create database full_disk tablespace small")
      const url = server.url.replace(/\/postgres$/, "/full_disk")
      const sink = yield* sinkAt(url)
      yield* sink.deliver(batchOf(0, 5))
      const ballast = path.join(disk, "ballast")
      fillUp(ballast)
      const refusal = yield* Effect.flip(sink.deliver(batchOf(5, 5_000)))
      assert.strictEqual(refusal.reason, "unavailable")
      assert.match(refusal.detail, /53100/)
      fs.rmSync(ballast)
      yield* sink.deliver(batchOf(5, 5_000))
      assert.deepStrictEqual(yield* storedSequences(url), range(0, 5_005))
      yield* sink.close
      yield* ask(server.url, "drop database full_disk")
      yield* ask(server.url, "drop tablespace small")
    }),
  )
})

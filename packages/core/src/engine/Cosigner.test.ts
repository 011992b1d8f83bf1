import { generateKeyPairSync } from "node:crypto"
import * as fs from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { Audit } from "../Audit.ts"
import { Disk } from "../platform/Disk.ts"
import * as NodeDisk from "../platform/NodeDisk.ts"
import * as KeyFile from "../signer/KeyFile.ts"
import * as KeySigner from "../signer/KeySigner.ts"
import * as AuditFixture from "../testing/AuditFixture.ts"
import { MemoryDisk } from "../testing/MemoryDisk.ts"
import { entriesOf, publish, trail, verifierKeyText } from "../testing/TrailFixture.ts"
import { temporaryDirectory } from "../testing/TemporaryDirectory.ts"
import { parseSigned } from "../trail/Checkpoint.ts"
import { parseVerifierKey } from "../trail/SignedNote.ts"
import * as Witness from "../witness/Witness.ts"
import { judge, parse } from "../witness/WitnessPolicy.ts"
import * as WitnessServer from "../witness/WitnessServer.ts"
import { Cosigner } from "./Cosigner.ts"

const noted = (file: string) => Result.getOrThrow(parseSigned(fs.readFileSync(file)))

/** An engine over a trail, and its witnesses: their policy and what they have seen. */
const setting = Effect.gen(function* () {
  const directory = path.join(yield* temporaryDirectory, "trail")
  const fixture = AuditFixture.make(directory)
  // Opened once, so that the trail has a key for the witnesses to know.
  yield* fixture.withAudit(Effect.void)
  const logs = [Result.getOrThrow(parseVerifierKey(fs.readFileSync(`${directory}.vkey`, "utf8")))]
  const file = `${directory}.policy`
  const policyOf = (lines: ReadonlyArray<string>, quorum: string): void =>
    fs.writeFileSync(file, `${lines.join("\n")}\n${quorum}\n`)
  const witness = Effect.fnUntraced(function* (name: string) {
    const opened = yield* Witness.open({ name: `w.example/${name}`, directory: "/w", logs }).pipe(
      Effect.provide(KeySigner.layerEphemeral),
      Effect.provideService(Disk, new MemoryDisk().disk),
    )
    const url = yield* WitnessServer.serve(opened)
    return `witness ${name} ${opened.verifierKey} ${url}`
  })
  const config = { witness: { policy: file, intervalMillis: 100, timeoutMillis: 2000 } }
  const cosigned = path.join(directory, "checkpoint.cosigned")
  return {
    fixture,
    directory,
    policyOf,
    witness,
    config,
    /** What the policy makes of the cosigned checkpoint. */
    judged: () =>
      judge(
        Result.getOrThrow(parse(fs.readFileSync(file))),
        noted(cosigned).note,
        Date.now() / 1000,
      ),
    hasCosigned: () => fs.existsSync(cosigned),
    cosignedSize: () => noted(cosigned).checkpoint.size,
    publishedSize: () => noted(path.join(directory, "checkpoint")).checkpoint.size,
  }
})

/** Takes questions and answers none, until it is gone. */
const silentServer = Effect.acquireRelease(
  Effect.callback<{ readonly url: string; asked: number; readonly leave: () => void }>((resume) => {
    const server = createServer(() => {
      silent.asked += 1
    })
    const leave = (): void => {
      server.close()
      server.closeAllConnections()
    }
    const silent = { url: "", asked: 0, leave }
    server.listen(0, "127.0.0.1", () => {
      // A server on a port has an address of this form.
      const { port } = server.address() as AddressInfo
      silent.url = `http://127.0.0.1:${port}`
      resume(Effect.succeed(silent))
    })
  }),
  ({ leave }) => Effect.sync(leave),
)

const recordSome = Effect.gen(function* () {
  const audit = yield* Audit
  for (let count = 0; count < 5; count += 1) yield* audit.record(AuditFixture.event)
  yield* audit.publish
})

const until = (isSo: () => boolean) =>
  Effect.gen(function* () {
    while (!isSo()) yield* Effect.sleep(5)
  })

/** All files of a trail but those of its leases. */
const contentsOf = (directory: string): ReadonlyMap<string, string> =>
  new Map(
    fs
      .readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith("lease."))
      .map((entry) => path.join(entry.parentPath, entry.name))
      .toSorted()
      .map((file) => [file, fs.readFileSync(file, "hex")]),
  )

describe("Cosigner", () => {
  /** A checkpoint of 70 entries, of which the witness has seen 80. */
  const behind = (durableSize: number) =>
    Effect.gen(function* () {
      const directory = yield* trail(70)
      const witness = yield* Witness.open({
        name: "w.example/a",
        directory: "/w",
        logs: [Result.getOrThrow(parseVerifierKey(verifierKeyText()))],
      }).pipe(
        Effect.provide(KeySigner.layerEphemeral),
        Effect.provideService(Disk, new MemoryDisk().disk),
      )
      const policy = `witness a ${witness.verifierKey} http://a\nquorum a\n`
      const alarms: Array<unknown> = []
      const cosigner = new Cosigner({
        disk: AuditFixture.nodeDisk,
        directory,
        policy: Result.getOrThrow(parse(Buffer.from(policy))),
        options: () => ({ intervalMillis: 1000, timeoutMillis: 1000 }),
        isHeld: () => true,
        durableSize: () => durableSize,
        publish: Effect.sync(() => publish(directory, entriesOf(80))),
        record: (record) => alarms.push(record) > 0,
        post: (_url, body) => witness.add(Buffer.from(body)),
      })
      publish(directory, entriesOf(80))
      yield* cosigner.step
      publish(directory, entriesOf(70))
      yield* cosigner.step
      return { alarms, size: noted(path.join(directory, "checkpoint")).checkpoint.size }
    })

  it.live("publishes what the log holds before it cries rollback, as after a power failure", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* behind(80), { alarms: [], size: 80 })
      const rolledBack = yield* behind(79)
      assert.strictEqual(rolledBack.alarms.length, 1)
      assert.strictEqual(rolledBack.size, 70)
    }).pipe(Effect.scoped),
  )
})

describe("an engine with witnesses", () => {
  it.live("keeps a checkpoint cosigned by a quorum, also of its very last entry", () =>
    Effect.gen(function* () {
      const { config, cosignedSize, fixture, hasCosigned, judged, ...at } = yield* setting
      at.policyOf([yield* at.witness("a"), yield* at.witness("b")], "group g all a b\nquorum g")
      yield* fixture.withAudit(
        Effect.gen(function* () {
          yield* recordSome
          yield* until(() => hasCosigned() && cosignedSize() >= 8)
          assert.deepInclude(judged(), { isMet: true, by: ["a", "b"] })
        }),
        config,
      )
      assert.strictEqual(cosignedSize(), at.publishedSize())
      assert.deepInclude(judged(), { isMet: true, by: ["a", "b"] })
      assert.strictEqual(yield* fixture.verdict, "verified")
    }).pipe(Effect.scoped),
  )

  it.live("stays cosigned through a change of its key, of which nobody tells the witness", () =>
    Effect.gen(function* () {
      const { config, cosignedSize, fixture, judged, ...at } = yield* setting
      at.policyOf([yield* at.witness("a")], "quorum a")
      const next = KeyFile.signerOf(generateKeyPairSync("ed25519").privateKey, "next", false)
      yield* fixture.withAudit(
        Effect.gen(function* () {
          const audit = yield* Audit
          yield* recordSome
          yield* audit.rotateKey(next)
          yield* recordSome
        }),
        config,
      )
      assert.strictEqual(cosignedSize(), at.publishedSize())
      assert.deepInclude(judged(), { isMet: true, by: ["a"] })
    }).pipe(Effect.scoped),
  )

  it.live("runs, records and closes with a witness that is dead, and keeps no half quorum", () =>
    Effect.gen(function* () {
      const { config, fixture, hasCosigned, ...at } = yield* setting
      const alive = yield* at.witness("a")
      const dead = (yield* at.witness("b")).replace(/http\S+/, "http://127.0.0.1:1")
      at.policyOf([alive, dead], "group g all a b\nquorum g")
      yield* fixture.withAudit(recordSome, config)
      assert.isFalse(hasCosigned())
      at.policyOf([alive, dead], "group g any a b\nquorum g")
      yield* fixture.withAudit(recordSome, config)
      assert.deepInclude(at.judged(), { isMet: true, by: ["a"] })
      assert.strictEqual(at.cosignedSize(), at.publishedSize())
    }).pipe(Effect.scoped),
  )

  it.live(
    "keeps what a quorum has cosigned, also at the end, while another witness is silent",
    () =>
      Effect.gen(function* () {
        const { config, cosignedSize, fixture, hasCosigned, ...at } = yield* setting
        const silent = yield* silentServer
        at.policyOf(
          [yield* at.witness("a"), (yield* at.witness("b")).replace(/http\S+/, silent.url)],
          "group g any a b\nquorum g",
        )
        yield* fixture.withAudit(
          Effect.gen(function* () {
            yield* recordSome
            yield* until(hasCosigned)
            yield* recordSome
            const asked = silent.asked
            yield* until(() => silent.asked > asked)
          }),
          { witness: { ...config.witness, timeoutMillis: 1500 } },
        )
        assert.strictEqual(cosignedSize(), at.publishedSize())
      }).pipe(Effect.scoped),
  )

  it.live("publishes and closes while a witness is silent", () =>
    Effect.gen(function* () {
      const { config, fixture, hasCosigned, publishedSize, ...at } = yield* setting
      const silent = yield* silentServer
      at.policyOf([(yield* at.witness("a")).replace(/http\S+/, silent.url)], "quorum a")
      const patient = { witness: { ...config.witness, timeoutMillis: 20_000 } }
      yield* fixture.withAudit(
        Effect.gen(function* () {
          yield* until(() => silent.asked > 0)
          const before = publishedSize()
          yield* recordSome
          assert.isAtLeast(publishedSize(), before + 5)
          assert.strictEqual(silent.asked, 1, "the question is still open")
          silent.leave()
        }),
        patient,
      )
      const again = yield* silentServer
      at.policyOf([(yield* at.witness("a")).replace(/http\S+/, again.url)], "quorum a")
      const hasty = { witness: { ...config.witness, timeoutMillis: 100 } }
      yield* fixture.withAudit(recordSome, hasty)
      assert.isAbove(again.asked, 0)
      assert.isFalse(hasCosigned())
      assert.strictEqual(yield* fixture.verdict, "verified")
    }).pipe(Effect.scoped),
  )

  it.live("says in the trail itself that the trail was rolled back or forked", () =>
    Effect.gen(function* () {
      const { config, directory, fixture, ...at } = yield* setting
      at.policyOf([yield* at.witness("a")], "quorum a")
      const yesterday = `${directory}-yesterday`
      yield* fixture.withAudit(recordSome, config)
      fs.cpSync(directory, yesterday, { recursive: true })
      yield* fixture.withAudit(Effect.andThen(recordSome, recordSome), config)
      const today = at.cosignedSize()
      fs.rmSync(directory, { recursive: true })
      fs.cpSync(yesterday, directory, { recursive: true })
      const untilTold = Effect.fnUntraced(function* (kind: string) {
        const audit = yield* Audit
        for (let isTold = false; !isTold;) {
          yield* Effect.sleep(5)
          yield* audit.publish
          isTold = (yield* fixture.trail).some(
            (record) => AuditFixture.dataOf(record)?.["kind"] === kind,
          )
        }
      })
      // A copy of the whole directory, its cosigned checkpoint included: nothing in it is wrong.
      assert.strictEqual(yield* fixture.verdict, "verified")
      yield* fixture.withAudit(Effect.andThen(recordSome, untilTold("rollback")), config)
      const told = (yield* fixture.trail).filter(
        ({ type }) => type === "audit.witness.contradicted",
      )
      assert.isAbove(told.length, 0)
      assert.deepInclude(AuditFixture.dataOf(told[0]), {
        witness: "a",
        kind: "rollback",
        knownSize: today,
      })
      assert.isBelow(told.length, 4, "each contradiction is said once")
      // Grown past what the witness has seen, it is a fork, and stays one.
      yield* fixture.withAudit(Effect.andThen(recordSome, untilTold("fork")), config)
      assert.isBelow(at.cosignedSize(), today)
    }).pipe(Effect.scoped),
  )

  it.live("does not open over less than its cosigned checkpoint speaks of", () =>
    Effect.gen(function* () {
      const { config, directory, fixture, ...at } = yield* setting
      at.policyOf([yield* at.witness("a")], "quorum a")
      const yesterday = `${directory}-yesterday`
      yield* fixture.withAudit(recordSome, config)
      fs.cpSync(directory, yesterday, { recursive: true })
      yield* fixture.withAudit(recordSome, config)
      const newest = fs.readFileSync(path.join(directory, "checkpoint.cosigned"))
      const refusedWith = Effect.fnUntraced(function* (copy: string) {
        fs.rmSync(directory, { recursive: true })
        fs.cpSync(copy, directory, { recursive: true })
        fs.writeFileSync(path.join(directory, "checkpoint.cosigned"), newest)
        const before = contentsOf(directory)
        const refused = yield* Effect.flip(fixture.withAudit(recordSome, config))
        assert.strictEqual(refused._tag, "TrailDamaged")
        assert.deepStrictEqual(contentsOf(directory), before, "it is left as it is")
        return refused.message
      })
      assert.include(yield* refusedWith(yesterday), "entries were signed, but only")
      // Longer than what was cosigned, and another history.
      fs.rmSync(directory, { recursive: true })
      fs.cpSync(yesterday, directory, { recursive: true })
      yield* fixture.withAudit(Effect.andThen(recordSome, recordSome))
      const fork = `${directory}-fork`
      fs.cpSync(directory, fork, { recursive: true })
      assert.include(yield* refusedWith(fork), "are not those that witnesses have cosigned")
    }).pipe(Effect.scoped),
  )

  it.live("does not open with a policy that is absent, wrong, or that nobody can meet", () =>
    Effect.gen(function* () {
      const { config, fixture, ...at } = yield* setting
      const absent = yield* Effect.flip(fixture.withAudit(recordSome, config))
      assert.strictEqual(absent._tag, "DiskError")
      const a = yield* at.witness("a")
      at.policyOf([a], "quorum b")
      const wrong = yield* Effect.flip(fixture.withAudit(recordSome, config))
      assert.strictEqual(wrong._tag, "PolicyMalformed")
      at.policyOf([a.replace(/ http\S+/, "")], "quorum a")
      const unreachable = yield* Effect.flip(fixture.withAudit(recordSome, config))
      assert.include(unreachable.message, "no quorum")
    }).pipe(Effect.scoped, Effect.provide(NodeDisk.layer)),
  )
})

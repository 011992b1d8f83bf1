import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { TestClock } from "effect/testing"
import { Disk } from "../platform/Disk.ts"
import * as NodeDisk from "../platform/NodeDisk.ts"
import * as KeySigner from "../signer/KeySigner.ts"
import { MemoryDisk } from "../testing/MemoryDisk.ts"
import { entriesOf, publish, put, trail, verifierKeyText } from "../testing/TrailFixture.ts"
import { parseVerifierKey } from "../trail/SignedNote.ts"
import { parseWitnessKey, verifyCosignature } from "./Cosignature.ts"
import * as Witness from "./Witness.ts"
import { type AskOptions, askWitnesses, type Post, type WitnessRound } from "./WitnessClient.ts"
import type { WitnessTarget } from "./WitnessPolicy.ts"
import * as WitnessServer from "./WitnessServer.ts"

const logs = [Result.getOrThrow(parseVerifierKey(verifierKeyText()))]

/** A witness behind HTTP, as a policy names it. */
const witness = (name: string) =>
  Effect.gen(function* () {
    const opened = yield* Witness.open({ name: `w.example/${name}`, directory: "/w", logs }).pipe(
      Effect.provide(KeySigner.layerEphemeral),
      Effect.provideService(Disk, new MemoryDisk().disk),
    )
    const key = Result.getOrThrow(parseWitnessKey(opened.verifierKey))
    const target: WitnessTarget = { name, key, url: yield* WitnessServer.serve(opened) }
    return target
  })

const asked = (
  directory: string,
  targets: ReadonlyArray<WitnessTarget>,
  startSize = 0,
  options: AskOptions = { timeoutMillis: 5000 },
) =>
  Effect.map(
    askWitnesses(directory, targets, options, startSize).pipe(Effect.provide(NodeDisk.layer)),
    (round) => round ?? assert.fail("there is no checkpoint"),
  )

const said = ({ answers }: WitnessRound): ReadonlyArray<string> =>
  answers.map((answer) =>
    "error" in answer
      ? `${answer.name} ${answer.error._tag}${"kind" in answer.error ? ` ${answer.error.kind} ${answer.error.knownSize}` : ""}`
      : `${answer.name} cosigned`,
  )

const copyOf = (directory: string): string => {
  const copy = `${directory}-copy`
  fs.cpSync(directory, copy, { recursive: true })
  return copy
}

describe("askWitnesses", () => {
  it.live("brings home the cosignatures of all, each over this checkpoint", () =>
    Effect.gen(function* () {
      const targets = [yield* witness("a"), yield* witness("b")]
      const directory = yield* trail(70)
      for (const size of [70, 70, 300, 3000]) {
        publish(directory, entriesOf(size))
        const round = yield* asked(directory, targets, 300)
        assert.deepStrictEqual(said(round), ["a cosigned", "b cosigned"])
        assert.strictEqual(round.signed.checkpoint.size, size)
        const { text } = round.signed.note
        for (const [index, answer] of round.answers.entries()) {
          if ("error" in answer) assert.fail(answer.error.message)
          const { key } = targets[index] ?? assert.fail("more answers than witnesses")
          const cosigned = verifyCosignature({ text, signatures: [answer.signature] }, key)
          assert.strictEqual(cosigned.verdict, "valid")
        }
      }
    }).pipe(Effect.scoped),
  )

  it.live("says rollback for a copy of yesterday's directory, which is genuine in itself", () =>
    Effect.gen(function* () {
      const targets = [yield* witness("a")]
      const directory = yield* trail(70)
      yield* asked(directory, targets)
      const yesterday = copyOf(directory)
      publish(directory, entriesOf(300))
      yield* asked(directory, targets)
      const rolledBack = yield* asked(yesterday, targets)
      assert.deepStrictEqual(said(rolledBack), ["a HistoryContradicted rollback 300"])
      // And the rightful one goes on.
      publish(directory, entriesOf(301))
      assert.deepStrictEqual(said(yield* asked(directory, targets)), ["a cosigned"])
    }).pipe(Effect.scoped),
  )

  it.live("says fork for another history, shorter, as long or longer", () =>
    Effect.gen(function* () {
      const targets = [yield* witness("a")]
      const directory = yield* trail(300)
      yield* asked(directory, targets)
      const other = entriesOf(500).with(290, `{"id":"other"}`)
      for (const [size, expected] of [
        [299, "a HistoryContradicted rollback 300"],
        [300, "a HistoryContradicted fork 300"],
        [301, "a HistoryContradicted fork 300"],
        [500, "a HistoryContradicted fork 300"],
      ] as const) {
        const fork = copyOf(directory)
        publish(fork, other.slice(0, size))
        assert.deepStrictEqual(said(yield* asked(fork, targets, 300)), [expected], `${size}`)
        assert.deepStrictEqual(said(yield* asked(fork, targets)), [expected], `${size}`)
        fs.rmSync(fork, { recursive: true })
      }
    }).pipe(Effect.scoped),
  )

  it.live("is not kept from one witness by another that is dead, silent or a stranger", () =>
    Effect.gen(function* () {
      const alive = yield* witness("alive")
      const directory = yield* trail(70)
      const dead = { ...alive, name: "dead", url: "http://127.0.0.1:1" }
      const stranger = { ...alive, name: "stranger", key: (yield* witness("x")).key }
      const post: Post = (url, body) =>
        url.startsWith("http://silent/") ? Effect.never : overHttp(url, body)
      const silent = { ...alive, name: "silent", url: "http://silent" }
      const options = { timeoutMillis: 300, post }
      const round = yield* asked(directory, [dead, silent, stranger, alive], 0, options)
      assert.deepStrictEqual(said(round), [
        "dead WitnessUnavailable",
        "silent WitnessUnavailable",
        "stranger WitnessRefused",
        "alive cosigned",
      ])
    }).pipe(Effect.scoped),
  )

  it.live("believes no answer that is cut, of another time, endless or nonsense", () =>
    Effect.gen(function* () {
      const target = yield* witness("a")
      const directory = yield* trail(70)
      const right = yield* Effect.orDie(
        overHttp(`${target.url}/add-checkpoint`, yield* requestOf(directory, target)),
      )
      const answers: ReadonlyArray<readonly [number, string, string]> = [
        [200, right.body, "a cosigned"],
        [200, right.body.slice(0, -1), "a WitnessRefused"],
        [200, right.body.replace("w.example/a", "w.example/b"), "a WitnessRefused"],
        [200, "", "a WitnessRefused"],
        [200, "\n\n— x\n", "a WitnessRefused"],
        [409, "x\n", "a WitnessRefused"],
        [409, "0\n", "a WitnessRefused"],
        [409, "071\n", "a WitnessRefused"],
        [409, "99999999999999999\n", "a WitnessRefused"],
        [409, "71\n", "a HistoryContradicted rollback 71"],
        [403, "no\n", "a WitnessRefused"],
        [404, "no\n", "a WitnessRefused"],
        [422, "no\n", "a HistoryContradicted fork 0"],
        [500, "no\n", "a WitnessUnavailable"],
        [302, "", "a WitnessRefused"],
      ]
      for (const [status, body, expected] of answers) {
        const post: Post = () => Effect.succeed({ status, body })
        const round = yield* asked(directory, [target], 0, { timeoutMillis: 5000, post })
        assert.deepStrictEqual(said(round), [expected], `${status} ${body}`)
      }
      let size = 0
      const changing: Post = () => {
        size += 1
        return Effect.succeed({ status: 409, body: `${size}\n` })
      }
      const round = yield* asked(directory, [target], 0, { timeoutMillis: 5000, post: changing })
      assert.deepStrictEqual(said(round), ["a WitnessUnavailable"])
      assert.isBelow(size, 10)
    }).pipe(Effect.scoped),
  )

  it.live("repeats no control characters of an answer", () =>
    Effect.gen(function* () {
      const target = yield* witness("a")
      const directory = yield* trail(70)
      const body = "\u001b[2K\u001b[1A\u009b32m✓ verified\u202e\r\nand more\n"
      const post: Post = () => Effect.succeed({ status: 400, body })
      const [answer] = (yield* asked(directory, [target], 0, { timeoutMillis: 5000, post })).answers
      if (answer === undefined || !("error" in answer)) return assert.fail("it has cosigned")
      assert.include(answer.error.message, "it answers 400: [2K [1A 32m✓ verified and more. ")
    }).pipe(Effect.scoped),
  )

  it.effect("believes no cosignature from another time than its own clock's", () =>
    Effect.gen(function* () {
      const opened = yield* Witness.open({ name: "w", directory: "/w", logs }).pipe(
        Effect.provide(KeySigner.layerEphemeral),
        Effect.provideService(Disk, new MemoryDisk().disk),
      )
      const key = Result.getOrThrow(parseWitnessKey(opened.verifierKey))
      const directory = yield* trail(70)
      const posts: Post = (_url, body) => opened.add(Buffer.from(body))
      const target = { name: "w", key, url: "http://w" }
      const now = yield* asked(directory, [target], 0, { timeoutMillis: 1000, post: posts })
      assert.deepStrictEqual(said(now), ["w cosigned"])
      let old = ""
      const kept: Post = (_url, body) =>
        Effect.map(opened.add(Buffer.from(body)), (answer) => {
          if (old === "") old = answer.body
          return { status: 200, body: old }
        })
      yield* asked(directory, [target], 70, { timeoutMillis: 1000, post: kept })
      yield* TestClock.adjust("6 minutes")
      const late = yield* asked(directory, [target], 70, { timeoutMillis: 1000, post: kept })
      assert.deepStrictEqual(said(late), ["w WitnessRefused"])
    }).pipe(Effect.scoped),
  )

  it.live("cries no wolf where another asker was faster", () =>
    Effect.gen(function* () {
      const target = yield* witness("a")
      const directory = yield* trail(70)
      let hasGrown = false
      // Between the reading and the asking the trail grows, and somebody else asks first.
      const post: Post = (url, body) =>
        Effect.gen(function* () {
          if (!hasGrown) {
            hasGrown = true
            publish(directory, entriesOf(80))
            yield* asked(directory, [target])
          }
          return yield* overHttp(url, body)
        }).pipe(Effect.orDie)
      const round = yield* asked(directory, [target], 0, { timeoutMillis: 5000, post })
      assert.deepStrictEqual(said(round), ["a cosigned"])
      assert.strictEqual(round.signed.checkpoint.size, 80)
    }).pipe(Effect.scoped),
  )

  it.live("blames its own tiles, not the witness, where they give no proof", () =>
    Effect.gen(function* () {
      const target = yield* witness("a")
      const directory = yield* trail(70)
      yield* asked(directory, [target])
      publish(directory, entriesOf(300))
      const tile = path.join("tile", "0", "000")
      const bytes = fs.readFileSync(path.join(directory, tile))
      bytes[100] = (bytes[100] ?? 0) ^ 1
      put(directory, tile, bytes)
      assert.deepStrictEqual(said(yield* asked(directory, [target])), ["a TrailDamaged"])
      fs.rmSync(path.join(directory, "checkpoint"))
      const none = yield* askWitnesses(directory, [target], { timeoutMillis: 1000 }, 0).pipe(
        Effect.provide(NodeDisk.layer),
      )
      assert.isUndefined(none)
    }).pipe(Effect.scoped),
  )
})

const posted = async (url: string, body: string) => {
  const response = await fetch(url, { method: "POST", body })
  return { status: response.status, body: await response.text() }
}

const overHttp: Post = (url, body) =>
  Effect.tryPromise({ try: () => posted(url, body), catch: String })

/** What the client sends first. */
const requestOf = (directory: string, target: WitnessTarget) =>
  Effect.gen(function* () {
    let sent = ""
    const post: Post = (_url, body) => {
      sent = body
      return Effect.fail("later")
    }
    yield* asked(directory, [target], 0, { timeoutMillis: 1000, post })
    return sent
  })

import { generateKeyPairSync, type KeyObject } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { Disk } from "../platform/Disk.ts"
import * as NodeDisk from "../platform/NodeDisk.ts"
import * as KeySigner from "../signer/KeySigner.ts"
import { MemoryDisk } from "../testing/MemoryDisk.ts"
import { makeKey, publishRotated, rotatedTrail } from "../testing/RotatedTrail.ts"
import {
  checkpointText,
  entriesOf,
  noteOf,
  origin,
  privateKey,
  publish,
  put,
  trail,
  verifierKeyText,
} from "../testing/TrailFixture.ts"
import { format, parseVerifierKey } from "../trail/SignedNote.ts"
import * as TrustFile from "../trail/TrustFile.ts"
import { withCosignatures } from "./CosignedCheckpoint.ts"
import * as Witness from "./Witness.ts"
import { askWitnesses, type Post } from "./WitnessClient.ts"
import { verifyWitnessed, type WitnessedOptions } from "./WitnessedVerification.ts"
import { parse, targetsOf } from "./WitnessPolicy.ts"

const logKey = verifierKeyText()
const logs = [Result.getOrThrow(parseVerifierKey(logKey))]
const quorum = "group g 2 a b c\nquorum g"

/** Three witnesses in this process, and a trail of 300 entries. */
const setting = Effect.gen(function* () {
  const witnesses = new Map<string, Witness.Witness>()
  for (const name of ["a", "b", "c"]) {
    const opened = yield* Witness.open({ name: `w.example/${name}`, directory: "/w", logs }).pipe(
      Effect.provide(KeySigner.layerEphemeral),
      Effect.provideService(Disk, new MemoryDisk().disk),
    )
    witnesses.set(name, opened)
  }
  const lines = [...witnesses].map(
    ([name, { verifierKey }]) => `witness ${name} ${verifierKey} http://${name}`,
  )
  const policyOf = (last = quorum, log = `log ${logKey}`) =>
    Result.getOrThrow(parse(Buffer.from(`${log}\n${lines.join("\n")}\n${last}\n`)))
  const post: Post = (url, body) => {
    const name = /^http:\/\/(.)\//.exec(url)?.[1] ?? ""
    const witness = dead.has(name) ? undefined : witnesses.get(name)
    return witness === undefined ? Effect.fail("dead") : witness.add(Buffer.from(body))
  }
  const dead = new Set<string>()
  const ask = { timeoutMillis: 1000, post }
  const directory = yield* trail(300)
  /** What an engine does at intervals. */
  const cosign = (where = directory, names = "abc") =>
    Effect.gen(function* () {
      const targets = targetsOf(policyOf()).filter(({ name }) => names.includes(name))
      const round = yield* askWitnesses(where, targets, ask, 0)
      if (round === undefined) return assert.fail("there is no checkpoint")
      const note = withCosignatures(
        round.signed.note,
        round.answers.flatMap((answer) => ("error" in answer ? [] : [answer.signature])),
      )
      put(where, "checkpoint.cosigned", format(note))
    }).pipe(Effect.provide(NodeDisk.layer), Effect.orDie)
  const verified = (options: Partial<WitnessedOptions> = {}, where = directory) =>
    verifyWitnessed(where, { policy: policyOf(), workers: 0, ...options }).pipe(
      Effect.provide(NodeDisk.layer),
    )
  return { directory, policyOf, ask, dead, cosign, verified }
})

const copyOf = (directory: string, name: string): string => {
  const copy = `${directory}-${name}`
  fs.cpSync(directory, copy, { recursive: true })
  return copy
}

const why = (report: Effect.Success<ReturnType<typeof verifyWitnessed>>["report"]): string =>
  report.verdict === "tampered"
    ? `${report.firstBad.kind} ${report.firstBad.path}: ${report.firstBad.detail}`
    : report.verdict === "verified"
      ? ""
      : report.reason

describe("verifyWitnessed", () => {
  it.live("verifies what a quorum has cosigned, and counts what came after", () =>
    Effect.gen(function* () {
      const { cosign, directory, verified } = yield* setting
      yield* cosign()
      publish(directory, entriesOf(320))
      const { report, witnesses } = yield* verified()
      assert.strictEqual(report.verdict, "verified", why(report))
      assert.deepInclude(witnesses, { isMet: true, cosignedSize: 300, beyond: 20 })
      assert.deepStrictEqual(witnesses.by, ["a", "b", "c"])
      assert.include(report.notChecked.join(), "the last 20 entries against witnesses")
      assert.include(report.notChecked.join(), "put back to an earlier state")
    }).pipe(Effect.scoped),
  )

  it.live(
    "fails closed without a cosignature, with too few, and with others' or others' texts",
    () =>
      Effect.gen(function* () {
        const { cosign, directory, verified } = yield* setting
        const none = yield* verified()
        assert.strictEqual(none.report.verdict, "unverifiable")
        assert.include(why(none.report), "a has not cosigned it")
        yield* cosign(directory, "a")
        const one = yield* verified()
        assert.strictEqual(one.report.verdict, "unverifiable")
        assert.include(why(one.report), "b has not cosigned it, c has not cosigned it")
        yield* cosign(directory, "ac")
        assert.strictEqual((yield* verified()).report.verdict, "verified")
        const file = path.join(directory, "checkpoint.cosigned")
        const right = fs.readFileSync(file, "utf8")
        const broken = [
          right.replace("\n300\n", "\n301\n"),
          right.replace(/— w\.example\/c .*\n/, ""),
          right.replace("w.example/c", "w.example/x"),
          right.replaceAll(/— w.*\n/g, ""),
          right.slice(0, 40),
          "",
        ]
        for (const text of broken) {
          assert.notStrictEqual(text, right)
          fs.writeFileSync(file, text)
          const { report } = yield* verified()
          assert.notStrictEqual(report.verdict, "verified", text)
        }
      }).pipe(Effect.scoped),
  )

  it.live("counts cosignatures that stand under the newest checkpoint itself", () =>
    Effect.gen(function* () {
      const { cosign, directory, verified } = yield* setting
      yield* cosign()
      fs.renameSync(path.join(directory, "checkpoint.cosigned"), path.join(directory, "checkpoint"))
      const { report, witnesses } = yield* verified()
      assert.strictEqual(report.verdict, "verified", why(report))
      assert.strictEqual(witnesses.beyond, 0)
    }).pipe(Effect.scoped),
  )

  it.live("catches, without asking, what somebody made who has the log's key alone", () =>
    Effect.gen(function* () {
      const { cosign, directory, verified } = yield* setting
      yield* cosign()
      publish(directory, entriesOf(320))
      // Everything below the new root is mended, and the key is the right one.
      for (const entries of [
        entriesOf(320).with(10, `{"id":"other"}`),
        entriesOf(300).with(299, `{"id":"other"}`),
        entriesOf(500).with(0, `{"id":"other"}`),
      ]) {
        const forged = copyOf(directory, "forged")
        publish(forged, entries)
        const { report } = yield* verified({}, forged)
        assert.strictEqual(report.verdict, "tampered")
        assert.match(why(report), /^witness checkpoint\.cosigned: .* forked$/)
        fs.rmSync(path.join(forged, "checkpoint.cosigned"))
        assert.strictEqual((yield* verified({}, forged)).report.verdict, "unverifiable")
        fs.rmSync(forged, { recursive: true })
      }
      const shorter = copyOf(directory, "shorter")
      publish(shorter, entriesOf(290))
      const { report } = yield* verified({}, shorter)
      assert.match(why(report), /^witness checkpoint\.cosigned: .*rolled back$/)
    }).pipe(Effect.scoped),
  )

  it.live("catches a whole directory put back to yesterday only by asking", () =>
    Effect.gen(function* () {
      const { ask, cosign, directory, verified } = yield* setting
      yield* cosign()
      const yesterday = copyOf(directory, "yesterday")
      publish(directory, entriesOf(320))
      yield* cosign()
      assert.strictEqual((yield* verified({}, yesterday)).report.verdict, "verified")
      const asked = yield* verified({ ask }, yesterday)
      assert.strictEqual(asked.report.verdict, "tampered")
      assert.match(why(asked.report), /^witness witness a: .*cosigned 320 entries.*only 300/)
      // Grown again with the right key, past what the witnesses saw, it is a fork.
      publish(yesterday, [
        ...entriesOf(300),
        ...Array.from({ length: 50 }, (_, at) => `{"n":-${at}}`),
      ])
      assert.strictEqual((yield* verified({}, yesterday)).report.verdict, "verified")
      assert.match(
        why((yield* verified({ ask }, yesterday)).report),
        /^witness witness a: .*forked/,
      )
    }).pipe(Effect.scoped),
  )

  it.live("says tampered at the word of a quorum, and unverifiable, loudly, at less", () =>
    Effect.gen(function* () {
      const { ask, cosign, dead, directory, policyOf, verified } = yield* setting
      yield* cosign()
      // Nobody signs a refusal: whoever stands between can make one.
      const lying =
        (names: string): Post =>
        (url, body) =>
          names.includes(/^http:\/\/(.)\//.exec(url)?.[1] ?? "")
            ? Effect.succeed({ status: 409, body: "999\n" })
            : ask.post(url, body)
      const judged = (names: string, last = quorum) =>
        Effect.map(
          verified({ ask: { ...ask, post: lying(names) }, policy: policyOf(last) }),
          ({ report }) => report,
        )
      const one = yield* judged("b")
      assert.strictEqual(one.verdict, "unverifiable")
      assert.match(why(one), /^CONTRADICTED by a witness.*not signed: b: .*cosigned 999 entries/)
      assert.include(why(one), "an older copy of it")
      // A dead one makes it no more, nor any less.
      dead.add("a").add("c")
      assert.match(why(yield* judged("b")), /^CONTRADICTED/)
      dead.clear()
      assert.strictEqual((yield* judged("bc")).verdict, "tampered")
      assert.strictEqual((yield* judged("b", "group g any a b c\nquorum g")).verdict, "tampered")
      fs.rmSync(path.join(directory, "checkpoint.cosigned"))
      assert.strictEqual((yield* judged("bc")).verdict, "tampered")
      assert.match(why(yield* judged("b")), /^CONTRADICTED/)
    }).pipe(Effect.scoped),
  )

  it.live("names the witnesses that the policy gives no URL for", () =>
    Effect.gen(function* () {
      const { ask, cosign, policyOf, verified } = yield* setting
      yield* cosign()
      const policy = policyOf()
      const witnesses = policy.witnesses.map(({ key, name }) => ({ name, key }))
      const { report } = yield* verified({ ask, policy: { ...policy, witnesses } })
      assert.strictEqual(report.verdict, "unverifiable")
      for (const name of "abc") assert.include(why(report), `${name}: the policy gives no URL`)
    }).pipe(Effect.scoped),
  )

  it.live("asks, and is satisfied by a quorum that agrees and by no less", () =>
    Effect.gen(function* () {
      const { ask, cosign, dead, directory, verified } = yield* setting
      yield* cosign()
      publish(directory, entriesOf(320))
      dead.add("b")
      const two = yield* verified({ ask })
      assert.strictEqual(two.report.verdict, "verified", why(two.report))
      assert.deepStrictEqual(
        two.witnesses.asked?.map(({ name, says }) => `${name} ${says}`),
        ["a agrees", "b silent", "c agrees"],
      )
      assert.notInclude(two.report.notChecked.join(), "put back to an earlier state")
      dead.add("c")
      const one = yield* verified({ ask })
      assert.strictEqual(one.report.verdict, "unverifiable")
      assert.include(why(one.report), "too few witnesses say")
    }).pipe(Effect.scoped),
  )

  it.live("takes the log's key from the policy, and no other", () =>
    Effect.gen(function* () {
      const { cosign, directory, policyOf, verified } = yield* setting
      yield* cosign()
      const other = generateKeyPairSync("ed25519").privateKey
      const otherKey = Result.getOrThrow(parseVerifierKey(verifierKeyText(other)))
      const strange = policyOf(quorum, `log ${verifierKeyText(other, "example.org/elsewhere")}`)
      assert.include(why((yield* verified({ policy: strange })).report), "no verifier key")
      const given = yield* verified({ verifierKey: otherKey })
      assert.notStrictEqual(given.report.verdict, "verified")
      // Another key's checkpoint over the very same tree.
      put(directory, "checkpoint", noteOf(checkpointText(entriesOf(300)), other))
      assert.strictEqual((yield* verified()).report.verdict, "tampered")
      const renamed = yield* verified({ policy: policyOf(quorum, "") })
      assert.notStrictEqual(renamed.report.verdict, "verified")
    }).pipe(Effect.scoped),
  )

  it.live(
    "follows the log's key through its changes, with witnesses that know only the first",
    () =>
      Effect.gen(function* () {
        const { ask, cosign, directory, policyOf, verified } = yield* setting
        const [first, later, last] = [privateKey, makeKey(), makeKey()]
        yield* cosign()
        const base = rotatedTrail(700, [first, later, last], [400, 650])
        const grownTo = (count: number) => {
          const sizes = base.sizes.filter((size) => size <= count)
          const cosigned = fs.readFileSync(path.join(directory, "checkpoint.cosigned"))
          publishRotated(directory, {
            keys: base.keys.slice(0, sizes.length + 1),
            sizes,
            entries: [...entriesOf(300), ...base.entries.slice(300, count)],
          })
          put(directory, "checkpoint.cosigned", cosigned)
        }
        // Two changes at once: the witnesses saw nothing between 300 and 700.
        grownTo(700)
        assert.strictEqual((yield* verified()).witnesses.beyond, 400)
        const asked = yield* verified({ ask })
        assert.strictEqual(asked.report.verdict, "verified", why(asked.report))
        yield* cosign()
        const followed = yield* verified({ ask })
        assert.strictEqual(followed.report.verdict, "verified", why(followed.report))
        assert.deepInclude(followed.witnesses, { cosignedSize: 700, beyond: 0 })
        const newest = policyOf(quorum, `log ${verifierKeyText(last)}`)
        assert.strictEqual((yield* verified({ policy: newest, ask })).report.verdict, "verified")
      }).pipe(Effect.scoped),
  )

  it.live("tries all of the policy's keys of the log, and takes the earliest of a trail's", () =>
    Effect.gen(function* () {
      const { cosign, directory, policyOf, verified } = yield* setting
      yield* cosign()
      const listing = (...keys: ReadonlyArray<KeyObject>) =>
        policyOf(quorum, keys.map((key) => `log ${verifierKeyText(key)}`).join("\n"))
      const [stranger, later] = [makeKey(), makeKey()]
      const second = yield* verified({ policy: listing(stranger, privateKey) })
      assert.strictEqual(second.report.verdict, "verified", why(second.report))
      const none = yield* verified({ policy: listing(stranger, later) })
      assert.strictEqual(none.report.verdict, "tampered")
      publishRotated(directory, rotatedTrail(400, [privateKey, later], [350]))
      const both = yield* verified({ policy: listing(stranger, later, privateKey) })
      assert.notInclude(both.report.notChecked.join(), "who signed before")
      const newest = yield* verified({ policy: listing(later, stranger) })
      assert.include(newest.report.notChecked.join(), "who signed before")
    }).pipe(Effect.scoped),
  )

  it.live("demands a trust file that knows a key of the policy", () =>
    Effect.gen(function* () {
      const { cosign, policyOf, verified } = yield* setting
      yield* cosign()
      const keys = [{ verifierKey: logKey, from: 0 }]
      const text = JSON.stringify({ version: 1, origin, keys })
      const trust = Result.getOrThrow(TrustFile.parse(Buffer.from(text)))
      assert.strictEqual((yield* verified({ trust })).report.verdict, "verified")
      for (const name of ["example.org/elsewhere", origin]) {
        const policy = policyOf(quorum, `log ${verifierKeyText(makeKey(), name)}`)
        const { report } = yield* verified({ trust, policy })
        assert.strictEqual(report.verdict, "unverifiable")
        assert.include(why(report), "none of the keys in the trust file")
      }
    }).pipe(Effect.scoped),
  )

  it.live("cries no wolf while the trail grows under it", () =>
    Effect.gen(function* () {
      const { ask, cosign, directory, verified } = yield* setting
      yield* cosign()
      let size = 300
      const growing: Post = (url, body) => {
        size += 7
        publish(directory, entriesOf(size))
        return ask.post(url, body)
      }
      for (let count = 0; count < 5; count += 1) {
        const { report } = yield* verified({ ask: { ...ask, post: growing } })
        assert.strictEqual(report.verdict, "verified", why(report))
        yield* cosign()
      }
    }).pipe(Effect.scoped),
  )
})

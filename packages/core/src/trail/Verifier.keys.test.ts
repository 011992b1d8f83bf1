import type { KeyObject } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as NodeDisk from "../platform/NodeDisk.ts"
import {
  makeKey,
  newestNote,
  publishRotated,
  rotatedTrail,
  type RotatedTrail,
  rotationNote,
} from "../testing/RotatedTrail.ts"
import { temporaryDirectory } from "../testing/TemporaryDirectory.ts"
import { checkpointText, noteOf, origin, put, verifierKeyText } from "../testing/TrailFixture.ts"
import * as SignedNote from "./SignedNote.ts"
import * as TrustFile from "./TrustFile.ts"
import { verify } from "./Verifier.ts"

const [first, second, third, stranger] = [makeKey(), makeKey(), makeKey(), makeKey()]
const keys = [first, second, third]
// One change within a bundle, one at the end of a bundle.
const sizes = [300, 512]
const rightful = rotatedTrail(700, keys, sizes)

const keyOf = (key: KeyObject) =>
  Result.getOrThrow(SignedNote.parseVerifierKey(verifierKeyText(key)))

type Listed = Readonly<Record<string, unknown>>
const trustOf = (...listed: ReadonlyArray<Listed>) =>
  Result.getOrThrow(
    TrustFile.parse(Buffer.from(JSON.stringify({ version: 1, origin, keys: listed }))),
  )
const listed = (key: KeyObject, from: number, rest: Listed = {}): Listed => ({
  verifierKey: verifierKeyText(key),
  from,
  ...rest,
})
const trust = trustOf(
  listed(first, 0, { to: 300 }),
  listed(second, 300, { to: 512 }),
  listed(third, 512),
)

/** A trail that somebody has changed, and what a verifier with this or that in hand says. */
const trailOf = (trail: RotatedTrail, change: (directory: string) => void = () => undefined) =>
  Effect.map(temporaryDirectory, (root) => {
    const directory = path.join(root, "trail")
    publishRotated(directory, trail)
    change(directory)
    const report = (pin: KeyObject | TrustFile.TrustFile) =>
      verify(directory, "keys" in pin ? { trust: pin } : { verifierKey: keyOf(pin) }).pipe(
        Effect.provide(NodeDisk.layer),
      )
    const names = Effect.fnUntraced(function* (
      pin: KeyObject | TrustFile.TrustFile,
      ...texts: ReadonlyArray<string>
    ) {
      const { verdict, ...rest } = yield* report(pin)
      const findings = "findings" in rest ? rest.findings : []
      assert.strictEqual(verdict, "tampered")
      const details = findings.map((finding) => `${finding.path}: ${finding.detail}`).join("\n")
      for (const text of texts) assert.include(details, text)
    })
    return { report, names }
  })

const rotation = (directory: string, size: number): string =>
  path.join(directory, "rotations", String(size))

describe("Verifier, of a trail whose key has changed", () => {
  it.live("follows the keys from any of them, and says what a later one leaves open", () =>
    Effect.gen(function* () {
      const { report } = yield* trailOf(rightful)
      for (const pin of [first, second, third, trust]) {
        assert.include(yield* report(pin), { verdict: "verified", rotations: 2 })
      }
      const open = (pin: KeyObject | TrustFile.TrustFile) =>
        Effect.map(report(pin), ({ notChecked }) => notChecked.join("\n"))
      assert.notInclude(yield* open(first), "who signed")
      assert.notInclude(yield* open(trust), "who signed")
      assert.include(yield* open(second), "who signed before size 300")
      assert.include(yield* open(third), "who signed before size 512")
      const early = trustOf(listed(first, 0))
      assert.include(yield* open(early), "keys from size 300 on are the owner's")
    }),
  )

  it.live("takes the rotation note itself as the newest checkpoint", () =>
    Effect.gen(function* () {
      const short = rotatedTrail(512, keys, sizes)
      const { report } = yield* trailOf(short, (directory) =>
        fs.copyFileSync(rotation(directory, 512), path.join(directory, "checkpoint")),
      )
      for (const pin of [first, third, trust]) {
        assert.strictEqual((yield* report(pin)).verdict, "verified")
      }
    }),
  )

  it.live("does not alarm at a rotation that a crash has kept from the checkpoint", () =>
    Effect.gen(function* () {
      const earlier = rotatedTrail(299, [first], [])
      const { report } = yield* trailOf(earlier, (directory) =>
        put(directory, "rotations/300", rotationNote(rightful, 1)),
      )
      const before = yield* report(first)
      assert.strictEqual(before.verdict, "verified")
      assert.include(before.notChecked.join(), "a rotation of the key at size 300")
      assert.include(yield* report(second), { verdict: "unverifiable" })
    }),
  )

  it.live("knows no key of another trail", () =>
    Effect.gen(function* () {
      const { names, report } = yield* trailOf(rightful)
      yield* names(stranger, "is none of the keys that the rotations name")
      const other = SignedNote.parseVerifierKey(verifierKeyText(first, "example.org/other"))
      const verifierKey = Result.getOrThrow(other)
      assert.include(
        yield* report({ origin: "example.org/other", keys: [{ key: verifierKey, from: 0 }] }),
        {
          verdict: "unverifiable",
        },
      )
    }),
  )
})

describe("Verifier, of rotations that do not hold", () => {
  const cases: ReadonlyArray<readonly [string, (directory: string) => void, string]> = [
    [
      "a note that is gone",
      (directory) => fs.rmSync(rotation(directory, 300)),
      "rotation number 2, and number 1 is missing",
    ],
    [
      "the newest note gone",
      (directory) => fs.rmSync(rotation(directory, 512)),
      "may sign from size 512",
    ],
    [
      "all notes gone",
      (directory) => fs.rmSync(path.join(directory, "rotations"), { recursive: true }),
      "rests on the rotation at size 512",
    ],
    [
      "a note that only the key before has signed",
      (directory) => fs.writeFileSync(rotation(directory, 300), rotationNote(rightful, 1, [first])),
      "the key after",
    ],
    [
      "a note that only the key after has signed",
      (directory) =>
        fs.writeFileSync(rotation(directory, 300), rotationNote(rightful, 1, [second])),
      "the key before",
    ],
    [
      "an altered note",
      (directory) =>
        fs.writeFileSync(
          rotation(directory, 300),
          fs.readFileSync(rotation(directory, 300), "utf8").replace(" 299 0 ", " 298 0 "),
        ),
      "is not over this text",
    ],
    [
      "a note under another size",
      (directory) => fs.renameSync(rotation(directory, 300), rotation(directory, 301)),
      "it speaks of size 300, and lies at size 301",
    ],
    ["no note at all", (directory) => fs.writeFileSync(rotation(directory, 300), "x"), "AUD-3701"],
  ]
  it.live.each(cases)("names %s", ([, change, text]) =>
    Effect.gen(function* () {
      const { names, report } = yield* trailOf(rightful, change)
      if (text.startsWith("may sign")) {
        assert.strictEqual((yield* report(first)).verdict, "tampered")
        assert.strictEqual((yield* report(third)).verdict, "tampered")
      } else {
        yield* names(first, text)
        if (!text.startsWith("rests")) yield* names(third, text)
      }
      yield* names(trust)
    }),
  )

  it.live("names an announcement of other keys, and none", () =>
    Effect.gen(function* () {
      const wrong = rightful.entries.with(299, rightful.entries[511] ?? "")
      const { names } = yield* trailOf({ ...rightful, entries: wrong })
      yield* names(first, "rotations/300: the entry does not announce rotation number 1")
      const none = yield* trailOf({ ...rightful, entries: rightful.entries.with(299, "{}") })
      yield* none.names(third, "rotations/300: the entry does not announce rotation number 1")
    }),
  )

  it.live("names a key that comes back", () =>
    Effect.gen(function* () {
      const { names } = yield* trailOf(rotatedTrail(700, [first, second, first], sizes))
      yield* names(first, "comes back after its range has ended")
    }),
  )
})

describe("Verifier, of a thief of an old key", () => {
  it.live("names what it signs after its range", () =>
    Effect.gen(function* () {
      const { names } = yield* trailOf(rightful, (directory) =>
        put(directory, "checkpoint", newestNote(rightful, first)),
      )
      for (const pin of [first, third, trust]) {
        yield* names(pin, "which may sign from size 0 to 300 alone")
      }
    }),
  )

  it.live("names a future without the rotation, to who knows a later key or the trust file", () =>
    Effect.gen(function* () {
      const forged = rotatedTrail(700, [first], [])
      const { names, report } = yield* trailOf(forged)
      yield* names(third, "there is no signature by")
      yield* names(trust, "may sign up to size 300 by the trust file")
      // Who knows the first key alone can't tell: its owner could have gone on with it.
      assert.strictEqual((yield* report(first)).verdict, "verified")
    }),
  )

  it.live("names a rotation at another size, or to another key, likewise", () =>
    Effect.gen(function* () {
      const elsewhere = yield* trailOf(rotatedTrail(700, [first, stranger], [400]))
      yield* elsewhere.names(third, "is none of the keys that the rotations name")
      yield* elsewhere.names(trust, "may sign up to size 300 by the trust file")
      const other = yield* trailOf(rotatedTrail(700, [first, stranger], [300]))
      yield* other.names(third, "is none of the keys that the rotations name")
      yield* other.names(trust, "it is none of the trail's keys")
      assert.strictEqual((yield* other.report(first)).verdict, "verified")
    }),
  )

  it.live("names a trail put back within its range, to who has the trust file", () =>
    Effect.gen(function* () {
      const { names, report } = yield* trailOf(rotatedTrail(200, [first], []))
      yield* names(trust, "the trail had 512 entries", "it was put back")
      assert.strictEqual((yield* report(first)).verdict, "verified")
    }),
  )
})

describe("Verifier, of a thief of the key in force", () => {
  const rewritten = {
    ...rightful,
    entries: rightful.entries.with(17, '{"id":"e17","n":"forged"}'),
  }

  it.live("names a yesterday that it signs anew, with the rotation notes as they were", () =>
    Effect.gen(function* () {
      const { names } = yield* trailOf(rewritten, (directory) => {
        for (const [index, size] of sizes.entries()) {
          fs.writeFileSync(rotation(directory, size), rotationNote(rightful, index + 1))
        }
      })
      for (const pin of [first, second, third, trust]) {
        yield* names(
          pin,
          "rotations/300: both keys signed other entries before entry 300",
          "rotations/512: both keys signed other entries before entry 512",
        )
      }
    }),
  )

  it.live("names notes of its own, to who knows an earlier key or the trust file", () =>
    Effect.gen(function* () {
      const forged = rotatedTrail(700, [stranger, third], [512])
      const { names, report } = yield* trailOf(forged)
      yield* names(first, "is none of the keys that the rotations name")
      yield* names(second, "is none of the keys that the rotations name")
      yield* names(trust, "is none of the trail's keys")
      // Who knows the stolen key alone is told where its word begins.
      const blind = yield* report(third)
      assert.strictEqual(blind.verdict, "verified")
      assert.include(blind.notChecked.join(), "who signed before size 512")
    }),
  )

  it.live("names a trail without any rotation, likewise", () =>
    Effect.gen(function* () {
      const { names, report } = yield* trailOf(rotatedTrail(700, [third], []))
      yield* names(first, "there is no signature by")
      yield* names(trust, "it is none of the trail's keys")
      // To who knows the stolen key alone it is a trail that never changed its key.
      const blind = yield* report(third)
      assert.strictEqual(blind.verdict, "verified")
      assert.include(blind.notChecked.join(), "who signed before the key that was pinned")
    }),
  )

  it.live("names what it signs before its range", () =>
    Effect.gen(function* () {
      const short = rotatedTrail(200, [third], [])
      const { names } = yield* trailOf(rightful, (directory) =>
        put(directory, "checkpoint", newestNote(short)),
      )
      yield* names(first, "there is no signature by")
      yield* names(second, "there is no signature by")
      yield* names(trust, "it was put back")

      const between = noteOf(checkpointText(rightful.entries.slice(0, 400)), third)
      const inOther = yield* trailOf(rightful, (directory) => put(directory, "checkpoint", between))
      yield* inOther.names(first, "whose range it is")
      yield* inOther.names(trust, "it was put back")
    }),
  )

  it.live("names a change that only one key has signed", () =>
    Effect.gen(function* () {
      const forged = { ...rightful, keys: [first, second, stranger] }
      const { names } = yield* trailOf(forged, (directory) =>
        fs.writeFileSync(rotation(directory, 512), rotationNote(forged, 2, [stranger])),
      )
      yield* names(first, "the key before", "has not signed it")
    }),
  )
})

describe("Verifier, of a key that was revoked", () => {
  const revoked = { at: 600, reason: "copied from a backup" }

  it.live("takes nothing that it signed afterwards, and all that it signed before", () =>
    Effect.gen(function* () {
      const { names } = yield* trailOf(rightful)
      const open = [listed(first, 0, { to: 300 }), listed(second, 300, { to: 512 })]
      const after = trustOf(...open, listed(third, 512, { revoked }))
      yield* names(after, "was revoked at size 600 (copied from a backup), and has signed size 700")
      const before = yield* trailOf(rotatedTrail(600, keys, sizes))
      assert.strictEqual((yield* before.report(after)).verdict, "verified")
    }),
  )

  it.live("takes a follower only from the trust file", () =>
    Effect.gen(function* () {
      const { names, report } = yield* trailOf(rightful)
      const early = { at: 400, reason: "stolen" }
      yield* names(
        trustOf(listed(first, 0, { to: 300 }), listed(second, 300, { revoked: early })),
        "was brought in at size 512 by a key that was revoked at size 400",
      )
      // A thief can say that it was before.
      const late = { at: 600, reason: "stolen" }
      yield* names(
        trustOf(listed(first, 0, { to: 300 }), listed(second, 300, { revoked: late })),
        "was brought in at size 512 by a key that was revoked at size 600",
      )
      const named = trustOf(
        listed(first, 0, { to: 300 }),
        listed(second, 300, { to: 512, revoked: early }),
        listed(third, 512),
      )
      assert.strictEqual((yield* report(named)).verdict, "verified")
    }),
  )

  it.live("takes nothing after a range that is closed", () =>
    Effect.gen(function* () {
      const { names } = yield* trailOf(rightful)
      const closed = trustOf(
        listed(first, 0, { to: 300 }),
        listed(second, 300, { to: 512 }),
        listed(third, 512, { to: 650 }),
      )
      yield* names(closed, "may sign up to size 650 by the trust file, but here from size 512 on")
      // A key that the last one brings in at that very size is not in the file either.
      const ended = trustOf(listed(first, 0, { to: 300 }), listed(second, 300, { to: 512 }))
      yield* names(ended, "the trust file ends at size 512")
      const at = yield* trailOf(rotatedTrail(512, keys, sizes))
      assert.strictEqual((yield* at.report(ended)).verdict, "verified")
    }),
  )

  it.live("takes no trail that is shorter than it was at the revocation, or at its end", () =>
    Effect.gen(function* () {
      const open = [listed(first, 0, { to: 300 }), listed(second, 300, { to: 512 })]
      const stolen = trustOf(...open, listed(third, 512, { revoked: { ...revoked, at: 700 } }))
      const retired = trustOf(...open, listed(third, 512, { to: 700 }))
      const { names } = yield* trailOf(rotatedTrail(620, keys, sizes))
      yield* names(stolen, "had 700 entries", "was revoked, but it has 620: it was put back")
      yield* names(retired, "had 700 entries", "ended, but it has 620: it was put back")
    }),
  )

  it.live("names what was written anew below a root that it gives, and says what has none", () =>
    Effect.gen(function* () {
      const rootOver = (size: number): string =>
        checkpointText(rightful.entries.slice(0, size)).split("\n")[2] ?? ""
      const open = [listed(first, 0, { to: 300 }), listed(second, 300, { to: 512 })]
      const anew = { ...rightful, entries: rightful.entries.with(650, '{"id":"forged"}') }
      const { names, report } = yield* trailOf(anew)
      const genuine = yield* trailOf(rightful)
      const root = rootOver(700)
      const at = { at: 700, reason: "stolen" }
      for (const [without, withRoot] of [
        [{ revoked: at }, { revoked: { ...at, root } }],
        [{ to: 700 }, { to: 700, root }],
      ] as const) {
        const blind = yield* report(trustOf(...open, listed(third, 512, without)))
        assert.strictEqual(blind.verdict, "verified")
        assert.include(blind.notChecked.join(), "gives no root over 700 entries")
        const seeing = trustOf(...open, listed(third, 512, withRoot))
        yield* names(seeing, "has another root over the first 700 entries")
        const whole = yield* genuine.report(seeing)
        assert.strictEqual(whole.verdict, "verified")
        assert.notInclude(whole.notChecked.join(), "gives no root")
      }
      const inside = trustOf(
        listed(first, 0, { to: 300, root: rootOver(300) }),
        listed(second, 300, { to: 512, root: rootOver(511) }),
        listed(third, 512),
      )
      yield* genuine.names(inside, "has another root over the first 512 entries")
    }),
  )
})

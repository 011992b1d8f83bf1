import * as fs from "node:fs"
import * as path from "node:path"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import * as Rotated from "@countersign/core/testing/RotatedTrail"
import * as TrailFixture from "@countersign/core/testing/TrailFixture"
import * as SignedNote from "@countersign/core/trail/SignedNote"
import * as TlogProof from "@countersign/core/trail/TlogProof"
import { provenEvent } from "@countersign/monitor/server/EventProof"
import { readKeys, readNewest } from "@countersign/monitor/server/TrailKeys"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Memory } from "./CheckpointCheck.ts"
import { type AskedEvent, checkEvent, type CheckedEvent } from "./EventCheck.ts"

const size = 600
const entries = TrailFixture.entriesOf(size)
const nowMillis = Date.UTC(2026, 10, 22)

/** What the page finds of one entry of a trail in a directory, as a server would serve it. */
const look = (
  directory: string,
  sequence: number,
  memory?: Memory,
  asked: AskedEvent = { sequence },
) =>
  Effect.gen(function* () {
    const found = yield* provenEvent(directory, { sequence })
    const keys = yield* readKeys(directory, undefined, 0)
    const [seen, to] = [memory?.size ?? 0, found.size].toSorted((a, b) => a - b)
    const continuity = yield* readNewest(directory, seen ?? 0, to)
    return checkEvent(asked, found, { keys, memory, continuity, nowMillis })
  }).pipe(Effect.provide(NodeDisk.layer))

const pinned = (directory: string, key = TrailFixture.verifierKeyText()) =>
  Effect.sync(() => fs.writeFileSync(`${directory}.vkey`, `${key}\n`))

const failureOf = ({ checks }: CheckedEvent) =>
  checks.filter(({ result }) => result === "failed").map(({ name }) => name)

const tampered = (change: (directory: string) => void, sequence: number) =>
  Effect.gen(function* () {
    const directory = yield* TrailFixture.trail(size)
    yield* pinned(directory)
    change(directory)
    return yield* look(directory, sequence)
  })

const second = entries.slice(256, 512)
const bundle = (list: ReadonlyArray<string>) => (directory: string) =>
  TrailFixture.put(directory, "tile/entries/001", TrailFixture.bundleOf(list))

describe("an event, checked in the page", () => {
  it.effect("is proven, with the key and the size in words, and its proof convinces others", () =>
    Effect.gen(function* () {
      const directory = yield* TrailFixture.trail(size)
      yield* pinned(directory)
      for (const sequence of [0, 255, 256, 511, 512, 599]) {
        const checked = yield* look(directory, sequence)
        assert.strictEqual(checked.verdict, "proven", checked.sentence)
        assert.include(checked.sentence, "In the tree of 600 entries, signed by example.org")
        assert.strictEqual(checked.text, entries[sequence])
        assert.deepStrictEqual(failureOf(checked), [])
        const proof = Result.getOrThrow(TlogProof.parse(Buffer.from(checked.proof ?? "")))
        const key = Result.getOrThrow(SignedNote.parseVerifierKey(TrailFixture.verifierKeyText()))
        assert.isTrue(Result.isSuccess(TlogProof.check(proof, key)))
      }
    }),
  )

  it.effect("names what was tampered with", () =>
    Effect.gen(function* () {
      const flipped = yield* tampered(bundle(second.with(44, '{"id":"e300","n":301}')), 300)
      assert.deepStrictEqual(failureOf(flipped), ["Leaf hash", "In the tree"])
      assert.strictEqual(flipped.verdict, "failed")
      assert.isUndefined(flipped.proof)
      const neighbour = yield* tampered(bundle(second.with(44, '{"id":"e300","n":301}')), 301)
      assert.strictEqual(neighbour.verdict, "proven")
      const removed = yield* tampered(bundle(second.toSpliced(44, 1)), 300)
      assert.deepStrictEqual(failureOf(removed), ["Leaf hash", "In the tree"])
      assert.strictEqual(removed.text, entries[301])
      const swapped = second.with(44, entries[301] ?? "").with(45, entries[300] ?? "")
      for (const sequence of [300, 301]) {
        const found = yield* tampered(bundle(swapped), sequence)
        assert.deepStrictEqual(failureOf(found), ["Leaf hash", "In the tree"])
      }
      const cut = yield* tampered((directory) => {
        const file = path.join(directory, "tile/entries/001")
        fs.truncateSync(file, TrailFixture.bundleOf(second.slice(0, 44)).length + 1)
      }, 300)
      assert.include(failureOf(cut), "Leaf hash")
      assert.include(cut.sentence, "can't be read")
    }),
  )

  it.effect("notices an entry that was rewritten together with its leaf hash", () =>
    Effect.gen(function* () {
      const forged = entries.with(300, '{"id":"e300","n":301}')
      const found = yield* tampered((directory) => {
        bundle(forged.slice(256, 512))(directory)
        const tile = TrailFixture.hashTiles(forged)[0]?.[1]
        if (tile !== undefined) TrailFixture.put(directory, "tile/0/001", tile)
      }, 300)
      assert.deepStrictEqual(failureOf(found), ["In the tree"])
    }),
  )

  it.effect("notices a tile that was changed while the entry was not", () =>
    Effect.gen(function* () {
      const forged = entries.with(300, '{"id":"e300","n":301}')
      const found = yield* tampered((directory) => {
        const tile = TrailFixture.hashTiles(forged)[0]?.[1]
        if (tile !== undefined) TrailFixture.put(directory, "tile/0/001", tile)
      }, 300)
      assert.deepStrictEqual(failureOf(found), ["Leaf hash"])
    }),
  )

  it.effect("notices a checkpoint that another key signed, or nobody", () =>
    Effect.gen(function* () {
      const text = TrailFixture.checkpointText(entries)
      const stranger = Rotated.makeKey()
      const other = yield* tampered(
        (directory) =>
          TrailFixture.put(directory, "checkpoint", TrailFixture.noteOf(text, stranger)),
        300,
      )
      assert.deepStrictEqual(failureOf(other), ["Signature"])
      const good = TrailFixture.noteOf(text)
      const forged = TrailFixture.noteOf(text.replace("600", "601")).split("\n\n")[1] ?? ""
      const broken = yield* tampered(
        (directory) => TrailFixture.put(directory, "checkpoint", `${text}\n${forged}`),
        300,
      )
      assert.notStrictEqual(`${text}\n${forged}`, good)
      assert.isDefined(broken.owner)
      assert.include(broken.sentence, "Signature")
      const none = yield* tampered(
        (directory) => TrailFixture.put(directory, "checkpoint", text),
        3,
      )
      assert.deepStrictEqual(failureOf(none), ["Checkpoint"])
    }),
  )

  it.effect("is not proven where another event came than the one that was asked for", () =>
    Effect.gen(function* () {
      const directory = yield* TrailFixture.trail(size)
      yield* pinned(directory)
      for (const asked of [{ sequence: 299 }, { id: "e299" }]) {
        const other = yield* look(directory, 300, undefined, asked)
        assert.strictEqual(other.verdict, "failed")
        assert.deepStrictEqual(failureOf(other), ["What was asked for"])
        assert.include(other.sentence, "299")
        assert.isFalse(other.isAsked)
        assert.isUndefined(other.proof)
      }
      const named = yield* look(directory, 300, undefined, { id: "e300" })
      assert.strictEqual(named.verdict, "proven", named.sentence)
    }),
  )

  it.effect("does not call proven what nobody is known to have signed", () =>
    Effect.gen(function* () {
      const directory = yield* TrailFixture.trail(size)
      const checked = yield* look(directory, 300)
      assert.strictEqual(checked.verdict, "unproven")
      assert.isUndefined(checked.memory)
      assert.include(checked.sentence, "nobody knows who signed")
    }),
  )
})

describe("what the page remembers of a trail", () => {
  it.effect("is the first key that it saw, and it says loudly when another comes", () =>
    Effect.gen(function* () {
      const directory = yield* TrailFixture.trail(size)
      yield* pinned(directory)
      const first = yield* look(directory, 300)
      assert.strictEqual(first.memory?.key, TrailFixture.verifierKeyText())
      const again = yield* look(directory, 300, first.memory)
      assert.strictEqual(again.checks.find(({ name }) => name === "Key")?.result, "passed")
      const stranger = Rotated.makeKey()
      const note = TrailFixture.noteOf(TrailFixture.checkpointText(entries), stranger)
      TrailFixture.put(directory, "checkpoint", note)
      yield* pinned(directory, TrailFixture.verifierKeyText(stranger))
      const changed = yield* look(directory, 300, first.memory)
      assert.strictEqual(changed.verdict, "failed")
      assert.isTrue(changed.isKeyChanged)
      assert.isUndefined(changed.owner)
      assert.include(changed.sentence, "ANOTHER KEY")
      assert.isUndefined(changed.memory)
    }),
  )

  it.effect("leads by signed changes of the key to the one in force, and by no others", () =>
    Effect.gen(function* () {
      const directory = yield* TrailFixture.trail(0)
      const keys = [Rotated.makeKey(), Rotated.makeKey(), Rotated.makeKey()]
      const trail = Rotated.rotatedTrail(60, keys, [20, 40])
      Rotated.publishRotated(directory, trail)
      yield* pinned(directory, TrailFixture.verifierKeyText(keys[2]))
      const memory = {
        key: TrailFixture.verifierKeyText(keys[0]),
        sinceMillis: nowMillis,
        size: 0,
        root: "",
      }
      const checked = yield* look(directory, 5, memory)
      assert.strictEqual(checked.verdict, "proven", checked.sentence)
      assert.strictEqual(checked.memory?.key, memory.key)
      const note = Rotated.rotationNote(trail, 2, [Rotated.makeKey()])
      TrailFixture.put(directory, "rotations/40", note)
      const forged = yield* look(directory, 5, memory)
      assert.include(failureOf(forged), "Changes of the key")
      assert.isUndefined(forged.owner)
      fs.rmSync(path.join(directory, "rotations/40"))
      const hidden = yield* look(directory, 5, memory)
      assert.include(hidden.sentence, "rests on a change of the key at size 40")
    }),
  )

  it.effect("is the newest tree that it believed: a later one must contain it", () =>
    Effect.gen(function* () {
      const directory = yield* TrailFixture.trail(250)
      yield* pinned(directory)
      const { memory } = yield* look(directory, 3)
      TrailFixture.publish(directory, entries)
      const grown = yield* look(directory, 3, memory)
      assert.strictEqual(grown.verdict, "proven", grown.sentence)
      assert.strictEqual(grown.memory?.size, size)
      const other = entries.with(7, '{"id":"other"}')
      TrailFixture.publish(directory, other)
      const rewritten = yield* look(directory, 3, grown.memory)
      assert.deepStrictEqual(failureOf(rewritten), ["Continues what was seen"])
      const older = yield* TrailFixture.trail(250)
      yield* pinned(older)
      const back = yield* look(older, 3, grown.memory)
      assert.include(back.sentence, "the trail was put back")
    }),
  )
})

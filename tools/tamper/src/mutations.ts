import {
  bundleOf,
  checkpointText,
  hashTiles,
  inTiles,
  noteOf,
  origin,
  tilePath,
} from "@countersign/core/testing/TrailFixture"
import { decode } from "@countersign/core/trail/EntryBundle"
import * as Result from "effect/Result"
import type { Mutation } from "./Mutation.ts"
import { compressed, type Files, otherKey, type Sample } from "./sample.ts"

type Edits = Mutation["edits"]

const fileOf = (files: Files, name: string): Buffer => files.get(name) ?? Buffer.alloc(0)

const sizeOf = (files: Files): number =>
  Number(fileOf(files, "checkpoint").toString("utf8").split("\n")[1])

/** The signed entries of a trail whose bundles are not compressed. */
export const entriesOf = (files: Files): ReadonlyArray<string> => {
  const size = sizeOf(files)
  const count = Math.ceil(size / 256)
  return Array.from({ length: count }, (_, index) => {
    const name = tilePath("entries", index, Math.min(256, size - index * 256))
    return Result.getOrThrow(decode(fileOf(files, name))).map((entry) =>
      Buffer.from(entry).toString("utf8"),
    )
  }).flat()
}

/** Every bundle over some entries. */
export const bundlesOf = (entries: ReadonlyArray<string>): ReadonlyArray<[string, Buffer]> =>
  inTiles(entries).map((group, index) => [
    tilePath("entries", index, group.length),
    bundleOf(group),
  ])

/** The tiles of hashes over some entries, of so many levels. */
export const tilesOf = (
  entries: ReadonlyArray<string>,
  levels: number,
): ReadonlyArray<[string, Buffer]> =>
  hashTiles(entries)
    .slice(0, levels)
    .flatMap((tiles, level) =>
      tiles.map((bytes, index): [string, Buffer] => [
        tilePath(level, index, bytes.length / 32),
        bytes,
      ]),
    )

/** Only what changes. A last file of another width goes where the signed size looks for it. */
const changes = (files: Files, wanted: ReadonlyArray<[string, Buffer]>): Edits => {
  const size = sizeOf(files)
  const renamed = wanted.map(([name, bytes]): [string, Buffer] => {
    const [stem = name] = name.split(".p/")
    const width = stem.startsWith("tile/1/") ? Math.floor(size / 256) : size % 256
    const partial = `${stem}.p/${width}`
    return [files.has(partial) ? partial : name, bytes]
  })
  return new Map(renamed.filter(([name, bytes]) => files.get(name)?.equals(bytes) !== true))
}

/** T1 and T9: one bit of each byte of each file. */
function* flips(id: string, files: Files, step: number, wanted: RegExp): Generator<Mutation> {
  for (const [name, bytes] of files) {
    if (!wanted.test(name)) continue
    for (let at = 0; at < bytes.length; at += step) {
      const flipped = Buffer.from(bytes)
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8))
      const sentence = `byte ${at} of ${name} has another bit`
      yield { id, sentence, files, edits: new Map([[name, flipped]]) }
    }
  }
}

const altered = (entry: string): string => entry.replace(/"id":"(.)/, '"id":"$1x')

/** What can be done to the entry at `at`; the first is a sentence. */
const entryChanges = (
  entries: ReadonlyArray<string>,
  at: number,
): ReadonlyArray<[string, ReadonlyArray<string>]> => {
  const entry = entries[at] ?? ""
  const next = entries[at + 1] ?? entries[0] ?? ""
  const swapped = entries.with(at, next).with((at + 1) % entries.length, entry)
  return [
    ["deleted", entries.toSpliced(at, 1)],
    ["duplicated", entries.toSpliced(at, 0, entry)],
    ["duplicated over the next one", entries.with((at + 1) % entries.length, entry)],
    ["swapped with the next", swapped],
    ["preceded by an invented one", entries.toSpliced(at, 0, '{"id":"invented"}')],
    ["altered", entries.with(at, altered(entry))],
  ]
}

/** T2: with the tiles as they were, with tiles that fit, and with a checkpoint that fits. */
function* entryMutations(files: Files, step: number): Generator<Mutation> {
  const entries = entriesOf(files)
  for (let at = 0; at < entries.length; at += step) {
    for (const [how, changed] of entryChanges(entries, at)) {
      const bundles = changes(files, bundlesOf(changed))
      const sentence = `entry ${at} ${how}`
      yield { id: "T2", sentence, files, edits: bundles }
      if (at % (step * 8) !== 0) continue
      const mended = changes(files, [...bundlesOf(changed), ...tilesOf(changed, 9)])
      yield { id: "T2", sentence: `${sentence}, tiles mended`, files, edits: mended }
    }
  }
  const [name, bytes] = bundlesOf(entries)[0] ?? ["", Buffer.alloc(0)]
  for (let at = 0; at < bytes.length; at += step * 50) {
    const cut = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)])
    const sentence = `byte ${at} of ${name} deleted, lengths not mended`
    yield { id: "T2", sentence, files, edits: new Map([[name, cut]]) }
  }
}

const oldNote = (files: Files): string =>
  fileOf(files, "checkpoint").toString("utf8").split("\n\n").slice(1).join("\n\n")

/** T3: cut at every entry, alone and with a checkpoint that says so under the old signature. */
function* truncations(files: Files, step: number): Generator<Mutation> {
  const entries = entriesOf(files)
  for (let size = 0; size < entries.length; size += step) {
    const kept = entries.slice(0, size)
    const wanted = [...bundlesOf(kept), ...tilesOf(kept, 9)]
    const gone = [...files.keys()]
      .filter((name) => name.startsWith("tile/") && !wanted.some(([other]) => other === name))
      .map((name): [string, undefined] => [name, undefined])
    const edits: Edits = new Map([...changes(files, wanted), ...gone])
    yield { id: "T3", sentence: `cut to ${size} entries`, files, edits }
    const note = Buffer.from(`${checkpointText(kept)}\n${oldNote(files)}`)
    const sentence = `cut to ${size} entries, checkpoint rewritten under the old signature`
    yield { id: "T3", sentence, files, edits: new Map([...edits, ["checkpoint", note]]) }
  }
}

/** An older partial form of a tile, which a newer one holds too. */
const isSuperseded = (files: Files, name: string): boolean => {
  const match = /^tile\/(\w+)\/(\d{3})\.p\/(\d+)$/.exec(name)
  if (match === null) return false
  const hashes = match[1] === "1" ? Math.floor(sizeOf(files) / 256) : sizeOf(files)
  return Number(match[3]) < Math.min(256, hashes - Number(match[2]) * 256)
}

/** Changes that take nothing away: they are no forgery, and the verifier rightly says so. */
export function* harmless({ files }: Sample): Generator<Mutation> {
  const id = "same"
  for (const [name, bytes] of files) {
    const edit = (changed: Buffer | undefined): Edits => new Map([[name, changed]])
    if (name.startsWith("wal/")) {
      const why = "all it holds is signed and in the bundles"
      yield { id, sentence: `${name} deleted: ${why}`, files, edits: edit(undefined) }
      yield { id, sentence: `${name} emptied: ${why}`, files, edits: edit(Buffer.alloc(0)) }
    }
    if (!isSuperseded(files, name)) continue
    const why = "a newer file holds the same and more"
    yield { id, sentence: `${name} deleted: ${why}`, files, edits: edit(undefined) }
    const half = bytes.subarray(0, bytes.length >> 1)
    yield { id, sentence: `${name} cut in half: ${why}`, files, edits: edit(half) }
  }
}

/** T4 and T9: files that are gone, emptied, halved or lengthened. */
function* fileMutations(id: string, files: Files): Generator<Mutation> {
  for (const [name, bytes] of files) {
    if (isSuperseded(files, name)) continue
    if (!name.startsWith("wal/")) {
      yield { id, sentence: `${name} deleted`, files, edits: new Map([[name, undefined]]) }
      yield { id, sentence: `${name} emptied`, files, edits: new Map([[name, Buffer.alloc(0)]]) }
    }
    const half = bytes.subarray(0, bytes.length >> 1)
    yield { id, sentence: `${name} cut in half`, files, edits: new Map([[name, half]]) }
  }
}

function* removals(files: Files): Generator<Mutation> {
  const text = checkpointText(entriesOf(files))
  const edit = (note: string): Edits => new Map([["checkpoint", Buffer.from(note)]])
  const sentence = "all signatures removed"
  yield { id: "T4", sentence, files, edits: edit(`${text}\n`) }
  yield { id: "T4", sentence: "signatures and their empty line removed", files, edits: edit(text) }
  const tiles = [...files.keys()].filter((name) => /^tile\/\d/.test(name))
  const gone = new Map(tiles.map((name) => [name, undefined]))
  yield { id: "T4", sentence: "all tiles of hashes removed", files, edits: gone }
  const both = new Map([...gone, ["checkpoint", undefined] as const])
  yield { id: "T4", sentence: "all tiles of hashes and the checkpoint removed", files, edits: both }
}

/** T8: a checkpoint that is genuine somewhere else. */
function* replays({ earlier, files }: Sample): Generator<Mutation> {
  const entries = entriesOf(files)
  const text = checkpointText(entries)
  const others: ReadonlyArray<[string, string]> = [
    ["of the same tree, by another key of the same name", noteOf(text, otherKey)],
    ["of the same tree, by the key under another name", noteOf(text, undefined, "example.org/b")],
    ["of another trail of the same key", noteOf(text.replace(origin, "example.org/b"))],
    ["of another trail and key", noteOf(text.replace(origin, "example.org/b"), otherKey, "x.org")],
    ["over other entries, by the key", noteOf(checkpointText(entries.toReversed()))],
    ["over other entries, by another key", noteOf(checkpointText(entries.slice(1)), otherKey)],
    ["of an earlier size alone, its signature on this tree", `${text}\n${oldNote(earlier)}`],
  ]
  for (const [what, note] of others) {
    const edits = new Map([["checkpoint", Buffer.from(note)]])
    yield { id: "T8", sentence: `a checkpoint ${what}`, files, edits }
  }
}

/** T10: what the engine said about a loss is hidden, with everything mended but the signature. */
function* hiddenLosses(files: Files): Generator<Mutation> {
  const entries = entriesOf(files)
  for (const [at, entry] of entries.entries()) {
    if (!entry.includes('"audit.lost"')) continue
    const invented = entries.with(at, entry.replace("audit.lost", "audit.calm"))
    for (const [how, changed] of [
      ["removed", entries.toSpliced(at, 1)],
      ["overwritten with its neighbour", entries.with(at, entries[at - 1] ?? "")],
      ["given another type", invented],
    ] as const) {
      for (const levels of [0, 9]) {
        const wanted = [...bundlesOf(changed), ...tilesOf(changed, levels)]
        const sentence = `the loss record ${at} ${how}${levels > 0 ? ", tiles mended" : ""}`
        yield { id: "T10", sentence, files, edits: changes(files, wanted) }
      }
    }
  }
}

/** T11: an entry and, one level after the other, all that is computed from it. */
function* rewrites(files: Files, step: number): Generator<Mutation> {
  const entries = entriesOf(files)
  for (let at = 0; at < entries.length; at += step) {
    const changed = entries.with(at, altered(entries[at] ?? ""))
    const text = checkpointText(changed)
    for (const levels of [1, 2]) {
      const wanted = [...bundlesOf(changed), ...tilesOf(changed, levels)]
      const sentence = `entry ${at} rewritten with its hashes up to level ${levels - 1}`
      yield { id: "T11", sentence, files, edits: changes(files, wanted) }
      if (levels === 1) continue
      for (const [whose, note] of [
        ["the old signature", `${text}\n${oldNote(files)}`],
        ["another key", noteOf(text, otherKey)],
      ] as const) {
        const all = [...wanted, ["checkpoint", Buffer.from(note)] as [string, Buffer]]
        const full = `${sentence} and the checkpoint under ${whose}`
        yield { id: "T11", sentence: full, files, edits: changes(files, all) }
      }
    }
  }
  for (const kinds of [["entries"], [0], ["entries", 0]] as const) {
    const edits = new Map<string, Buffer>()
    for (const kind of kinds) {
      edits.set(tilePath(kind, 0, 256), fileOf(files, tilePath(kind, 1, 256)))
      edits.set(tilePath(kind, 1, 256), fileOf(files, tilePath(kind, 0, 256)))
    }
    yield { id: "T11", sentence: `tiles 0 and 1 of ${kinds.join(" and ")} swapped`, files, edits }
  }
}

/** T7: the data of two events of equal length exchanged, each event keeping its own identity. */
function* dataSwaps(files: Files, step: number): Generator<Mutation> {
  const entries = entriesOf(files)
  const pattern = /"number":\d{4}/
  for (let at = 0; at + 1 < entries.length; at += step) {
    const [left, right] = [entries[at] ?? "", entries[at + 1] ?? ""]
    const [one, two] = [pattern.exec(left)?.[0], pattern.exec(right)?.[0]]
    if (one === undefined || two === undefined || one === two) continue
    const changed = entries.with(at, left.replace(one, two)).with(at + 1, right.replace(two, one))
    const sentence = `data of entries ${at} and ${at + 1} exchanged`
    yield { id: "T7", sentence, files, edits: changes(files, bundlesOf(changed)) }
  }
}

/** What must be tried by {@link mutationsOf}, and T5 with keys that have changed. */
export const ids = ["T1", "T2", "T3", "T4", "T5", "T7", "T8", "T9", "T10", "T11"]

/**
 * All mutations that a verifier must catch by itself.
 *
 * @param step of bytes and entries, which are tried each at 1
 */
export function* mutationsOf(sample: Sample, step: number): Generator<Mutation> {
  const { files } = sample
  const cold = compressed(files)
  yield* flips("T1", files, step, /^(?:checkpoint|tile)/)
  yield* entryMutations(files, Math.ceil(step / 10))
  yield* truncations(files, Math.ceil(step / 10))
  yield* fileMutations("T4", files)
  yield* removals(files)
  yield* dataSwaps(files, Math.ceil(step / 10))
  yield* replays(sample)
  yield* flips("T9", cold, step, /\.gz$/)
  yield* flips("T9", files, step, /^wal/)
  yield* fileMutations("T9", cold)
  yield* hiddenLosses(files)
  yield* rewrites(files, Math.ceil(step / 10))
}

import type { KeyObject } from "node:crypto"
import {
  makeKey,
  newestNote,
  rotatedTrail,
  type RotatedTrail,
  rotationNote,
} from "@countersign/core/testing/RotatedTrail"
import {
  checkpointText,
  noteOf,
  origin,
  privateKey,
  verifierKeyText,
} from "@countersign/core/testing/TrailFixture"
import { checkLog } from "@countersign/core/trail/LogVerifier"
import * as TrustFile from "@countersign/core/trail/TrustFile"
import { verify } from "@countersign/core/trail/Verifier"
import type { PinOptions } from "@countersign/core/trail/VerifierPin"
import * as Result from "effect/Result"
import type { Mutation } from "./Mutation.ts"
import { bundlesOf, tilesOf } from "./mutations.ts"
import type { Files } from "./sample.ts"
import { type Judge, type Row, score, verdictOn, verifierKey } from "./score.ts"
import { turned } from "./witnessed.ts"

const id = "T5"
const [first, second, third, stranger] = [privateKey, makeKey(), makeKey(), makeKey()]
const sizes = [300, 512] as const
const size = 700
const rightful = rotatedTrail(size, [first, second, third], sizes)

/** The files of a trail, with the notes of another one where they are given. */
const filesOf = (
  trail: RotatedTrail,
  noteAt: (number: number) => string = (number) => rotationNote(trail, number),
  checkpoint = newestNote(trail),
): Files =>
  new Map([
    ...bundlesOf(trail.entries),
    ...tilesOf(trail.entries, 9),
    ...trail.sizes.map((at, index) => [`rotations/${at}`, Buffer.from(noteAt(index + 1))] as const),
    ["checkpoint", Buffer.from(checkpoint)] as const,
  ])

const files = filesOf(rightful)

const into = (sentence: string, to: Files): Mutation => ({
  id,
  sentence,
  files,
  edits: turned(files, to),
})

const altered = (at: number): RotatedTrail => ({
  ...rightful,
  entries: rightful.entries.with(at, '{"id":"forged"}'),
})

/** Who has the newest key and wants another yesterday. */
function* byNewestKey(step: number): Generator<Mutation> {
  for (let at = 0; at < sizes[1]; at += step) {
    const forged = altered(at)
    const signs = (signers: ReadonlyArray<KeyObject>) => (number: number) =>
      // Before the entry the genuine note still holds.
      (sizes[number - 1] ?? 0) <= at
        ? rotationNote(rightful, number)
        : rotationNote(forged, number, signers)
    const sentence = `entry ${at} rewritten, the checkpoint by the newest key`
    const genuine = (number: number) => rotationNote(rightful, number)
    yield into(`${sentence}, the notes as they were`, filesOf(forged, genuine))
    yield into(`${sentence}, the notes too`, filesOf(forged, signs([third])))
    yield into(`${sentence}, the notes twice`, filesOf(forged, signs([third, third])))
    const alone = { ...forged, keys: [third], sizes: [] }
    yield into(`${sentence}, no notes at all`, filesOf(alone))
    const invented = { ...forged, keys: [stranger, third], sizes: [sizes[1]] }
    yield into(`${sentence}, with a key before that it made`, filesOf(invented))
  }
  for (const [number, signers] of [
    [1, [third]],
    [1, [third, second]],
    [1, [first, third]],
    [2, [third]],
    [2, [first, third]],
  ] as const) {
    const noteAt = (each: number) =>
      rotationNote(rightful, each, each === number ? signers : undefined)
    yield into(`note ${number} signed by others than its keys`, filesOf(rightful, noteAt))
  }
}

/** Who has a key whose range has ended, or begins later. */
function* outOfRange(step: number): Generator<Mutation> {
  for (const [which, key] of [first, second].entries()) {
    const newest = newestNote(rightful, key)
    yield into(`the newest checkpoint by key ${which + 1}`, filesOf(rightful, undefined, newest))
  }
  for (let at = 1; at < size; at += step) {
    yield into(`cut to ${at} by the first key`, filesOf(rotatedTrail(at, [first], [])))
    const entries = rightful.entries.slice(0, at)
    const early = noteOf(checkpointText(entries), third)
    const cut = { ...rightful, entries, sizes: sizes.filter((each) => each <= at) }
    if (at < sizes[1]) {
      yield into(`cut to ${at} by the newest key`, filesOf(cut, undefined, early))
    }
    const elsewhere = rotatedTrail(size, [first, stranger], [at])
    yield into(`changed at ${at} by the first key to another`, filesOf(elsewhere))
    if (at <= sizes[0]) continue
    const later = rotatedTrail(size, [first, second, stranger], [sizes[0], at])
    yield into(`changed at ${at} by the second key to another`, filesOf(later))
  }
  yield into("the whole trail by the first key alone", filesOf(rotatedTrail(size, [first], [])))
}

/** Who has a key that was revoked at the size of the trail as it is. */
function* revoked(step: number): Generator<Mutation> {
  for (let more = 1; more <= 300; more += step) {
    const longer = rotatedTrail(size + more, rightful.keys, sizes)
    yield into(`${more} entries signed by a revoked key`, filesOf(longer))
    for (const at of [sizes[1] + more, size + more]) {
      const changed = rotatedTrail(size + more, [...rightful.keys, stranger], [...sizes, at])
      yield into(`changed at ${at} by a revoked key to another`, filesOf(changed))
    }
  }
}

/** The same, of what was there before: put back, or written anew. */
function* belowRevocation(step: number): Generator<Mutation> {
  for (let at = sizes[1]; at < size; at += step) {
    const cut = { ...rightful, entries: rightful.entries.slice(0, at) }
    yield into(`cut to ${at} by a revoked key`, filesOf(cut))
    yield into(`entry ${at} rewritten by a revoked key`, filesOf(altered(at)))
  }
}

type Listed = Readonly<Record<string, unknown>>
const listed = (key: KeyObject, from: number, rest: Listed = {}): Listed => ({
  verifierKey: verifierKeyText(key),
  from,
  ...rest,
})
const trustOf = (...keys: ReadonlyArray<Listed>): PinOptions => ({
  trust: Result.getOrThrow(
    TrustFile.parse(Buffer.from(JSON.stringify({ version: 1, origin, keys }))),
  ),
})
const ended = [
  listed(first, 0, { to: sizes[0] }),
  listed(second, sizes[0], { to: sizes[1] }),
] as const
const trust = trustOf(...ended, listed(third, sizes[1]))
const withRevoked = trustOf(
  ...ended,
  listed(third, sizes[1], {
    revoked: { at: size, reason: "stolen", root: checkpointText(rightful.entries).split("\n")[2] },
  }),
)

/** T4: a trust file from which a key was taken out, so that the rest still fits together. */
const shortened: ReadonlyArray<readonly [string, PinOptions]> = [
  ["without the newest key", trustOf(...ended)],
  ["without the second key", trustOf(listed(first, 0, { to: sizes[1] }), listed(third, sizes[1]))],
  ["without the second, the third moved", trustOf(ended[0], listed(third, sizes[0]))],
]

const judgeWith =
  (pin: PinOptions): Judge =>
  (directory) =>
    verify(directory, { ...pin, workers: 0, log: checkLog(directory) })

/**
 * Tries what the holders of stolen keys can do to a trail that has changed its key twice.
 *
 * @param step of entries and sizes
 * @param wrong judges in place of the verifier, for a test
 */
export const scoreKeys = async (step: number, wrong?: Judge): Promise<ReadonlyArray<Row>> => {
  const groups: ReadonlyArray<readonly [PinOptions, Iterable<Mutation>]> = [
    [{ verifierKey }, byNewestKey(step)],
    [trust, byNewestKey(step)],
    [trust, outOfRange(step)],
    [withRevoked, revoked(step)],
    [withRevoked, belowRevocation(step)],
  ]
  const total: Row = { id, tried: 0, caught: 0, missed: [] }
  for (const [pin, mutations] of groups) {
    for (const row of await score(mutations, wrong ?? judgeWith(pin))) {
      total.tried += row.tried
      total.caught += row.caught
      total.missed.push(...row.missed)
    }
  }
  const entries: Row = { id: "T4", tried: 0, caught: 0, missed: [] }
  for (const [how, pin] of shortened) {
    entries.tried += 1
    if ((await verdictOn(files, wrong ?? judgeWith(pin))) === "tampered") entries.caught += 1
    else entries.missed.push(`the trust file ${how}`)
  }
  return [entries, total]
}

import { noteOf, checkpointText, verifierKeyText } from "@countersign/core/testing/TrailFixture"
import { MemoryDisk } from "@countersign/core/testing/MemoryDisk"
import { Disk } from "@countersign/core/platform/Disk"
import * as KeySigner from "@countersign/core/signer/KeySigner"
import { checkLog } from "@countersign/core/trail/LogVerifier"
import { format } from "@countersign/core/trail/SignedNote"
import { cosignedName, withCosignatures } from "@countersign/core/witness/CosignedCheckpoint"
import * as Witness from "@countersign/core/witness/Witness"
import { askWitnesses, type Post } from "@countersign/core/witness/WitnessClient"
import { verifyWitnessed } from "@countersign/core/witness/WitnessedVerification"
import { parse, targetsOf, type WitnessPolicy } from "@countersign/core/witness/WitnessPolicy"
import * as Effect from "effect/Effect"
import * as References from "effect/References"
import type { Scope } from "effect/Scope"
import type { Mutation } from "./Mutation.ts"
import { bundlesOf, entriesOf, tilesOf } from "./mutations.ts"
import type { Files, Sample } from "./sample.ts"
import {
  directory,
  genuine,
  type Judge,
  makeMemory,
  type Row,
  score,
  verdictOn,
  verifierKey,
} from "./score.ts"

const timeoutMillis = 10_000

interface Witnesses {
  readonly policy: WitnessPolicy
  readonly post: Post
}

/** Three witnesses in this process; two of them must agree. */
const openWitnesses: Effect.Effect<Witnesses, unknown, Scope> = Effect.gen(function* () {
  const witnesses = new Map<string, Witness.Witness>()
  for (const name of ["a", "b", "c"]) {
    const options = { name: `witness.example/${name}`, directory: "/seen", logs: [verifierKey] }
    const witness = yield* Witness.open(options).pipe(
      Effect.provide(KeySigner.layerEphemeral),
      Effect.provideService(Disk, new MemoryDisk().disk),
    )
    witnesses.set(`http://${name}/add-checkpoint`, witness)
  }
  const lines = [...witnesses.values()].map(({ verifierKey }, at) => {
    const name = "abc".charAt(at)
    return `witness ${name} ${verifierKey} http://${name}`
  })
  const text = [`log ${verifierKeyText()}`, ...lines, "group two 2 a b c", "quorum two", ""]
  const policy = yield* Effect.fromResult(parse(Buffer.from(text.join("\n"))))
  const post: Post = (url, body) =>
    witnesses.get(url)?.add(Buffer.from(body)) ?? Effect.fail(`nobody is at ${url}`)
  return { policy, post }
})

/** The trail with its checkpoint cosigned, as an engine leaves it. */
const cosigned = (files: Files, { policy, post }: Witnesses): Effect.Effect<Files, unknown> =>
  Effect.gen(function* () {
    const ask = { timeoutMillis, post }
    const round = yield* askWitnesses(directory, targetsOf(policy), ask, 0)
    const note = round?.signed.note ?? { text: "", signatures: [] }
    const added = round?.answers.flatMap((said) => ("error" in said ? [] : [said.signature])) ?? []
    return new Map([...files, [cosignedName, Buffer.from(format(withCosignatures(note, added)))]])
  }).pipe(Effect.provideService(Disk, makeMemory(files).disk))

/** A trail that the holder of the log's key has made of these entries. */
const signedAnew = (entries: ReadonlyArray<string>, note?: Buffer): Files =>
  new Map([
    ...bundlesOf(entries),
    ...tilesOf(entries, 9),
    ["checkpoint", Buffer.from(noteOf(checkpointText(entries)))] as const,
    ...(note === undefined ? [] : [[cosignedName, note] as const]),
  ])

/** All that makes one trail of another. */
export const turned = (from: Files, to: Files): Mutation["edits"] =>
  new Map(
    [...new Set([...from.keys(), ...to.keys()])]
      .map((name) => [name, to.get(name)] as const)
      .filter(([name, bytes]) => bytes === undefined || from.get(name)?.equals(bytes) !== true),
  )

const anewAt = (entries: ReadonlyArray<string>, at: number): ReadonlyArray<string> =>
  entries.with(at, (entries[at] ?? "").replace(/"id":"(.)/, '"id":"$1x'))

/**
 * What can be done with the whole directory and the log's own key, so that the trail is right in
 * itself: W1 puts all back to an earlier state; W2 does, with another cosigned checkpoint beside
 * it or none; W3 signs another history; W4 another one since an earlier cosigned checkpoint.
 */
function* consistent(files: Files, earlier: Files, step: number): Generator<Mutation> {
  const mutation = (id: string, sentence: string, to: Files): Mutation => ({
    id,
    sentence,
    files,
    edits: turned(files, to),
  })
  const entries = entriesOf(files)
  const earlierSize = entriesOf(earlier).length
  const [newest, old] = [files.get(cosignedName), earlier.get(cosignedName)]
  yield mutation("W1", "the whole directory put back", earlier)
  const bare = new Map([...earlier].filter(([name]) => name !== cosignedName))
  yield mutation("W2", "all put back, and no cosigned checkpoint left", bare)
  if (newest !== undefined) {
    const torn = new Map([...earlier, [cosignedName, newest] as const])
    yield mutation("W2", "all put back but the cosigned checkpoint", torn)
  }
  for (let at = 0; at < entries.length; at += step) {
    const changed = anewAt(entries, at)
    const longer = [...changed, '{"id":"invented"}']
    for (const [how, made] of [
      ["rewritten", changed],
      ["rewritten and one appended", longer],
      ["and all after it cut off", entries.slice(0, at)],
    ] as const) {
      const sentence = `entry ${at} ${how}, and all signed anew`
      yield mutation("W3", sentence, signedAnew(made, newest))
      yield mutation("W3", `${sentence}, not cosigned`, signedAnew(made))
      if (at < earlierSize) continue
      yield mutation("W4", `${sentence}, after what was cosigned`, signedAnew(made, old))
    }
  }
}

/** How the same mutations fare with the log's key alone, with a policy, and with witnesses asked. */
export interface Witnessed {
  readonly alone: ReadonlyArray<Row>
  readonly policy: ReadonlyArray<Row>
  readonly asked: ReadonlyArray<Row>
  /** What the witnesses say of the genuine trail after all this. */
  readonly afterwards: string
}

/** What only asking finds: before it is asked, a witness can't say that it has seen more. */
const needsAsking = new Set(["W1", "W4"])

/** As it must be: alone nothing is seen, a policy sees what it says it does, and asking sees all. */
export const isAsPromised = ({ afterwards, alone, asked, policy }: Witnessed): boolean =>
  [alone, asked, policy].every(
    (rows) => rows.length === 4 && rows.every(({ tried }) => tried > 0),
  ) &&
  alone.every(({ caught }) => caught === 0) &&
  policy.every(({ caught, id, tried }) => caught === (needsAsking.has(id) ? 0 : tried)) &&
  asked.every(({ caught, tried }) => caught === tried) &&
  afterwards === "verified"

/** Tries what the holder of the log's own key can do, without witnesses and with them. */
export const scoreWitnessed = (sample: Sample, step: number): Promise<Witnessed> =>
  Effect.gen(function* () {
    const witnesses = yield* openWitnesses
    const earlier = yield* cosigned(sample.earlier, witnesses)
    const files = yield* cosigned(sample.files, witnesses)
    const { policy, post } = witnesses
    const judge =
      (isAsking: boolean): Judge =>
      (where) =>
        verifyWitnessed(where, {
          verifierKey,
          workers: 0,
          log: checkLog(where),
          policy,
          ...(isAsking ? { ask: { timeoutMillis, post } } : {}),
        }).pipe(
          Effect.map(({ report }) => report),
          // A witness warns of each of them.
          Effect.provideService(References.MinimumLogLevel, "Error"),
        )
    const scored = (by: Judge) => Effect.promise(() => score(consistent(files, earlier, step), by))
    return {
      alone: yield* scored(genuine),
      policy: yield* scored(judge(false)),
      asked: yield* scored(judge(true)),
      afterwards: yield* Effect.promise(() => verdictOn(files, judge(true))),
    }
  }).pipe(Effect.scoped, Effect.runPromise)

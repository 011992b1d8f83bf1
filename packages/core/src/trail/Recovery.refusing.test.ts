import { generateKeyPairSync } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { entriesOf, filesOf, verifierKeyText } from "../testing/TrailFixture.ts"
import {
  crash,
  openOnDisk,
  segmentOf,
  type SessionOptions,
  trailDirectory,
} from "../testing/TrailSession.ts"
import * as EntryBundle from "./EntryBundle.ts"
import * as SignedNote from "./SignedNote.ts"
import { encodeFrameHeader } from "./WalFrame.ts"
import { segmentName } from "./WriteAheadLog.ts"

const contentsOf = (directory: string): ReadonlyMap<string, string> =>
  new Map(
    filesOf(directory).map((name) => [name, fs.readFileSync(path.join(directory, name), "hex")]),
  )

/** Opening fails with `TrailDamaged`, and leaves every file as it was. */
const refused = Effect.fnUntraced(function* (
  directory: string,
  detail: string,
  options?: SessionOptions,
) {
  const before = contentsOf(directory)
  const error = yield* Effect.flip(openOnDisk(directory, options))
  assert.strictEqual(error._tag, "TrailDamaged", error.message)
  assert.include(error.message, detail)
  assert.deepStrictEqual(contentsOf(directory), before)
})

describe("Recovery refuses, and changes nothing", () => {
  const published = Effect.fnUntraced(function* (size: number) {
    const directory = yield* trailDirectory
    const session = yield* openOnDisk(directory)
    yield* session.write(entriesOf(size), 64)
    yield* session.writer.publish
    return directory
  })

  it.live("a trail of which less is found than was signed", () =>
    Effect.gen(function* () {
      const directory = yield* published(700)
      const file = path.join(directory, "wal", segmentName(0, 0))
      fs.truncateSync(file, fs.statSync(file).size - 1)
      yield* refused(directory, "700 entries were signed, but only 640 can be found")
      fs.rmSync(file)
      // Without a log all must be in tiles; they were never synced, but they are there.
      const session = yield* openOnDisk(directory)
      assert.strictEqual(session.recovered.nextSequence, 700)
    }),
  )

  it.live("a log whose entries are not the signed ones", () =>
    Effect.gen(function* () {
      const directory = yield* published(700)
      const altered = entriesOf(700).with(5, "altered")
      fs.writeFileSync(path.join(directory, "wal", segmentName(0, 0)), segmentOf(altered))
      yield* refused(directory, "the root over 700 entries is not the signed one")
    }),
  )

  it.live("a frame that holds a checkpoint within it, altered or cut before it", () =>
    Effect.gen(function* () {
      const directory = yield* published(30)
      const entries = entriesOf(50)
      const file = path.join(directory, "wal", segmentName(0, 0))
      fs.writeFileSync(file, segmentOf(entries.with(29, "altered")))
      yield* refused(directory, "the root over 30 entries is not the signed one")
      fs.writeFileSync(file, segmentOf(entries.slice(0, 29)))
      yield* refused(directory, "30 entries were signed, but only 29 can be found")
      fs.writeFileSync(file, segmentOf(entries.with(30, "not signed")))
      assert.strictEqual((yield* openOnDisk(directory)).recovered.nextSequence, 50)
    }),
  )

  it.live("a log that begins behind what is signed", () =>
    Effect.gen(function* () {
      const directory = yield* published(10)
      fs.rmSync(path.join(directory, "wal", segmentName(0, 0)))
      fs.writeFileSync(path.join(directory, "wal", segmentName(11, 0)), segmentOf(["x"], 11))
      yield* refused(directory, "the log begins at entry 11, but tiles are signed only up to 10")
    }),
  )

  it.live("an acknowledged frame that is damaged behind what is signed", () =>
    Effect.gen(function* () {
      const directory = yield* published(600)
      const session = yield* openOnDisk(directory)
      yield* session.write(entriesOf(640).slice(600, 620))
      yield* session.write(entriesOf(640).slice(620))
      const file = path.join(directory, "wal", segmentName(600, 0))
      const bytes = fs.readFileSync(file)
      bytes[60] = (bytes[60] ?? 0) ^ 1
      fs.writeFileSync(file, bytes)
      yield* refused(directory, "acknowledged frames follow it")
    }),
  )

  it.live(
    "tiles that are missing, short or altered, once the log holds their entries no more",
    () =>
      Effect.gen(function* () {
        const directory = yield* trailDirectory
        const session = yield* openOnDisk(directory)
        yield* session.write(entriesOf(600))
        yield* session.close
        const alter = (name: string, change: (bytes: Buffer) => Buffer | undefined) => {
          const copy = crash(directory)
          const file = path.join(copy, name)
          const bytes = change(fs.readFileSync(file))
          if (bytes === undefined) fs.rmSync(file)
          else fs.writeFileSync(file, bytes)
          return copy
        }
        const flip = (bytes: Buffer): Buffer => {
          bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
          return bytes
        }
        const short = (bytes: Buffer): Buffer => bytes.subarray(0, -1)
        yield* refused(
          alter("tile/0/001", () => undefined),
          "tile/0/001: is missing",
        )
        yield* refused(alter("tile/0/001", short), "has 8191 bytes, expected 8192")
        yield* refused(alter("tile/0/001", flip), "is not the signed one")
        yield* refused(
          alter("tile/entries/002.p/88", () => undefined),
          "is missing",
        )
        yield* refused(alter("tile/entries/002.p/88", short), "ends within an entry")
        yield* refused(alter("tile/entries/002.p/88", flip), "is not the signed one")
      }),
  )

  it.live("a checkpoint of another key, of another trail, altered, or none at all", () =>
    Effect.gen(function* () {
      const directory = yield* published(300)
      const foreign = generateKeyPairSync("ed25519").privateKey
      const other = Result.getOrThrow(SignedNote.parseVerifierKey(verifierKeyText(foreign)))
      yield* refused(directory, "is not signed by this engine's key", {
        recovery: { verifierKey: other },
      })
      yield* refused(directory, "speaks of the trail example.org/audit/test", {
        recovery: { origin: "example.org/other" },
      })
      const file = path.join(directory, "checkpoint")
      const note = fs.readFileSync(file, "utf8")
      fs.writeFileSync(file, note.replace("\n300\n", "\n299\n"))
      yield* refused(directory, "has a signature that does not fit its text")
      for (const text of ["", "not a note", note.slice(0, -1)]) {
        fs.writeFileSync(file, text)
        yield* refused(directory, "is no signed checkpoint")
      }
    }),
  )

  it.live("a frame that holds less than it says", () =>
    Effect.gen(function* () {
      const directory = yield* trailDirectory
      const payload = EntryBundle.encode([Buffer.from("a")])
      const header = {
        firstSequence: 0,
        count: 2,
        payloadBytes: payload.length,
        fence: 1,
        writtenMillis: 0,
        groupOffset: 0,
      }
      fs.mkdirSync(path.join(directory, "wal"))
      fs.writeFileSync(
        path.join(directory, "wal", segmentName(0, 0)),
        Buffer.concat([encodeFrameHeader(header, payload), payload]),
      )
      yield* refused(directory, "1 entries were found from entry 0 on, expected 2")
    }),
  )
})

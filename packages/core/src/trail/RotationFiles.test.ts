import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { Disk } from "../platform/Disk.ts"
import { nodeDisk } from "../testing/AuditFixture.ts"
import { makeKey, publishRotated, rotatedTrail, rotationNote } from "../testing/RotatedTrail.ts"
import { temporaryDirectory } from "../testing/TemporaryDirectory.ts"
import { verifierKeyText } from "../testing/TrailFixture.ts"
import { newestRotation, readRotations, rotationsMax } from "./RotationFiles.ts"
import { parseVerifierKey } from "./SignedNote.ts"
import { verify } from "./Verifier.ts"

const keys = [makeKey(), makeKey()]
const trail = rotatedTrail(20, keys, [10])

const withTrail = Effect.map(temporaryDirectory, (root) => {
  const directory = path.join(root, "trail")
  publishRotated(directory, trail)
  return directory
})

/** The disk of a directory with so many names of notes, none of which may be read. */
const crowded = (count: number): Disk["Service"] => ({
  ...nodeDisk,
  list: (name) =>
    name.endsWith("rotations")
      ? Effect.succeed(Array.from({ length: count }, (_, index) => String(index + 1)))
      : nodeDisk.list(name),
  readRange: (name, ...rest) =>
    name.includes("rotations")
      ? Effect.die(new Error(`${name} was read`))
      : nodeDisk.readRange(name, ...rest),
})

describe("Rotation notes that somebody else has put there", () => {
  it.live("are read up to 4 KiB each", () =>
    Effect.gen(function* () {
      const directory = yield* withTrail
      const note = path.join(directory, "rotations", "10")
      const line = (length: number): string => `— x ${Buffer.alloc(length, 1).toString("base64")}\n`
      const whole = rotationNote(trail, 1)
      fs.writeFileSync(note, `${whole}${line(900)}`)
      const read = readRotations(directory).pipe(Effect.provideService(Disk, nodeDisk))
      assert.lengthOf((yield* read).rotations, 1)
      fs.writeFileSync(note, `${whole}${line(3600)}`)
      const { malformed, rotations } = yield* read
      assert.isEmpty(rotations)
      assert.include(malformed[0]?.error.message, "more than 4096 bytes")
    }),
  )

  it.live("are refused where there are more than any trail has, and none is read", () =>
    Effect.gen(function* () {
      const directory = yield* withTrail
      const disk = crowded(rotationsMax + 1)
      const provided = Effect.provideService(Disk, disk)
      const refused = yield* Effect.flip(provided(newestRotation(directory)))
      assert.include(refused.message, `${rotationsMax + 1} notes are there`)
      const verifierKey = Result.getOrThrow(parseVerifierKey(verifierKeyText(keys[0])))
      const report = yield* provided(verify(directory, { verifierKey, workers: 0 }))
      assert.strictEqual(report.verdict, "tampered")
      const [first] = "findings" in report ? report.findings : []
      assert.strictEqual(first?.path, "rotations")
      assert.include(first?.detail, "notes are there")
    }),
  )
})

describe("Verifier", () => {
  it.live("keeps 100 findings of rotations that are all wrong", () =>
    Effect.gen(function* () {
      const directory = yield* withTrail
      for (let size = 1; size <= 20; size += 1) {
        fs.writeFileSync(path.join(directory, "rotations", String(size)), "x")
      }
      const names = Array.from({ length: 300 }, (_, index) => String((index % 20) + 1))
      const disk: Disk["Service"] = {
        ...nodeDisk,
        list: (name) => (name.endsWith("rotations") ? Effect.succeed(names) : nodeDisk.list(name)),
      }
      const report = yield* Effect.provideService(verify(directory, { workers: 0 }), Disk, disk)
      assert.lengthOf("findings" in report ? report.findings : [], 100)
    }),
  )
})

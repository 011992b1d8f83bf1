import { generateKeyPairSync } from "node:crypto"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { openAudit, type RecordInput } from "@countersign/core"
import { filesOf, origin, privateKey } from "@countersign/core/testing/TrailFixture"
import { compress } from "@countersign/core/trail/ColdBundle"

/** The files of a trail by their names. */
export type Files = ReadonlyMap<string, Buffer>

/** One trail in the states that the mutations need. */
export interface Sample {
  /** Published, with its write-ahead log still there. */
  readonly files: Files
  /** The same trail, published at an earlier size. */
  readonly earlier: Files
}

/** A key that is not the trail's. */
export const otherKey = generateKeyPairSync("ed25519").privateKey

const readAll = (directory: string): Files =>
  new Map(
    filesOf(directory)
      .filter((name) => /^(?:checkpoint$|tile\/|wal\/)/.test(name))
      .map((name) => [name, fs.readFileSync(path.join(directory, name))]),
  )

/** A directory that is gone when `use` has ended. */
export const withDirectory = async <A>(use: (directory: string) => Promise<A>): Promise<A> => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "countersign-tamper-"))
  try {
    return await use(path.join(root, "trail"))
  } finally {
    fs.rmSync(root, { recursive: true, force: true })
  }
}

/** An engine that signs with the fixture's key. */
export const openSigned = (directory: string, key = privateKey, intervalMillis = 3_600_000) =>
  openAudit(
    {
      directory,
      origin,
      checkpoint: { intervalMillis },
      signer: { kind: "environment", variable: "TAMPER_KEY" },
      signals: false,
      intake: { countMax: 512 },
      sampling: { windowMillis: 100 },
    },
    { env: { TAMPER_KEY: key.export({ format: "pem", type: "pkcs8" }) } },
  )

/** What the writers of this tool record. */
export const eventOf = (number: number): RecordInput => ({
  type: "patient.record.read",
  actor: { id: `u-${number % 7}`, type: "user" },
  outcome: "success",
  data: { number: 1000 + number },
})

const write = async (audit: Awaited<ReturnType<typeof openSigned>>, from: number, to: number) => {
  for (let number = from; number < to; number += 40) {
    const runs = Array.from({ length: Math.min(40, to - number) }, (_, at) =>
      audit.record(eventOf(number + at)),
    )
    await Promise.all(runs)
  }
}

/** Writes a trail of about `size` entries with the engine, a loss record among them. */
export const makeSample = (size: number): Promise<Sample> =>
  withDirectory(async (directory) => {
    const audit = await openSigned(directory)
    await write(audit, 0, Math.floor(size / 3))
    // Without a pause for the engine this overfills the lane, and the engine must say so.
    for (let number = 0; number < 400; number += 1) {
      audit.recordUnsafe({ ...eventOf(number), class: "telemetry" })
    }
    await audit.publish()
    const earlier = readAll(directory)
    await write(audit, Math.floor(size / 3), size)
    // Losses are said once a window.
    await sleep(400)
    await audit.flush()
    const log = [...readAll(directory)].filter(([name]) => name.startsWith("wal/"))
    await audit.publish()
    const files = new Map([...log, ...readAll(directory)])
    await audit.close()
    return { files, earlier }
  })

/** The trail with its full bundles compressed, as the archivist leaves them. */
export const compressed = (files: Files): Files =>
  new Map(
    [...files].map(([name, bytes]) =>
      /^tile\/entries\/\d{3}$/.test(name) ? [`${name}.gz`, compress(bytes)] : [name, bytes],
    ),
  )

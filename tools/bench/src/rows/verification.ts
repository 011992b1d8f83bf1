/** Verifying a trail against reading and hashing the bytes of its bundles, both from the page cache. */
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { openEngine, verify } from "../engine.ts"
import { prepare } from "../events.ts"
import { feed } from "../feed.ts"
import type { Line, Measurement } from "../Line.ts"
import { makeScratch, emptyScratch, requireSpace } from "../scratch.ts"
import { median, spreadOf } from "../statistics.ts"

interface Trail {
  readonly bundles: ReadonlyArray<string>
  readonly entries: number
  /** All bundles together. */
  readonly bytes: number
}

/** The bundles of a trail, oldest first. */
const bundlesOf = (trail: string): ReadonlyArray<string> =>
  fs
    .readdirSync(path.join(trail, "tile/entries"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()

// Compressed bundles would give the peer fewer bytes than are verified.
const plainBundles = { compress: false, afterBundles: 1024, bundlesPerSecondMax: 10 }

/** Reads one file after the other and hashes everything as one message. */
const hashAll = (files: ReadonlyArray<string>): number => {
  const digest = createHash("sha256")
  let bytes = 0
  for (const file of files) {
    const content = fs.readFileSync(file)
    digest.update(content)
    bytes += content.length
  }
  digest.digest()
  return bytes
}

const requireVerified = async (scratch: string, trail: Trail, workers?: number): Promise<void> => {
  const report = await verify(scratch, workers)
  if (report.verdict !== "verified" || report.entries < trail.entries) {
    throw new Error(`${report.verdict}, ${report.entries} of ${trail.entries} entries`)
  }
}

const secondsOf = async (run: () => Promise<unknown>): Promise<number> => {
  globalThis.gc?.()
  const from = performance.now()
  await run()
  return (performance.now() - from) / 1000
}

const runRound = async (scratch: string, trail: Trail, readFirst: boolean) => {
  const read = async (): Promise<void> => void hashAll(trail.bundles)
  let reading = readFirst ? await secondsOf(read) : undefined
  const usual = await secondsOf(() => requireVerified(scratch, trail))
  const alone = await secondsOf(() => requireVerified(scratch, trail, 0))
  reading ??= await secondsOf(read)
  return {
    usual: trail.bytes / usual / 1e6,
    alone: trail.bytes / alone / 1e6,
    reading: trail.bytes / reading / 1e6,
    ratioUsual: reading / usual,
    ratioAlone: reading / alone,
  }
}

type RoundOfThree = Awaited<ReturnType<typeof runRound>>

const lineOf = (
  rounds: ReadonlyArray<RoundOfThree>,
  trail: Trail,
  which: "usual" | "alone",
): Line => {
  const middle = (key: keyof RoundOfThree): number => median(rounds.map((round) => round[key]))
  const ratio = spreadOf(rounds.map((at) => (which === "usual" ? at.ratioUsual : at.ratioAlone)))
  return {
    name: which === "usual" ? "verify" : "verify-one-thread",
    title: which === "usual" ? "verify, as the command does it" : "verify, in one thread",
    ours: { value: middle(which), unit: "MB/s" },
    peer: { name: "read + SHA-256", value: middle("reading"), unit: "MB/s" },
    ratio,
    judged: ratio.median,
    goal: { direction: "atLeast", least: 0.5, aim: 0.8, unit: "×" },
    rounds,
    notes: [
      `${trail.entries} events in ${trail.bundles.length} bundles, ${(trail.bytes / 1e6).toFixed(0)} MB, ${rounds.length} rounds; the peer is one thread`,
    ],
  }
}

export const verification: Measurement = {
  name: "verify",
  run: async ({ quick, work }) => {
    const count = quick ? 51_200 : 1_024_000
    requireSpace(work, count * 4000)
    const scratch = makeScratch(work)
    const engine = await openEngine(scratch, { archive: plainBundles })
    const entries = await feed(engine, prepare(20_000), (accepted) => accepted >= count)
    await engine.close()
    const bundles = bundlesOf(`${scratch}/trail`)
    const trail = { bundles, entries, bytes: hashAll(bundles) }
    await runRound(scratch, trail, true)
    const rounds: Array<RoundOfThree> = []
    for (let round = 0; round < (quick ? 3 : 9); round++) {
      rounds.push(await runRound(scratch, trail, round % 2 === 0))
    }
    emptyScratch(scratch)
    return [lineOf(rounds, trail, "usual"), lineOf(rounds, trail, "alone")]
  },
}

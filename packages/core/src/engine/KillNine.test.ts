import { type ChildProcess, spawn } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { openAudit } from "../NodeAudit.ts"
import * as NodeDisk from "../platform/NodeDisk.ts"
import { entries } from "../trail/TrailReader.ts"
import { verify } from "../trail/Verifier.ts"

const cycles = 100
const program = fileURLToPath(new URL("../testing/LoadProcess.ts", import.meta.url))

interface Acknowledged {
  readonly sequence: number
  readonly id: string
}

interface History {
  readonly acknowledged: ReadonlyArray<Acknowledged>
  readonly problems: ReadonlyArray<string>
}

let parent = ""
beforeAll(() => {
  parent = fs.mkdtempSync(path.join(os.tmpdir(), "countersign-kill-"))
})
afterAll(() => fs.rmSync(parent, { recursive: true, force: true }))

const killed = (child: ChildProcess, afterMillis: number): Promise<History> =>
  new Promise((resolve) => {
    let text = ""
    let isArmed = false
    child.stderr?.on("data", () => undefined)
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk
      if (isArmed || !text.includes("ready")) return
      isArmed = true
      setTimeout(() => child.kill("SIGKILL"), afterMillis)
    })
    child.on("close", (_code, signal) => {
      // The last piece is a line that the kill cut, or nothing.
      const lines = text.split("\n").slice(0, -1)
      const problems = lines.filter(
        (line) => line.startsWith("fail") || /^ledger (?!0$)/.test(line),
      )
      if (signal !== "SIGKILL") problems.push(`ended by itself: ${text.slice(-500)}`)
      resolve({
        problems,
        acknowledged: lines.flatMap((line) => {
          const [word, sequence, id] = line.split(" ")
          return word === "ack" && id !== undefined ? [{ sequence: Number(sequence), id }] : []
        }),
      })
    })
  })

const found = (directory: string) =>
  entries(directory).pipe(
    Stream.map(({ bytes, sequence }) => {
      const event: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"))
      assert.isTrue(typeof event === "object" && event !== null && "id" in event)
      return [sequence, (event as { readonly id: string }).id] as const
    }),
    Stream.runCollect,
    Effect.map((pairs) => new Map(pairs)),
    Effect.provide(NodeDisk.layer),
  )

describe("kill -9 under load", () => {
  it(
    `loses nothing that was acknowledged in ${cycles} kills, and the trail verifies`,
    { timeout: 600_000 },
    async () => {
      const directory = path.join(parent, "trail")
      const acknowledged: Array<Acknowledged> = []
      // A fixed sequence of moments, so that a failure can be repeated as far as a kill can be.
      let seed = 20_261_121
      for (let cycle = 0; cycle < cycles; cycle += 1) {
        seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
        const child = spawn(
          process.execPath,
          ["--conditions=@countersign/source", program, directory, String(cycle)],
          { stdio: ["ignore", "pipe", "pipe"] },
        )
        const history = await killed(child, seed % 60)
        assert.deepStrictEqual(history.problems, [], `cycle ${cycle}`)
        acknowledged.push(...history.acknowledged)
      }

      const audit = await openAudit({ directory })
      await audit.close()
      const report = await Effect.runPromise(verify(directory).pipe(Effect.provide(NodeDisk.layer)))
      assert.strictEqual(report.verdict, "verified", JSON.stringify(report))

      const trail = await Effect.runPromise(found(directory))
      const lost = acknowledged.filter(({ id, sequence }) => trail.get(sequence) !== id)
      assert.deepStrictEqual(lost, [])
      assert.isAbove(acknowledged.length, cycles)
      assert.strictEqual(new Set(trail.values()).size, trail.size, "an event is in the trail twice")
    },
  )
})

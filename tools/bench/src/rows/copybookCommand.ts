/** The whole command over a large file: framing, decoding, lines, trail. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import * as path from "node:path"
import { framedRecords, mixed } from "../copybook/workload.ts"
import { makeKey } from "../engine.ts"
import type { Line, Measurement } from "../Line.ts"
import { makeScratch, requireSpace, root } from "../scratch.ts"

const mebi = 1024 * 1024

/** The most memory that a process has had so far. Units: bytes. */
const peakOf = (pid: number): number => {
  const status = fs.readFileSync(`/proc/${pid}/status`, "utf8")
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) * 1024
}

const decodeFile = async (scratch: string, bytesMost: number) => {
  const workload = mixed(4 * mebi)
  const block = framedRecords(workload.bytes, workload.recordBytes)
  const copybook = path.join(scratch, "bench.cpy")
  const data = path.join(scratch, "bench.dat")
  fs.writeFileSync(copybook, workload.copybook)
  makeKey(`${scratch}/trail.key`)
  const blocks = Math.ceil(bytesMost / block.length)
  const bytes = blocks * block.length
  requireSpace(scratch, bytes + 1e9)
  for (let count = 0; count < blocks; count++) fs.appendFileSync(data, block)
  const child = spawn(
    process.execPath,
    [
      "--conditions=@countersign/source",
      path.join(root, "apps/cli/src/main.ts"),
      "copybook",
      "decode",
      data,
      "--copybook",
      copybook,
      "--source",
      "free",
      "--framing",
      "rdw",
      "--output",
      "-",
      "--trail",
      path.join(scratch, "trail"),
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  )
  const { pid, stderr } = child
  if (pid === undefined) throw new Error("the command did not start")
  let said = ""
  stderr.on("data", (chunk: Buffer) => {
    said = `${said}${chunk.toString()}`.slice(-4000)
  })
  const from = performance.now()
  let peak = 0
  const looks = setInterval(() => {
    if (child.exitCode === null) peak = Math.max(peak, peakOf(pid))
  }, 100)
  const [code] = (await once(child, "exit")) as [number | null]
  clearInterval(looks)
  fs.rmSync(data)
  if (code !== 0) throw new Error(`the command ended with ${code}: ${said}`)
  return { bytes, peak, seconds: (performance.now() - from) / 1000 }
}

export const copybookCommand: Measurement = {
  name: "copybook-command",
  table: "copybook",
  run: async ({ quick, work }) => {
    const scratch = makeScratch(work)
    const { bytes, peak, seconds } = await decodeFile(scratch, quick ? 2e8 : 1e10)
    const line: Line = {
      name: "copybook-command",
      title: `memory of \`copybook decode\` with a trail, ${(bytes / 1e9).toFixed(1)} GB into NDJSON`,
      ours: { value: peak / mebi, unit: "MiB" },
      judged: peak / mebi,
      goal: { direction: "atMost", least: 256, aim: 64, unit: "MiB" },
      rounds: [{ bytes, peak, seconds }],
      notes: [
        `the whole process with Node itself and the engine that records what is read: ${(bytes / mebi / seconds).toFixed(0)} MiB/s from its start to its end`,
      ],
    }
    return [line]
  },
}

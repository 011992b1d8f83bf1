/** The whole command over a stream that is larger than memory: framing, decoding, lines, trail. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import * as path from "node:path"
import { framedRecords, mixed } from "../copybook/workload.ts"
import { makeKey } from "../engine.ts"
import type { Line, Measurement } from "../Line.ts"
import { makeScratch, root } from "../scratch.ts"

const mebi = 1024 * 1024

/** The most memory that a process has had so far. Units: bytes. */
const peakOf = (pid: number): number => {
  const status = fs.readFileSync(`/proc/${pid}/status`, "utf8")
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) * 1024
}

const decodeStream = async (scratch: string, bytesMost: number) => {
  const workload = mixed(4 * mebi)
  const block = framedRecords(workload.bytes, workload.recordBytes)
  const copybook = path.join(scratch, "bench.cpy")
  fs.writeFileSync(copybook, workload.copybook)
  makeKey(`${scratch}/trail.key`)
  const child = spawn(
    process.execPath,
    [
      "--conditions=@countersign/source",
      path.join(root, "apps/cli/src/main.ts"),
      ...["copybook", "decode", "-", "--copybook", copybook, "--source", "free"],
      ...["--framing", "rdw", "--output", "-", "--trail", path.join(scratch, "trail")],
    ],
    { stdio: ["pipe", "ignore", "pipe"] },
  )
  const { pid, stderr, stdin } = child
  if (pid === undefined) throw new Error("the command did not start")
  let said = ""
  stderr.on("data", (chunk: Buffer) => {
    said = `${said}${chunk.toString()}`.slice(-4000)
  })
  const ended = once(child, "exit")
  const from = performance.now()
  let sent = 0
  let peak = 0
  while (sent < bytesMost && child.exitCode === null) {
    if (!stdin.write(block)) await Promise.race([once(stdin, "drain"), ended])
    sent += block.length
    if (child.exitCode === null) peak = Math.max(peak, peakOf(pid))
  }
  stdin.end()
  const [code] = (await ended) as [number | null]
  const records = (sent / block.length) * workload.distinct
  if (code !== 0) throw new Error(`the command ended with ${code}: ${said}`)
  return { peak, records, said, seconds: (performance.now() - from) / 1000, sent }
}

export const copybookCommand: Measurement = {
  name: "copybook-command",
  table: "copybook",
  run: async ({ quick, work }) => {
    const { peak, records, seconds, sent } = await decodeStream(
      makeScratch(work),
      quick ? 2e8 : 1e10,
    )
    const line: Line = {
      name: "copybook-command",
      title: `memory of \`copybook decode\` with a trail, ${(sent / 1e9).toFixed(1)} GB into NDJSON`,
      ours: { value: peak / mebi, unit: "MiB" },
      judged: peak / mebi,
      goal: { direction: "atMost", least: 256, aim: 64, unit: "MiB" },
      rounds: [{ peak, records, seconds, sent }],
      notes: [
        `the whole process with Node itself, from standard input: ${(sent / mebi / seconds).toFixed(0)} MiB/s with the program that feeds it on the same machine`,
      ],
    }
    return [line]
  },
}

/** AES-256-GCM of event payloads, as an encrypted export does it. */
import { randomBytes } from "node:crypto"
import { Sealer, Unsealer } from "@countersign/sinks/file/SealedPieces"
import * as Result from "effect/Result"
import { prepare } from "../events.ts"
import type { Measurement } from "../Line.ts"
import { median, spreadOf } from "../statistics.ts"
import { startLap } from "../stopwatch.ts"

const pieceBytes = 65_536

/** Lines of events, 64 KiB of them. */
const piece = Buffer.from(
  prepare(pieceBytes / 256)
    .map((event) => JSON.stringify(event))
    .join("\n"),
).subarray(0, pieceBytes)

const runRound = (count: number) => {
  const key = randomBytes(32)
  // One more piece than is measured: a piece is sealed once there is one behind it.
  const first: Array<Uint8Array> = []
  let sealedBytes = 0
  const sealer = new Sealer(key, (bytes) => {
    if (first.length < 3) first.push(bytes)
    sealedBytes += bytes.byteLength
  })
  sealer.add(piece)
  const sealing = startLap()
  for (let number = 0; number < count; number++) sealer.add(piece)
  const { seconds } = sealing()
  if (sealedBytes < count * pieceBytes) throw new Error("not all of it is sealed")
  const unsealer = new Unsealer(key)
  const from = performance.now()
  // The byte behind the piece says that it is not the last.
  const opened = unsealer.add(Buffer.concat([...first, Buffer.alloc(1)]))
  if (Result.isFailure(opened) || Buffer.compare(opened.success[0] ?? piece, piece) !== 0) {
    throw new Error("it does not open")
  }
  return {
    megabytesPerSecond: (count * pieceBytes) / 1e6 / seconds,
    openMicros: (performance.now() - from) * 1000,
  }
}

export const aead: Measurement = {
  name: "aead",
  table: "monitor",
  run: async ({ quick }) => {
    const count = quick ? 500 : 20_000
    runRound(count / 4)
    const rounds = Array.from({ length: quick ? 3 : 11 }, () => runRound(count))
    const {
      high,
      low,
      median: middle,
    } = spreadOf(rounds.map(({ megabytesPerSecond }) => megabytesPerSecond))
    return [
      {
        name: "aead",
        title: "AES-256-GCM of event payloads",
        ours: { value: middle, unit: "MB/s" },
        judged: middle,
        goal: { direction: "atLeast", least: 100, aim: 1000, unit: "MB/s" },
        rounds,
        notes: [
          `${rounds.length} rounds of ${count} pieces of 64 KiB, one thread, between ${low.toFixed(0)} and ${high.toFixed(0)} MB/s`,
          `the first piece opened takes ${median(rounds.map(({ openMicros }) => openMicros)).toFixed(0)} µs`,
        ],
      },
    ]
  },
}

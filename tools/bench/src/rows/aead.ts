/** AES-256-GCM of event payloads by node:crypto, in the pieces in which a file is written. */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto"
import { prepare } from "../events.ts"
import type { Measurement } from "../Line.ts"
import { median, spreadOf } from "../statistics.ts"
import { startLap } from "../stopwatch.ts"

const algorithm = "aes-256-gcm"
const pieceBytes = 65_536
const tagBytes = 16

/** Lines of events, 64 KiB of them. */
const piece = Buffer.from(
  prepare(pieceBytes / 256)
    .map((event) => JSON.stringify(event))
    .join("\n"),
).subarray(0, pieceBytes)

/** A piece's number, which no other under the key has. */
const nonceOf = (number: number): Buffer => {
  const nonce = Buffer.alloc(12)
  nonce.writeUIntBE(number, 6, 6)
  return nonce
}

const seal = (key: Buffer, number: number): Buffer => {
  const cipher = createCipheriv(algorithm, key, nonceOf(number))
  return Buffer.concat([cipher.update(piece), cipher.final(), cipher.getAuthTag()])
}

const opened = (key: Buffer, number: number, sealed: Buffer): Buffer => {
  const decipher = createDecipheriv(algorithm, key, nonceOf(number), { authTagLength: tagBytes })
  decipher.setAuthTag(sealed.subarray(-tagBytes))
  return Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()])
}

const runRound = (count: number) => {
  const key = randomBytes(32)
  let last: Buffer = Buffer.alloc(0)
  const sealing = startLap()
  for (let number = 0; number < count; number++) last = seal(key, number)
  const { seconds } = sealing()
  const from = performance.now()
  if (!opened(key, count - 1, last).equals(piece)) throw new Error("it does not open")
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

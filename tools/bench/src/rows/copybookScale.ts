/** Copybook records encoded, on two threads, and as a stream that is larger than memory. */
import { once } from "node:events"
import { Worker } from "node:worker_threads"
import { ColumnDecoder } from "@countersign/copybook/columns/ColumnDecoder"
import { ColumnEncoder } from "@countersign/copybook/columns/ColumnEncoder"
import { NdjsonWriter } from "@countersign/copybook/columns/NdjsonWriter"
import { compile } from "@countersign/copybook/kernels/Kernels"
import * as NdjsonPool from "@countersign/copybook/worker/NdjsonPool"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { kernelBytes, loadKernels } from "../copybook/kernels.ts"
import { display, mixed, untrimmed, type Workload } from "../copybook/workload.ts"
import type { Line, Measurement } from "../Line.ts"
import { median, spreadOf } from "../statistics.ts"

const mebi = 1024 * 1024

const secondsOf = (run: () => unknown): number => {
  const from = performance.now()
  run()
  return (performance.now() - from) / 1000
}

/** Columns of one batch back into records, against the same batch into columns. */
const encodeLine = (rounds: number): Line => {
  const workload = untrimmed(mixed(mebi))
  const [batch] = workload.batches
  if (batch === undefined) throw new Error("there are batches")
  const decoder = new ColumnDecoder(workload.plan, loadKernels())
  const encoder = new ColumnEncoder(workload.plan, loadKernels())
  const { columns } = decoder.decode(batch)
  const encoded = encoder.encode(columns, batch.count)
  const length = batch.count * workload.recordBytes
  if (!encoder.isCompiled || encoded.misfits.length > 0) throw new Error("not all was encoded")
  if (Buffer.compare(encoded.bytes, batch.bytes.subarray(0, length)) !== 0) {
    throw new Error("other bytes came back")
  }
  const times = 200
  const rates = Array.from({ length: rounds }, () => {
    const decode = secondsOf(() => {
      for (let time = 0; time < times; time++) decoder.decode(batch)
    })
    const encode = secondsOf(() => {
      for (let time = 0; time < times; time++) encoder.encode(columns, batch.count)
    })
    const size = (length * times) / mebi
    return { encode: size / encode, decode: size / decode }
  })
  const ratio = spreadOf(rates.map(({ decode, encode }) => encode / decode))
  return {
    name: "copybook-encode",
    title: "408 bytes, 50 mixed: columns into records",
    ours: { value: median(rates.map(({ encode }) => encode)), unit: "MiB/s" },
    peer: { name: "decoding", value: median(rates.map(({ decode }) => decode)), unit: "MiB/s" },
    ratio,
    judged: ratio.median,
    goal: { direction: "atLeast", least: 0.5, aim: 1, unit: "×" },
    rounds: rates,
    notes: ["the bytes that come back are the bytes that were decoded"],
  }
}

const pooled = (workload: Workload, workers: number, rounds: number): Promise<Array<number>> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const { codePage, ...options } = workload.plan.options
        const pool = yield* NdjsonPool.make(
          {
            layout: workload.plan.layout,
            codePage: codePage.name,
            options,
            module: compile(kernelBytes()),
          },
          workers,
        )
        const seconds: Array<number> = []
        for (let round = 0; round < rounds; round++) {
          const from = performance.now()
          let written = 0
          yield* Stream.runDrain(
            pool.using(Stream.fromIterable(workload.batches), (lines) =>
              Effect.sync(() => {
                written += lines.written
              }),
            ),
          )
          seconds.push((performance.now() - from) / 1000)
          const records = workload.batches.reduce((sum, { count }) => sum + count, 0)
          if (written !== records) throw new Error("lines are missing")
        }
        return seconds
      }),
    ),
  )

const spin = `const { parentPort } = require("node:worker_threads")
let value = 1
const from = performance.now()
for (let step = 0; step < 3e8; step++) value = (Math.imul(value, 1103515245) + 12345) | 0
parentPort.postMessage({ millis: performance.now() - from, value })`

/** How long so many threads take that share nothing, each for the same work. Units: milliseconds. */
const spun = async (threads: number): Promise<number> => {
  const millis = await Promise.all(
    Array.from({ length: threads }, async () => {
      const worker = new Worker(spin, { eval: true, execArgv: [] })
      const [answer] = (await once(worker, "message")) as [{ readonly millis: number }]
      return answer.millis
    }),
  )
  return Math.max(...millis)
}

/** Larger batches, as a framer gives them. */
const joined = (workload: Workload, records: number): Workload => {
  const count = workload.bytes.length / workload.recordBytes
  const batches = Array.from({ length: Math.floor(count / records) }, (_, index) => ({
    bytes: workload.bytes,
    starts: Int32Array.from(
      { length: records },
      (_, each) => (index * records + each) * workload.recordBytes,
    ),
    lengths: new Int32Array(records).fill(workload.recordBytes),
    count: records,
    firstRecord: index * records,
    fileOffset: 0,
  }))
  return { ...workload, batches }
}

const workersLine = async (total: number, rounds: number): Promise<Line> => {
  const workload = joined(display(total), 2048)
  const one = await pooled(workload, 1, rounds)
  const two = await pooled(workload, 2, rounds)
  const alone = (2 * (await spun(1))) / (await spun(2))
  const size = workload.bytes.length / mebi
  const rates = one.map((seconds, round) => ({
    one: size / seconds,
    two: size / (two[round] ?? Number.NaN),
  }))
  const ratio = spreadOf(rates.map((rate) => rate.two / rate.one))
  return {
    name: "copybook-workers",
    title: "10 texts of 50: NDJSON on two threads",
    ours: { value: median(rates.map((rate) => rate.two)), unit: "MiB/s" },
    peer: { name: "one thread", value: median(rates.map((rate) => rate.one)), unit: "MiB/s" },
    ratio,
    judged: ratio.median,
    goal: { direction: "atLeast", least: 1.7, unit: "×" },
    rounds: rates,
    notes: [
      `in the same run two threads that only multiply do ${alone.toFixed(2)} × the work of one: more is not there to be had`,
    ],
  }
}

/** Records that are made while they are read, many times what is kept of them. */
const memoryLine = (bytesMost: number): Line => {
  const workload = mixed(4 * mebi)
  const writer = new NdjsonWriter(workload.plan, loadKernels())
  let read = 0
  let most = 0
  const from = performance.now()
  while (read < bytesMost) {
    for (const batch of workload.batches) {
      const { written } = writer.write(batch, () => {})
      if (written !== batch.count) throw new Error("records were rejected")
    }
    read += workload.bytes.length
    most = Math.max(most, process.memoryUsage.rss())
  }
  const seconds = (performance.now() - from) / 1000
  return {
    name: "copybook-memory",
    title: `memory while ${(read / 1e9).toFixed(1)} GB become NDJSON`,
    ours: { value: most / mebi, unit: "MiB" },
    judged: most / mebi,
    goal: { direction: "atMost", least: 256, aim: 64, unit: "MiB" },
    rounds: [{ read, most, seconds }],
    notes: ["the records are made in memory, and the lines are let go: nothing else is held"],
  }
}

export const copybookScale: Measurement = {
  name: "copybook-scale",
  table: "copybook",
  run: async ({ quick }) => [
    memoryLine(quick ? 2e8 : 1e10),
    encodeLine(quick ? 3 : 15),
    await workersLine(quick ? 8 * mebi : 64 * mebi, quick ? 3 : 9),
  ],
}

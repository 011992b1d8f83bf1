/** Copybook records encoded, on two threads, and as a stream that is larger than memory. */
import { once } from "node:events"
import { Worker } from "node:worker_threads"
import { ColumnDecoder } from "@countersign/copybook/columns/ColumnDecoder"
import { ColumnEncoder } from "@countersign/copybook/columns/ColumnEncoder"
import { NdjsonWriter } from "@countersign/copybook/columns/NdjsonWriter"
import { compile } from "@countersign/copybook/kernels/Kernels"
import * as ColumnPool from "@countersign/copybook/worker/ColumnPool"
import type { DecoderSetting } from "@countersign/copybook/worker/DecoderJob"
import * as NdjsonPool from "@countersign/copybook/worker/NdjsonPool"
import type { WorkerFailed } from "@countersign/copybook/worker/WorkerFailed"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
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

/** Goes through a workload's batches, and answers with how many records came out. */
type Pass = (workload: Workload) => Effect.Effect<number, WorkerFailed>

const settingOf = ({ plan }: Workload): DecoderSetting => {
  const { codePage, ...options } = plan.options
  return {
    layout: plan.layout,
    codePage: codePage.name,
    options,
    module: compile(kernelBytes()),
  }
}

const total = (counts: Stream.Stream<number, WorkerFailed>): Effect.Effect<number, WorkerFailed> =>
  Stream.runFold(
    counts,
    () => 0,
    (sum, count) => sum + count,
  )

const linesPass = (
  setting: DecoderSetting,
  workers: number,
): Effect.Effect<Pass, WorkerFailed, Scope.Scope> =>
  Effect.map(
    NdjsonPool.make(setting, workers),
    (pool) =>
      ({ batches }) =>
        total(pool.using(Stream.fromIterable(batches), ({ written }) => Effect.succeed(written))),
  )

const columnsPass = (
  setting: DecoderSetting,
  workers: number,
): Effect.Effect<Pass, WorkerFailed, Scope.Scope> =>
  Effect.map(
    ColumnPool.make(setting, workers),
    (pool) =>
      ({ batches }) =>
        total(
          pool.using(Stream.fromIterable(batches), ({ count, rejected }) =>
            Effect.succeed(count - rejected.length),
          ),
        ),
  )

const timed = (pass: Pass, workload: Workload): Effect.Effect<number, WorkerFailed> =>
  Effect.gen(function* () {
    const from = performance.now()
    const decoded = yield* pass(workload)
    const records = workload.batches.reduce((sum, { count }) => sum + count, 0)
    if (decoded !== records) throw new Error(`${decoded} of ${records} records`)
    return (performance.now() - from) / 1000
  })

/** One thread and two in turn, so that whatever else runs on the machine disturbs both. */
const pooled = (
  workload: Workload,
  make: typeof linesPass,
  rounds: number,
): Promise<ReadonlyArray<{ readonly one: number; readonly two: number }>> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const setting = settingOf(workload)
        const one = yield* make(setting, 1)
        const two = yield* make(setting, 2)
        const size = workload.bytes.length / mebi
        const rates: Array<{ readonly one: number; readonly two: number }> = []
        for (let round = -1; round < rounds; round++) {
          const seconds = [yield* timed(one, workload), yield* timed(two, workload)] as const
          // The first round is for the memory to be there.
          if (round >= 0) rates.push({ one: size / seconds[0], two: size / seconds[1] })
        }
        return rates
      }),
    ),
  )

const spin = `const { parentPort } = require("node:worker_threads")
let value = 1
const from = performance.now()
for (let step = 0; step < 3e8; step++) value = (Math.imul(value, 1103515245) + 12345) | 0
parentPort.postMessage({ millis: performance.now() - from, value })`

const copy = `const { parentPort } = require("node:worker_threads")
const source = new Uint8Array(67108864).fill(1)
const target = new Uint8Array(67108864).fill(2)
const from = performance.now()
for (let time = 0; time < 40; time++) target.set(source)
parentPort.postMessage({ millis: performance.now() - from, value: target[5] })`

/** How much more two threads do that share nothing. */
const scalingOf = async (script: string): Promise<number> => {
  const millisOf = async (threads: number): Promise<number> => {
    const millis = await Promise.all(
      Array.from({ length: threads }, async () => {
        const worker = new Worker(script, { eval: true, execArgv: [] })
        const [answer] = (await once(worker, "message")) as [{ readonly millis: number }]
        return answer.millis
      }),
    )
    return Math.max(...millis)
  }
  return (2 * (await millisOf(1))) / (await millisOf(2))
}

/** Larger batches, in shared memory, as a framer may read them. */
const joined = (workload: Workload, records: number): Workload => {
  const bytes = new Uint8Array(new SharedArrayBuffer(workload.bytes.length))
  bytes.set(workload.bytes)
  const count = bytes.length / workload.recordBytes
  const batches = Array.from({ length: Math.floor(count / records) }, (_, index) => ({
    bytes,
    starts: Int32Array.from(
      { length: records },
      (_, each) => (index * records + each) * workload.recordBytes,
    ),
    lengths: new Int32Array(records).fill(workload.recordBytes),
    count: records,
    firstRecord: index * records,
    fileOffset: 0,
  }))
  return { ...workload, bytes, batches }
}

const workersLines = async (bytes: number, rounds: number): Promise<ReadonlyArray<Line>> => {
  const texts = display(bytes)
  const lineOf = async (
    name: string,
    title: string,
    workload: Workload,
    make: typeof linesPass,
  ): Promise<Line> => {
    const spins = await scalingOf(spin)
    const rates = await pooled(joined(workload, 4096), make, rounds)
    const copies = await scalingOf(copy)
    const ratio = spreadOf(rates.map(({ one, two }) => two / one))
    return {
      name,
      title,
      ours: { value: median(rates.map(({ two }) => two)), unit: "MiB/s" },
      peer: { name: "one thread", value: median(rates.map(({ one }) => one)), unit: "MiB/s" },
      ratio,
      judged: ratio.median,
      goal: { direction: "atLeast", least: 1.7, unit: "×" },
      rounds: rates,
      notes: [
        `in the same run two threads that only multiply do ${spins.toFixed(2)} × the work of one, two that only copy memory ${copies.toFixed(2)} ×: more is not there to be had`,
      ],
    }
  }
  return [
    await lineOf(
      "copybook-workers-columns",
      "10 texts of 50: columns on two threads",
      untrimmed(texts),
      columnsPass,
    ),
    await lineOf("copybook-workers", "10 texts of 50: NDJSON on two threads", texts, linesPass),
  ]
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
    ...(await workersLines(quick ? 8 * mebi : 64 * mebi, quick ? 3 : 15)),
  ],
}

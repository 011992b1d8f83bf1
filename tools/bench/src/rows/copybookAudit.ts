/** What it costs to have the trail say of a file what was read from it. */
import * as fs from "node:fs"
import * as FileLineage from "@countersign/copybook/audit/FileLineage"
import { ColumnDecoder } from "@countersign/copybook/columns/ColumnDecoder"
import { NdjsonWriter } from "@countersign/copybook/columns/NdjsonWriter"
import { type FilePlan, planFile } from "@countersign/copybook/file/FilePlan"
import type { RecordBatch } from "@countersign/copybook/framing/RecordBatch"
import { recordBatches } from "@countersign/copybook/framing/RecordFile"
import * as RecordPlan from "@countersign/copybook/record/RecordPlan"
import { Audit } from "@countersign/core/Audit"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { loadKernels } from "../copybook/kernels.ts"
import { framedRecords, mixed } from "../copybook/workload.ts"
import { makeKey, verify } from "../engine.ts"
import type { Line, Measurement } from "../Line.ts"
import { makeScratch } from "../scratch.ts"
import { median, spreadOf } from "../statistics.ts"

const mebi = 1024 * 1024

/** Decodes a batch, and answers with how many records were good. */
type Decode = (batch: RecordBatch) => number

interface Form {
  readonly name: string
  readonly title: string
  readonly trim: "none" | "right"
  readonly decoderOf: (plan: FilePlan) => Decode
}

const recordPlan = ({ codec, layout }: FilePlan) =>
  Result.getOrThrow(RecordPlan.make(layout, codec))

const forms: ReadonlyArray<Form> = [
  {
    name: "copybook-audit-columns",
    title: "408 bytes, 50 mixed, RDW file into columns: audited",
    trim: "none",
    decoderOf: (plan) => {
      const decoder = new ColumnDecoder(recordPlan(plan), loadKernels())
      return (batch) => batch.count - decoder.decode(batch).rejected.length
    },
  },
  {
    name: "copybook-audit",
    title: "408 bytes, 50 mixed, RDW file into NDJSON: audited",
    trim: "right",
    decoderOf: (plan) => {
      const writer = new NdjsonWriter(recordPlan(plan), loadKernels())
      return (batch) => writer.write(batch, () => {}).written
    },
  },
]

/** Reads the whole file, and answers with its good records. */
const pass = (
  file: string,
  plan: FilePlan,
  decode: Decode,
  lineage: FileLineage.FileLineage | undefined,
) =>
  recordBatches(file, {
    ...plan.framer,
    framing: plan.framing,
    fields: plan.fields,
    reusesMemory: true,
    ...(lineage === undefined ? {} : { onBytes: lineage.bytes }),
  }).pipe(
    Stream.mapEffect((batch) => {
      const good = decode(batch)
      return lineage === undefined
        ? Effect.succeed(good)
        : Effect.as(lineage.batch(batch.count), good)
    }),
    Stream.runFold(
      () => 0,
      (sum, good) => sum + good,
    ),
  )

const audited = (file: string, plan: FilePlan, decode: Decode) =>
  Effect.gen(function* () {
    const lineage = yield* FileLineage.open({
      file,
      other: "nothing",
      direction: "decode",
      plan,
      actor: { id: "bench", type: "service" },
      format: "none",
    })
    const good = yield* pass(file, plan, decode, lineage)
    yield* lineage.close("success")
    return good
  })

const lineOf = async (
  { decoderOf, name, title, trim }: Form,
  scratch: string,
  total: number,
  rounds: number,
): Promise<Line> => {
  const workload = mixed(total)
  const file = `${scratch}/records.dat`
  fs.writeFileSync(file, framedRecords(workload.bytes, workload.recordBytes))
  const plan = Result.getOrThrow(
    planFile(workload.copybook, {
      copybook: { format: "free" },
      codePage: "cp037",
      framing: { kind: "rdw" },
      codec: { numbers: "string", trim },
    }),
  )
  const decode = decoderOf(plan)
  makeKey(`${scratch}/trail.key`)
  const runtime = ManagedRuntime.make(
    Layer.merge(Audit.layer({ directory: `${scratch}/trail` }), NodeDisk.layer),
  )
  const records = workload.bytes.length / workload.recordBytes
  const size = fs.statSync(file).size / mebi
  const rateOf = async (
    run: Effect.Effect<number, unknown, Layer.Success<typeof NodeDisk.layer> | Audit>,
  ) => {
    const from = performance.now()
    const good = await runtime.runPromise(run)
    if (good !== records) throw new Error(`${good} of ${records} records`)
    return size / ((performance.now() - from) / 1000)
  }
  const rates: Array<{ readonly audited: number; readonly bare: number }> = []
  for (let round = -2; round < rounds; round++) {
    // In turn who begins, since whoever comes second finds the processor warmer.
    const bareFirst = round % 2 === 0
    const before = bareFirst ? await rateOf(pass(file, plan, decode, undefined)) : 0
    const ours = await rateOf(audited(file, plan, decode))
    const bare = bareFirst ? before : await rateOf(pass(file, plan, decode, undefined))
    // The first rounds are for the code to be compiled and the memory to be there.
    if (round >= 0) rates.push({ audited: ours, bare })
  }
  await runtime.dispose()
  const { entries, verdict } = await verify(scratch)
  if (verdict !== "verified") throw new Error(`the trail is ${verdict}`)
  const slower = spreadOf(rates.map(({ audited: ours, bare }) => (1 - ours / bare) * 100))
  return {
    name,
    title,
    ours: { value: median(rates.map(({ audited: ours }) => ours)), unit: "MiB/s" },
    peer: { name: "not audited", value: median(rates.map(({ bare }) => bare)), unit: "MiB/s" },
    ratio: spreadOf(rates.map(({ audited: ours, bare }) => ours / bare)),
    judged: slower.median,
    goal: { direction: "atMost", least: 5, aim: 2, unit: "% slower" },
    rounds: rates,
    notes: [
      `${rates.length} pairs over a file of ${size.toFixed(0)} MiB; SHA-256 of the file in a thread beside; a trail of ${entries} entries, signed and verified`,
    ],
  }
}

export const copybookAudit: Measurement = {
  name: "copybook-audit",
  table: "copybook",
  run: async ({ quick, work }) => {
    const lines: Array<Line> = []
    for (const form of forms) {
      lines.push(
        await lineOf(form, makeScratch(work), quick ? 16 * mebi : 192 * mebi, quick ? 4 : 20),
      )
    }
    return lines
  },
}

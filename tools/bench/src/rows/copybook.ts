/** Copybook records as columns, NDJSON and objects, against memcpy and a straightforward decoder. */
import { ColumnDecoder } from "@countersign/copybook/columns/ColumnDecoder"
import type { Column } from "@countersign/copybook/columns/Column"
import { NdjsonWriter } from "@countersign/copybook/columns/NdjsonWriter"
import { ObjectDecoder } from "@countersign/copybook/columns/ObjectDecoder"
import type { Decoded } from "@countersign/copybook/record/RecordDecoder"
import { loadKernels } from "../copybook/kernels.ts"
import {
  display,
  generated,
  mixed,
  native,
  packed,
  straightforward,
  untrimmed,
  type Workload,
} from "../copybook/workload.ts"
import type { Goal, Line, Measurement } from "../Line.ts"
import { median, spreadOf } from "../statistics.ts"

const mebi = 1024 * 1024

/** One way to go through a workload: the bytes that came out of it. */
interface Way {
  readonly name: string
  readonly title: string
  readonly workload: Workload
  readonly goal: Goal
  readonly run: () => number
  /** Throws unless every value is the true one, and nothing was rejected. */
  readonly check: () => void
  readonly straight: () => void
}

const require = (isTrue: boolean, what: string): void => {
  if (!isTrue) throw new Error(`wrong: ${what}`)
}

const unscaled = (truth: string): bigint => BigInt(truth.replace(".", ""))

const checkColumn = (column: Column, workload: Workload, first: number, which: number): void => {
  const field = workload.fields[which]
  for (let index = 0; index < column.length; index++) {
    const truth = field?.truth[(first + index) % workload.distinct] ?? ""
    if (column.valid[index] !== 1) throw new Error(`${field?.name} ${index} is absent`)
    if (column.kind === "text") {
      const { bytes, offsets, width = 0 } = column
      const [from, to] = offsets
        ? [offsets[index] ?? 0, offsets[index + 1] ?? 0]
        : [index * width, (index + 1) * width]
      const text = Buffer.from(bytes.subarray(from, to)).toString("latin1").trimEnd()
      require(text === truth, `${field?.name}: "${text}" for "${truth}"`)
    } else if (column.kind === "integer") {
      require(column.values[index] ===
        unscaled(truth), `${field?.name}: ${column.values[index]} for ${truth}`)
    } else throw new Error(`a column of the kind ${column.kind}`)
  }
}

const columns = (workload: Workload): Pick<Way, "check" | "run"> => {
  const decoder = new ColumnDecoder(workload.plan, loadKernels())
  return {
    run: () => {
      let values = 0
      for (const batch of workload.batches) {
        const decoded = decoder.decode(batch)
        if (decoded.rejected.length > 0) throw new Error("records were rejected")
        for (const column of decoded.columns) {
          values += column.kind === "text" ? column.bytes.length : column.length * 9
        }
      }
      return values
    },
    check: () => {
      for (const batch of workload.batches) {
        const decoded = decoder.decode(batch)
        require(decoded.faults.length === 0, "no faults")
        decoded.columns.forEach((column, which) =>
          checkColumn(column, workload, batch.firstRecord, which),
        )
      }
    },
  }
}

const lines = (workload: Workload): Pick<Way, "check" | "run"> => {
  const writer = new NdjsonWriter(workload.plan, loadKernels())
  return {
    run: () => {
      let bytes = 0
      for (const batch of workload.batches) {
        const { decoded, written } = writer.write(batch, (chunk) => {
          bytes += chunk.length
        })
        if (decoded > 0 || written !== batch.count) throw new Error("not all by the kernel")
      }
      return bytes
    },
    check: () => {
      let text = ""
      for (const batch of workload.batches.slice(0, 16)) {
        writer.write(batch, (chunk) => {
          text += Buffer.from(chunk).toString("utf8")
        })
      }
      text
        .trimEnd()
        .split("\n")
        .forEach((line, record) => {
          const value = JSON.parse(line) as Readonly<Record<string, unknown>>
          for (const field of workload.fields) {
            const truth = field.truth[record % workload.distinct]
            require(value[field.name] ===
              truth, `${field.name}: ${JSON.stringify(value[field.name])} for ${truth}`)
          }
        })
    },
  }
}

const objects = (workload: Workload): Pick<Way, "check" | "run"> => {
  const decoder = new ObjectDecoder(workload.plan, loadKernels())
  let last: unknown
  const keep = (decoded: Decoded): void => {
    if (decoded.isRejected) throw new Error("records were rejected")
    last = decoded.value
  }
  return {
    run: () => {
      for (const batch of workload.batches) decoder.decode(batch, keep)
      return last === undefined ? 0 : workload.bytes.length
    },
    check: () => {
      for (const batch of workload.batches) {
        decoder.decode(batch, ({ value }, index) => {
          const record = (batch.firstRecord + index) % workload.distinct
          for (const field of workload.fields) {
            const truth = field.truth[record] ?? ""
            const own = value[field.name]
            require(typeof own === "number"
              ? own === Number(truth)
              : own === truth, `${field.name}: ${JSON.stringify(own)} for ${truth}`)
          }
        })
      }
    },
  }
}

const secondsOf = (run: () => unknown): number => {
  const from = performance.now()
  run()
  return (performance.now() - from) / 1000
}

const straightOf = (workload: Workload, isJson: boolean): (() => void) => {
  const some = workload.batches.slice(0, 16)
  return () => {
    for (const batch of some) {
      const records = straightforward(workload, batch)
      if (isJson) for (const record of records) if (JSON.stringify(record) === "") throw new Error()
    }
  }
}

const goal = (least: number, aim: number): Goal => ({
  direction: "atLeast",
  least,
  aim,
  unit: "MiB/s",
})

const ways = (total: number): ReadonlyArray<Way> => {
  const [a, b, c] = [display(total), packed(total), mixed(total)]
  const way = (
    name: string,
    title: string,
    workload: Workload,
    numbers: Goal,
    make: (workload: Workload) => Pick<Way, "check" | "run">,
  ): Way => ({
    name,
    title,
    workload,
    goal: numbers,
    straight: straightOf(workload, make === lines),
    ...make(workload),
  })
  return [
    way("copybook-a-columns", "10 texts of 50: columns", untrimmed(a), goal(2048, 2662), columns),
    way("copybook-a-ndjson", "10 texts of 50: NDJSON", a, goal(819, 1126), lines),
    way("copybook-b-columns", "10 packed S9(9)V99: columns", b, goal(819, 1024), columns),
    way("copybook-b-ndjson", "10 packed S9(9)V99: NDJSON", b, goal(250, 350), lines),
    way(
      "copybook-c-columns-untrimmed",
      "408 bytes, 50 mixed: columns of one width",
      untrimmed(c),
      goal(700, 1000),
      columns,
    ),
    way("copybook-c-columns", "408 bytes, 50 mixed: columns, trimmed", c, goal(700, 1000), columns),
    way("copybook-c-ndjson", "408 bytes, 50 mixed: NDJSON", c, goal(350, 450), lines),
    way("copybook-c-objects", "408 bytes, 50 mixed: objects", native(c), goal(300, 700), objects),
    way(
      "copybook-c-objects-generated",
      "408 bytes, 50 mixed: objects by code made for the records",
      generated(native(c)),
      goal(300, 700),
      objects,
    ),
  ]
}

interface Rate {
  readonly ours: number
  readonly memcpy: number
  readonly straight: number
  readonly output: number
}

const measure = (way: Way, rounds: number): ReadonlyArray<Rate> => {
  const { batches, bytes } = way.workload
  const copy = new Uint8Array(bytes.length)
  const some = batches.slice(0, 16).reduce((sum, { count }) => sum + count, 0)
  way.check()
  for (let warm = 0; warm < 3; warm++) {
    way.run()
    way.straight()
    copy.set(bytes)
  }
  return Array.from({ length: rounds }, () => {
    let output = 0
    const seconds = secondsOf(() => {
      output = way.run()
    })
    const memcpy = secondsOf(() => copy.set(bytes))
    const straight = secondsOf(way.straight)
    return {
      ours: bytes.length / mebi / seconds,
      memcpy: bytes.length / mebi / memcpy,
      straight: (some * way.workload.recordBytes) / mebi / straight,
      output: output / mebi / seconds,
    }
  })
}

const linesOf = (way: Way, rates: ReadonlyArray<Rate>): ReadonlyArray<Line> => {
  const { bytes, fields, recordBytes } = way.workload
  const ours = median(rates.map((rate) => rate.ours))
  const output = median(rates.map((rate) => rate.output))
  const records = (ours * mebi) / recordBytes
  const straight = spreadOf(rates.map((rate) => rate.ours / rate.straight))
  const memcpy = spreadOf(rates.map((rate) => rate.ours / rate.memcpy))
  const rounds = rates.map((rate) => ({ ...rate }))
  const note = `out ${output.toFixed(0)} MiB/s, ${(records / 1e6).toFixed(2)} million records/s, ${(1e9 / records / fields.length).toFixed(1)} ns a field; ${rates.length} rounds of ${(bytes.length / mebi).toFixed(0)} MiB, every value compared with the truth and no record rejected`
  return [
    {
      name: way.name,
      title: way.title,
      ours: { value: ours, unit: "MiB/s" },
      peer: { name: "memcpy", value: median(rates.map((rate) => rate.memcpy)), unit: "MiB/s" },
      ratio: memcpy,
      judged: ours,
      goal: way.goal,
      rounds,
      notes: [note],
    },
    {
      name: `${way.name}-straight`,
      title: `${way.title}, against a straightforward decoder`,
      ours: { value: ours, unit: "MiB/s" },
      peer: {
        name: "straightforward",
        value: median(rates.map((rate) => rate.straight)),
        unit: "MiB/s",
      },
      ratio: straight,
      judged: straight.median,
      goal: { direction: "atLeast", least: 10, unit: "×" },
      rounds,
      notes: [],
    },
  ]
}

export const copybook: Measurement = {
  name: "copybook",
  table: "copybook",
  run: async ({ quick }) => {
    const total = quick ? 4 * mebi : 32 * mebi
    return ways(total).flatMap((way) => linesOf(way, measure(way, quick ? 3 : 15)))
  },
}

/** Writes what is published of a trail into a file or to stdout, in one of the forms of export. */
import { Disk } from "@countersign/core/platform/Disk"
import * as Filter from "@countersign/core/query/Filter"
import * as Checkpoint from "@countersign/core/trail/Checkpoint"
import { entries, readCheckpointBytes } from "@countersign/core/trail/TrailReader"
import * as ExportFile from "@countersign/sinks/file/ExportFile"
import { type ExportForm, forms } from "@countersign/sinks/file/RecordEncoder"
import * as Sidecar from "@countersign/sinks/file/Sidecar"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { UsageError } from "../terminal/Failure.ts"
import { Output, type OutputFailed } from "../terminal/Output.ts"
import * as EventLine from "../trail/EventLine.ts"

export interface ExportRequest {
  readonly directory: string
  readonly format: string
  /** A file, or `-`. */
  readonly output: string
  /** As it was written, and parsed. */
  readonly filter: { readonly text: string; readonly filter: Filter.Filter } | undefined
  /** 32 bytes: the file is encrypted. */
  readonly key: Uint8Array | undefined
}

export interface Exported {
  readonly trail: string
  readonly format: string
  readonly read: number
  readonly count: number
  /** Of the file; what went to stdout has none. */
  readonly sidecar: Sidecar.Sidecar | undefined
}

/** What was published when the export began, which is what it exports. */
interface Published {
  readonly origin: string
  readonly size: number
  /** The signed note that says so. */
  readonly note: string
}

/** Where the bytes go; `false` once nobody takes them any more. */
interface Target<E> {
  readonly write: (bytes: Uint8Array) => Effect.Effect<boolean, E>
  readonly finish: (facts: ExportFile.ExportFacts) => Effect.Effect<Sidecar.Sidecar | undefined, E>
}

const formOf = Effect.fnUntraced(function* ({ format, key, output }: ExportRequest) {
  const form = forms.get(format)
  if (form === undefined) {
    const known = [...forms.keys()].join(", ")
    const detail = `"${format}" is none of ${known}`
    return yield* new UsageError({ parameter: "--format", detail })
  }
  if (output === "-" && key !== undefined) {
    const detail = "what is encrypted is no text for stdout: name a file"
    return yield* new UsageError({ parameter: "--output", detail })
  }
  if (output === "-" && !form.isText) {
    const detail = `${form.title} is no text for stdout: name a file`
    return yield* new UsageError({ parameter: "--output", detail })
  }
  return form
})

const toStdout = ({ write }: Output["Service"]): Target<OutputFailed> => ({
  write: (bytes) =>
    bytes.byteLength === 0 ? Effect.succeed(true) : write(Buffer.from(bytes).toString("utf8")),
  finish: () => Effect.succeed(undefined),
})

const toFile = (file: string, key: Uint8Array | undefined) =>
  Effect.gen(function* () {
    const disk = yield* Disk
    for (const taken of [file, `${file}.json`]) {
      if ((yield* disk.status(taken)) === undefined) continue
      const detail = `${taken} is there already: name another file, or remove it`
      return yield* new UsageError({ parameter: "--output", detail })
    }
    // What is half done goes, whatever ends the command.
    const opened = yield* Effect.acquireRelease(
      ExportFile.open(disk, file, key),
      ({ abandon }) => abandon,
    )
    return {
      write: (bytes: Uint8Array) => Effect.as(opened.add(bytes), true),
      finish: opened.finish,
    }
  })

const copy = Effect.fnUntraced(function* <E>(
  { directory, filter, format }: ExportRequest,
  form: ExportForm,
  { note, origin: trail, size }: Published,
  target: Target<E>,
) {
  const now = yield* Clock.currentTimeMillis
  const encoder = form.make(trail)
  let [read, count] = [0, 0]
  let first: number | undefined
  let last: number | undefined
  // A whole bundle at a time: one write for up to 256 events.
  yield* entries(directory, { to: size }).pipe(
    Stream.mapArrayEffect((bundle) =>
      Effect.gen(function* () {
        for (const entry of bundle) {
          read += 1
          const { sequence, value } = EventLine.parse(entry)
          if (filter !== undefined && !Filter.matches(filter.filter, value, now)) continue
          const problem = encoder.add({ sequence, bytes: entry.bytes, value })
          if (problem !== undefined) return yield* problem
          count += 1
          first ??= sequence
          last = sequence
        }
        return [yield* target.write(encoder.take())] as const
      }),
    ),
    Stream.takeWhile((isTaken) => isTaken),
    Stream.runDrain,
  )
  encoder.end()
  yield* target.write(encoder.take())
  const finished = yield* Clock.currentTimeMillis
  const sidecar = yield* target.finish({
    format,
    trail,
    filter: filter?.text,
    first,
    last,
    count,
    begun: Sidecar.instantOf(now),
    finished: Sidecar.instantOf(finished),
    checkpoint: note,
  })
  const exported: Exported = { trail, format, read, count, sidecar }
  return exported
})

/** `undefined` where nothing is published yet; then nothing is written. */
export const exportTrail = Effect.fnUntraced(function* (request: ExportRequest) {
  const form = yield* formOf(request)
  const bytes = yield* readCheckpointBytes(request.directory)
  if (bytes === undefined) return undefined
  const { checkpoint } = yield* Effect.fromResult(Checkpoint.parseSigned(bytes))
  const { origin, size } = checkpoint
  const published = { origin, size, note: Buffer.from(bytes).toString("utf8") }
  if (request.output === "-") {
    return yield* copy(request, form, published, toStdout(yield* Output))
  }
  return yield* Effect.scoped(
    Effect.flatMap(toFile(request.output, request.key), (target) =>
      copy(request, form, published, target),
    ),
  )
})

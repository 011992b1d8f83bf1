/** Encodes lines of JSON into a file of records. */
import * as FileEncoder from "@countersign/copybook/file/FileEncoder"
import * as FileLineage from "@countersign/copybook/audit/FileLineage"
import type { FilePlan } from "@countersign/copybook/file/FilePlan"
import type { Actor } from "@countersign/core/event/AuditEvent"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { type Line, LineSplitter } from "../input/LineSplitter.ts"
import { openInput } from "../input/Input.ts"
import { ProgressBar } from "../terminal/ProgressBar.ts"
import { LineRefused } from "./LineRefused.ts"
import { trailReason } from "./Rejecting.ts"
import { openTarget } from "./Target.ts"

export interface EncodeRequest {
  /** A file of JSON lines, or `-` for stdin. */
  readonly input: string
  readonly plan: FilePlan
  /** A file, or `-` for stdout. */
  readonly output: string
  /** Lines that may be refused. */
  readonly refusedMax: number
  readonly lineage: FileLineage.FileLineage | undefined
}

/** A number with more digits than a double holds stays the text that it was. */
export const exactly = (
  _key: string,
  value: unknown,
  context?: { readonly source?: string },
): unknown =>
  typeof value === "number" && context?.source !== undefined && context.source.length > 15
    ? context.source
    : value

const parseLine = (text: string): Result.Result<unknown, string> => {
  try {
    return Result.succeed(JSON.parse(text, exactly) as unknown)
  } catch (cause) {
    return Result.fail(`is no JSON: ${cause instanceof Error ? cause.message : ""}`)
  }
}

class LineEncoder {
  readonly lines = new LineSplitter(16 * 1024 * 1024, "record")
  readonly encoder: FileEncoder.FileEncoder
  first: LineRefused | undefined
  refused = 0

  constructor(encoder: FileEncoder.FileEncoder) {
    this.encoder = encoder
  }

  push(chunk: Buffer): void {
    this.lines.push(chunk)
    for (let line = this.lines.next(); line !== undefined; line = this.lines.next()) this.take(line)
  }

  finish(): void {
    const line = this.lines.last()
    if (line !== undefined) this.take(line)
  }

  private take({ number, problem, text }: Line): void {
    if (problem !== undefined) return this.refuse(number, problem)
    if (text.trim() === "") return
    const value = parseLine(text)
    if (Result.isFailure(value)) return this.refuse(number, value.failure)
    const written = this.encoder.write(value.success)
    if (Result.isFailure(written)) this.refuse(number, written.failure.message)
  }

  private refuse(line: number, detail: string): void {
    this.refused += 1
    this.first ??= new LineRefused({ line, detail })
  }
}

/** Reads, encodes and writes everything. The file appears only where no more was refused than may be. */
export const encodeFile = Effect.fnUntraced(function* (request: EncodeRequest) {
  const clock = yield* Clock.clockWith(Effect.succeed)
  const from = clock.currentTimeMillisUnsafe()
  const lines = new LineEncoder(yield* Effect.fromResult(FileEncoder.make(request.plan)))
  const target = yield* openTarget(request.output, "--output")
  // Last, because its file is closed by the stream that reads it.
  const input = yield* openInput(request.input)
  let [bytes, read, told] = [0, 0, 0]
  const put = Effect.fnUntraced(function* (piece: Uint8Array) {
    if (lines.first !== undefined && lines.refused > request.refusedMax) return yield* lines.first
    bytes += piece.byteLength
    const { lineage } = request
    lineage?.bytes(piece)
    if (lineage !== undefined) yield* lineage.batch(lines.encoder.records() - told)
    told = lines.encoder.records()
    return yield* target.write(piece)
  })
  const bar = new ProgressBar(process.stderr, "encoding", () => clock.currentTimeMillisUnsafe())
  yield* input.chunks.pipe(
    Stream.mapEffect((chunk) =>
      Effect.suspend(() => {
        read += chunk.length
        lines.push(chunk)
        const { sizeBytes } = input
        bar.update(lines.encoder.records(), sizeBytes === undefined ? undefined : read / sizeBytes)
        return put(lines.encoder.take())
      }),
    ),
    Stream.takeWhile((goesOn) => goesOn),
    Stream.runDrain,
    Effect.ensuring(Effect.sync(() => bar.clear())),
  )
  lines.finish()
  yield* put(lines.encoder.finish())
  yield* target.finish
  return {
    records: lines.encoder.records(),
    refused: lines.refused,
    first: lines.first?.message,
    bytes,
    millis: clock.currentTimeMillisUnsafe() - from,
  }
}, Effect.scoped)

/** The same between the opening and the closing record of the file's lineage. */
export const encodeAudited = Effect.fnUntraced(function* (
  request: Omit<EncodeRequest, "lineage">,
  actor: Actor,
) {
  const { input, output, plan } = request
  const lineage = yield* FileLineage.open({
    file: output,
    other: input,
    direction: "encode",
    plan,
    actor,
    format: "ndjson",
  })
  return yield* FileLineage.closing(lineage, encodeFile({ ...request, lineage }), {
    succeeded: ({ refused }) =>
      // Not the first of them in words: they may show what a field has.
      refused === 0 ? ["success"] : ["partial", `${refused} lines were not encoded`],
    failed: trailReason,
  })
})

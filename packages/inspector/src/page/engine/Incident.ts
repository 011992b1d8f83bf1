/** The last ten minutes as a file, and such a file as frames again. */
import {
  type Frame,
  Update,
  advance,
  sharing,
  updateFrom,
} from "@countersign/monitor/protocol/Update"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

const format = "countersign.incident"

/** A page has no more memory to spare for one. Units: bytes. */
export const incidentBytesMax = 128 * 1024 * 1024
/** What a monitor keeps at most. */
const framesMax = 2400

const IncidentFile = Schema.Struct({
  format: Schema.Literal(format),
  version: Schema.Literal(1),
  origin: Schema.String.check(Schema.isMaxLength(1024)),
  /** The first is whole, the others are what changed. */
  updates: Schema.Array(Update).check(Schema.isMinLength(1), Schema.isMaxLength(framesMax)),
})

/** Frames as a file: each but the first as what has changed. */
export const encodeIncident = (origin: string, frames: ReadonlyArray<Frame>): string => {
  const kept = frames.slice(-framesMax)
  const updates = kept.map((frame, index) => updateFrom(kept[index - 1], frame))
  return JSON.stringify({ format, version: 1, origin, updates } satisfies typeof IncidentFile.Type)
}

export interface ReadIncident {
  readonly origin: string
  readonly frames: ReadonlyArray<Frame>
}

const parsed = (text: string): Result.Result<unknown, string> => {
  try {
    const value: unknown = JSON.parse(text)
    return Result.succeed(value)
  } catch {
    return Result.fail("it is not JSON, or not all of it")
  }
}

const decode = Schema.decodeUnknownResult(IncidentFile)

/** Says in words why a file is none. */
export const decodeIncident = (text: string): Result.Result<ReadIncident, string> => {
  if (text.length > incidentBytesMax) return Result.fail("it is larger than 128 MiB")
  const value = parsed(text)
  if (Result.isFailure(value)) return Result.fail(value.failure)
  const file = decode(value.success)
  if (Result.isFailure(file)) {
    return Result.fail(
      `it is no incident of this version: ${file.failure.message.split("\n", 1)[0]}`,
    )
  }
  const frames: Array<Frame> = []
  for (const update of file.success.updates) {
    const last = frames.at(-1)
    const next = advance(last, update)
    if (next === undefined || (last !== undefined && next.atMillis <= last.atMillis)) {
      return Result.fail(`its frame ${update.sequence} does not follow the one before`)
    }
    frames.push(
      last === undefined ? next : { ...next, snapshot: sharing(last.snapshot, next.snapshot) },
    )
  }
  return Result.succeed({ origin: file.success.origin, frames })
}

/** `incident-2026-11-22T04-51-02.json` */
export const incidentName = (atMillis: number): string =>
  `incident-${new Date(atMillis).toISOString().slice(0, 19).replaceAll(":", "-")}.json`

/** One event as one line: for a person, or as JSON. */
import type { TrailEntry } from "@countersign/core/trail/TrailReader"
import type { Paint } from "../terminal/Paint.ts"
import * as Text from "../terminal/Text.ts"

export interface ReadEvent {
  readonly sequence: number
  /** The entry as it lies in the trail. */
  readonly source: string
  /** Parsed JSON; the source itself where it is none. */
  readonly value: unknown
}

export const parse = ({ bytes, sequence }: TrailEntry): ReadEvent => {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8")
  try {
    return { sequence, source, value: JSON.parse(source) }
  } catch {
    return { sequence, source, value: source }
  }
}

/** The canonical bytes are passed on as they are; what is no JSON becomes a JSON text. */
export const json = ({ sequence, source, value }: ReadEvent): string =>
  `{"sequence":${sequence},"event":${value === source ? JSON.stringify(source) : source}}`

type Members = Readonly<Record<string, unknown>>

/** A member of parsed JSON, of which nothing is assumed. */
export const member = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Members)[name]
    : undefined

/** A member's text, or nothing where it is no text. */
export const textOf = (value: unknown, name: string): string => {
  const found = member(value, name)
  return typeof found === "string" ? found : ""
}

const targetsShown = 3

const targetsOf = (value: unknown): string => {
  const targets = member(value, "target")
  if (!Array.isArray(targets)) return ""
  const names = targets
    .slice(0, targetsShown)
    .map((target) => `${textOf(target, "type")} ${textOf(target, "id")}`)
  const more = targets.length - names.length
  return names.join(", ") + (more > 0 ? ` and ${more} more` : "")
}

const colourOf = (outcome: string, paint: Paint): ((text: string) => string) => {
  if (outcome === "success") return paint.good
  if (outcome === "denied" || outcome === "failure") return paint.bad
  return paint.doubtful
}

const width = { sequence: 9, outcome: 8, type: 28, actor: 16 }

/** Columns of fixed width, since the lines of a stream can't wait for the widest. */
export const text =
  (paint: Paint) =>
  ({ sequence, source, value }: ReadEvent): string => {
    const number = paint.faint(String(sequence).padStart(width.sequence))
    if (value === source) return `${number}  ${Text.printable(source)}`
    const cell = (content: string, at: number) => Text.printable(content).padEnd(at)
    const outcome = textOf(value, "outcome")
    const time = textOf(value, "time")
      .replace("T", " ")
      .replace(/\.\d+Z$/, "Z")
    return [
      number,
      cell(time, 20),
      colourOf(outcome, paint)(cell(outcome, width.outcome)),
      cell(textOf(value, "type"), width.type),
      cell(textOf(member(value, "actor"), "id"), width.actor),
      Text.printable(targetsOf(value)),
    ]
      .join("  ")
      .trimEnd()
  }

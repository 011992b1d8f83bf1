/**
 * Puts JSON lines into an engine, synchronously, until its lanes want a pause.
 *
 * What it was not given room for it offers again, so no event of the input is dropped.
 */
import type { Audit } from "@countersign/core/Audit"
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import type { EventClass } from "@countersign/core/event/EventClass"
import { type Line, LineSplitter } from "./LineSplitter.ts"

/** The first line that was not taken. */
export interface RefusedLine {
  readonly line: number
  readonly message: string
}

/**
 * What has to happen before the import goes on: a lane needs room, telemetry (which would be
 * dropped from a full lane) has to be written, or the engine has failed.
 */
export type Pause =
  | { readonly _tag: "Room"; readonly class: EventClass }
  | { readonly _tag: "Flush" }
  | { readonly _tag: "Failed"; readonly message: string }

// The smallest intake that can be configured leaves telemetry 64 KiB; this much and what the
// engine adds to each event stay below it. A flush costs less than a millisecond.
const telemetryCountMax = 128
const telemetryBytesMax = 32 * 1024

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

export class Importer {
  readonly lines = new LineSplitter()
  recorded = 0
  refused = 0
  first: RefusedLine | undefined
  private readonly audit: Audit["Service"]
  private waiting: { readonly line: Line; readonly event: AuditEventInput } | undefined
  private telemetryCount = 0
  private telemetryBytes = 0

  constructor(audit: Audit["Service"]) {
    this.audit = audit
  }

  /** Takes what is left of the chunk; `undefined` when it is used up. */
  run(): Pause | undefined {
    for (;;) {
      const { waiting } = this
      if (waiting === undefined) {
        const line = this.lines.next()
        if (line === undefined) return undefined
        const pause = this.take(line)
        if (pause !== undefined) return pause
      } else {
        const pause = this.offer(waiting.line, waiting.event)
        if (pause !== undefined) return pause
      }
    }
  }

  /** Takes the input's last line, where no newline ends it. */
  finish(): Pause | undefined {
    if (this.waiting !== undefined) return this.offer(this.waiting.line, this.waiting.event)
    const line = this.lines.last()
    return line === undefined ? undefined : this.take(line)
  }

  private take(line: Line): Pause | undefined {
    if (line.problem !== undefined) return this.refuse(line, line.problem)
    if (line.text.trim() === "") return undefined
    let event: unknown
    try {
      event = JSON.parse(line.text)
    } catch (cause) {
      return this.refuse(line, `is no JSON: ${cause instanceof Error ? cause.message : ""}`)
    }
    if (!isObject(event)) return this.refuse(line, "is no JSON object; an event is one")
    if (event["class"] === "telemetry") {
      this.telemetryCount += 1
      this.telemetryBytes += line.text.length
    }
    // The encoder checks every member, as it does for plain JavaScript, and names the path.
    return this.offer(line, event as unknown as AuditEventInput)
  }

  private offer(line: Line, event: AuditEventInput): Pause | undefined {
    this.waiting = undefined
    if (this.telemetryCount >= telemetryCountMax || this.telemetryBytes >= telemetryBytesMax) {
      this.telemetryCount = 0
      this.telemetryBytes = 0
      this.waiting = { line, event }
      return { _tag: "Flush" }
    }
    const verdict = this.audit.recordUnsafe(event)
    if (verdict._tag === "Accepted") {
      this.recorded += 1
      return undefined
    }
    if (verdict._tag === "Dropped") return this.refuse(line, "is telemetry, and there was no room")
    const { error } = verdict
    if (error._tag === "InvalidEvent") return this.refuse(line, error.message)
    if (error._tag === "AuditUnavailable") return { _tag: "Failed", message: error.message }
    this.waiting = { line, event }
    return { _tag: "Room", class: error.class }
  }

  private refuse(line: Line, message: string): undefined {
    this.refused += 1
    this.first ??= { line: line.number, message }
    return undefined
  }
}

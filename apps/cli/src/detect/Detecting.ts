/** Findings over a trail or a file of JSON lines. */
import { entries } from "@countersign/core/trail/TrailReader"
import type { DetectionRule } from "@countersign/monitor/detect/DetectionRule"
import { Detector, type DetectorCounts } from "@countersign/monitor/detect/Detector"
import type { Finding } from "@countersign/monitor/detect/Finding"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { openInput } from "../input/Input.ts"
import { type Line, LineSplitter } from "../input/LineSplitter.ts"
import * as EventLine from "../trail/EventLine.ts"
import { requireTrail } from "../trail/RequireTrail.ts"

export interface Detected {
  readonly findings: ReadonlyArray<Finding>
  readonly counts: DetectorCounts
  /** Lines that are no JSON. */
  readonly skipped: number
}

/** A line of `countersign export` is an event; one of `query --json` has it as a member. */
const eventOf = (value: unknown): unknown => {
  const inner = EventLine.member(value, "event")
  return inner === undefined || EventLine.member(value, "type") !== undefined ? value : inner
}

export const detectIn = Effect.fnUntraced(function* (
  source: string,
  isTrail: boolean,
  rules: ReadonlyArray<DetectionRule>,
) {
  const detector = new Detector({ rules })
  const findings: Array<Finding> = []
  let skipped = 0
  const judge = (value: unknown): void => {
    for (const finding of detector.judge(value)) findings.push(finding)
  }
  const judgeLine = ({ problem, text }: Line): void => {
    if (problem === undefined && text.trim() === "") return
    try {
      judge(eventOf(JSON.parse(text)))
    } catch {
      skipped += 1
    }
  }
  if (isTrail) {
    yield* requireTrail(source)
    yield* Stream.runForEachArray(entries(source), (bundle) =>
      Effect.sync(() => {
        for (const entry of bundle) judge(EventLine.parse(entry).value)
      }),
    )
  } else {
    const { chunks } = yield* openInput(source)
    const lines = new LineSplitter()
    yield* Stream.runForEach(chunks, (chunk) =>
      Effect.sync(() => {
        lines.push(chunk)
        for (let line = lines.next(); line !== undefined; line = lines.next()) judgeLine(line)
      }),
    )
    const last = lines.last()
    if (last !== undefined) judgeLine(last)
  }
  const detected: Detected = { findings, counts: detector.counts(), skipped }
  return detected
})

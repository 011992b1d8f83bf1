/** What a trail has of one file: when the same bytes were decoded or encoded, and with what counts. */
import { checkLog } from "@countersign/core/trail/LogVerifier"
import { entries } from "@countersign/core/trail/TrailReader"
import { verify } from "@countersign/core/trail/Verifier"
import type { VerifyReport } from "@countersign/core/trail/VerifyReport"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as EventLine from "../trail/EventLine.ts"
import type { Pinned } from "../trail/PinnedKeys.ts"
import { requireTrail } from "../trail/RequireTrail.ts"
import type { CheckReport, Reading, TrailPart } from "./CheckReport.ts"

const { member, textOf } = EventLine

const numberAt = (data: unknown, name: string): number => {
  const found = member(data, name)
  return typeof found === "number" ? found : -1
}

const inWords = (faults: ReadonlyArray<readonly [code: unknown, count: unknown]>): string =>
  faults
    .map(([code, count]) => `${String(code)} × ${String(count)}`)
    .toSorted()
    .join(", ") || "none"

/** Rows of code and count, as the event has them. */
const faultsOf = (data: unknown): string => {
  const rows = member(data, "faults")
  return inWords(
    Array.isArray(rows)
      ? rows.flatMap((row: unknown) => (Array.isArray(row) ? [[row[0], row[1]] as const] : []))
      : [],
  )
}

/** What the event counted and the file has not. */
const differencesOf = (
  data: unknown,
  report: CheckReport,
  direction: Reading["direction"],
): ReadonlyArray<string> => {
  const compared = direction === "decode" ? ["records", "bytes", "rejected"] : ["records", "bytes"]
  const now: Readonly<Record<string, number>> = {
    records: report.records,
    bytes: report.bytes,
    rejected: report.rejected,
  }
  const counts = compared.flatMap((name) =>
    numberAt(data, name) === now[name]
      ? []
      : [`${name} ${numberAt(data, name)}, now ${now[name] ?? 0}`],
  )
  if (direction === "encode") return counts
  const [then, today] = [faultsOf(data), inWords(Object.entries(report.faults))]
  return then === today ? counts : [...counts, `faults ${then}, now ${today}`]
}

const readingOf = (
  { sequence, value }: EventLine.ReadEvent,
  report: CheckReport,
): Reading | undefined => {
  const data = member(value, "data")
  if (textOf(value, "type") !== "copybook.file.closed") return undefined
  if (report.sha256 === null || textOf(data, "sha256") !== report.sha256) return undefined
  const direction = textOf(value, "action") === "WRITE" ? "encode" : "decode"
  const isLayoutSame = textOf(data, "fingerprint") === report.fingerprint
  const outcome = textOf(value, "outcome")
  const reason = textOf(value, "reason")
  const endedEarly = direction === "decode" && reason !== "" ? reason : undefined
  const targets = member(value, "target")
  return {
    sequence,
    time: textOf(value, "time"),
    actor: textOf(member(value, "actor"), "id"),
    file: textOf(Array.isArray(targets) ? targets[0] : undefined, "id"),
    direction,
    outcome,
    isLayoutSame,
    differences:
      isLayoutSame && endedEarly === undefined ? differencesOf(data, report, direction) : [],
    ...(endedEarly === undefined ? {} : { endedEarly }),
  }
}

const reasonOf = (report: VerifyReport): string | undefined => {
  if (report.verdict === "verified") return undefined
  return report.verdict === "tampered" ? report.firstBad.detail : report.reason
}

/** Verifies the trail, and finds the readings of the file that was checked. */
export const readingsIn = Effect.fnUntraced(function* (
  directory: string,
  pinned: Pinned,
  report: CheckReport,
) {
  yield* requireTrail(directory)
  const verified = yield* verify(directory, { ...pinned.options, log: checkLog(directory) })
  const readings: Array<Reading> = []
  yield* entries(directory).pipe(
    Stream.runForEach((entry) =>
      Effect.sync(() => {
        const reading = readingOf(EventLine.parse(entry), report)
        if (reading !== undefined) readings.push(reading)
      }),
    ),
    // Of a trail that is damaged, what can be read is all there is; the verdict says so.
    (all) => (verified.verdict === "verified" ? all : Effect.ignore(all)),
  )
  const reason = reasonOf(verified)
  const part: TrailPart = {
    directory,
    verdict: verified.verdict,
    isKeyPinned: pinned.signer !== undefined,
    ...(reason === undefined ? {} : { reason }),
    entries: verified.entries,
    readings,
  }
  return part
})

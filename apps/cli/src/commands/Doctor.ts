/** `countersign doctor DIR`: what is missing before a trail is fit for production. */
import * as Clock from "effect/Clock"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import type { Finding } from "../doctor/Finding.ts"
import { examineKeys } from "../doctor/Keys.ts"
import { examineStorage } from "../doctor/Storage.ts"
import { examineWriter } from "../doctor/Writer.ts"
import { ExitCode } from "../terminal/ExitCode.ts"
import { Output } from "../terminal/Output.ts"
import type { Paint } from "../terminal/Paint.ts"
import * as Text from "../terminal/Text.ts"
import { requireTrail } from "../trail/RequireTrail.ts"
import * as Parameters from "./Parameters.ts"

const mark = (level: Finding["level"], paint: Paint): string => {
  switch (level) {
    case "ok":
      return paint.good("✓")
    case "warning":
      return paint.doubtful("!")
    case "problem":
      return paint.bad("✗")
  }
}

const linesOf = (findings: ReadonlyArray<Finding>, paint: Paint): ReadonlyArray<string> => {
  const rows = Text.aligned(findings.map(({ check, detail }) => [check, detail]))
  const indent = " ".repeat(Math.max(...findings.map(({ check }) => check.length)) + 4)
  return findings.flatMap(({ advice, level }, index) => [
    `${mark(level, paint)} ${rows[index] ?? ""}`,
    ...(advice === undefined ? [] : [`${indent}${paint.faint(`→ ${advice}`)}`]),
  ])
}

export const doctorCommand = Command.make(
  "doctor",
  { directory: Parameters.directory, json: Parameters.json },
  Effect.fnUntraced(function* ({ directory, json }) {
    const output = yield* Output
    const now = yield* Clock.currentTimeMillis
    yield* requireTrail(directory)
    const findings: ReadonlyArray<Finding> = [
      ...(yield* examineKeys(directory)),
      ...(yield* examineWriter(directory, now)),
      ...(yield* examineStorage(directory, now)),
    ]
    const open = findings.filter(({ level }) => level !== "ok")
    if (open.length > 0) yield* output.exitWith(ExitCode.no)
    if (json)
      return yield* output.document({ trail: directory, isFit: open.length === 0, findings })
    const { paint } = output
    return yield* output.lines(
      ...linesOf(findings, paint),
      open.length === 0
        ? paint.good("fit for production, as far as can be seen from here")
        : `${Text.counted(open.length, "thing")} to look at`,
    )
  }),
).pipe(
  Command.withDescription(
    "Say what is missing before the trail is fit for production: keys, permissions, the writer, the clock, fsync and space. Exit code: 0 nothing, 1 something",
  ),
  Command.withShortDescription("Say what is missing for production"),
)

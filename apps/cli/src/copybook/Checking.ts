/** Checks a file, and a trail of it where one is named. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { readPinned } from "../trail/PinnedKeys.ts"
import { CheckReport } from "./CheckReport.ts"
import { checkFile, type CheckRequest } from "./FileCheck.ts"

/** The keys that a trail is believed by. */
interface Keys {
  readonly key: Parameters<typeof readPinned>[0]
  readonly trust: Parameters<typeof readPinned>[1]
}

const encoded = (report: CheckReport) => Effect.orDie(Schema.encodeEffect(CheckReport)(report))

/** The report, and the same as the document of its schema. */
export const check = Effect.fnUntraced(function* (
  request: CheckRequest,
  trail: string | undefined,
  { key, trust }: Keys,
) {
  // Wrong keys are said before a long file is read.
  const pinned = yield* readPinned(key, trust)
  const found = yield* checkFile(request)
  if (trail === undefined) return { report: found, document: yield* encoded(found) }
  const { readingsIn } = yield* Effect.promise(() => import("./Readings.ts"))
  const report = { ...found, trail: yield* readingsIn(trail, pinned, found) }
  return { report, document: yield* encoded(report) }
})

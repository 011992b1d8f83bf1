/** One measurement in a process of its own, so that none inherits another's heap or compiled code. */
import type { Line, Settings } from "./Line.ts"
import { measurements } from "./measurements.ts"

export interface MeasureOrder {
  readonly name: string
  readonly settings: Settings
}

export type MeasureAnswer =
  | { readonly _tag: "Done"; readonly lines: ReadonlyArray<Line> }
  | { readonly _tag: "Failed"; readonly detail: string }

const tell = (answer: MeasureAnswer): void => {
  process.send?.(answer, () => process.exit())
}

const failed = (cause: unknown): void =>
  tell({
    _tag: "Failed",
    detail: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause),
  })

process.on("uncaughtException", failed)
process.on("unhandledRejection", failed)
process.on("disconnect", () => process.exit(1))
process.on("message", ({ name, settings }: MeasureOrder) => {
  const measurement = measurements.find((one) => one.name === name)
  if (measurement === undefined) failed(`there is no measurement ${name}`)
  else measurement.run(settings).then((lines) => tell({ _tag: "Done", lines }), failed)
})

/** The command line of `npm run bench`. */
import { parseArgs } from "node:util"

export interface Arguments {
  /** Names of measurements or of tables; the main table's when empty. */
  readonly only: ReadonlyArray<string>
  readonly seconds: number
  readonly quick: boolean
  readonly writeDocs: boolean
  readonly help: boolean
}

export const usage = (
  names: ReadonlyArray<string>,
  tables: ReadonlyArray<string>,
): string => `npm run bench -- [options]

  --only NAME    measure this alone, a measurement or a table; may be repeated
  --seconds N    length of what is sustained, 1 to 600 (default 60; memory takes ten times that)
  --quick        a few seconds each: shows that everything runs, measures nothing
  --write-docs   measure nothing; write the newest complete result into docs/performance.md.
                 With --only and a table: measure that, and write it
  --help         this text

measurements: ${names.join(", ")}
tables beside the main one: ${tables.join(", ")}`

/**
 * The arguments, or what is wrong with them.
 *
 * @param tables names of those beside the main one
 */
export const parseArguments = (
  given: ReadonlyArray<string>,
  names: ReadonlyArray<string>,
  tables: ReadonlyArray<string>,
): Arguments | string => {
  try {
    const { values } = parseArgs({
      args: [...given],
      options: {
        only: { type: "string", multiple: true, default: [] },
        seconds: { type: "string", default: "60" },
        quick: { type: "boolean", default: false },
        "write-docs": { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    })
    const seconds = Number(values.seconds)
    if (!(seconds >= 1 && seconds <= 600)) {
      return `--seconds ${values.seconds}: give a number from 1 to 600`
    }
    const unknown = values.only.find((name) => !names.includes(name) && !tables.includes(name))
    if (unknown !== undefined)
      return `--only ${unknown}: give one of ${[...new Set([...names, ...tables])].join(", ")}`
    const isTable =
      values.only.length === 0 ||
      (values.only.length === 1 && tables.includes(values.only[0] ?? ""))
    if (values["write-docs"] && (!isTable || (values.quick && values.only.length > 0))) {
      return `--write-docs writes whole tables: of a complete run, or with --only ${tables.join(" or ")} at full length`
    }
    return {
      only: values.only,
      seconds,
      quick: values.quick,
      writeDocs: values["write-docs"],
      help: values.help,
    }
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause)
  }
}

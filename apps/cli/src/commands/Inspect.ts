/** `countersign inspect [DIR|URL]`: a trail, or a running engine, in a browser. */
import * as path from "node:path"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { UsageError } from "../terminal/Failure.ts"
import * as Parameters from "./Parameters.ts"

const databaseVariable = "COUNTERSIGN_INSPECT_POSTGRES"

const databaseInEnvironment = () => process.env[databaseVariable] ?? ""

/** The flag, or the variable, which is not seen by all who list the machine's processes. */
const databaseOf = Effect.fnUntraced(function* (flag: Option.Option<Redacted.Redacted>) {
  const given = databaseInEnvironment()
  const url = Option.orElse(flag, () =>
    given === "" ? Option.none() : Option.some(Redacted.make(given)),
  )
  if (Option.isSome(url)) yield* Parameters.requireDatabaseUrl(url.value)
  return Option.getOrUndefined(url)
})

type Files = ReadonlyMap<string, { readonly path: string; readonly kind: "copybook" | "data" }>

/** By their names alone, for a viewer learns no path; two of one name are told apart by a number. */
const filesOf = (copybooks: ReadonlyArray<string>, data: ReadonlyArray<string>): Files => {
  const files = new Map<string, { readonly path: string; readonly kind: "copybook" | "data" }>()
  const add = (file: string, kind: "copybook" | "data") => {
    const name = path.basename(file)
    const same = [...files.keys()].filter((known) => known.replace(/^\d+ /, "") === name).length
    files.set(same === 0 ? name : `${same + 1} ${name}`, { path: path.resolve(file), kind })
  }
  for (const file of copybooks) add(file, "copybook")
  for (const file of data) add(file, "data")
  return files
}

export const inspectCommand = Command.make(
  "inspect",
  {
    target: Argument.String("target").pipe(
      Argument.withDescription(
        "The trail's directory, or the address of its monitor. Default: --demo",
      ),
      Argument.optional,
    ),
    demo: Flag.Boolean("demo").pipe(
      Flag.withDescription("Look into a trail made for it, in which one record was changed"),
      Flag.withDefault(false),
    ),
    port: Flag.Int("port").pipe(
      Flag.withDescription(
        "Where the page is, on this machine alone; 0: any that is free. Default: 4198, or any where it is taken",
      ),
      Parameters.between(0, 65_535),
      Flag.optional,
    ),
    open: Flag.Boolean("open").pipe(
      Flag.withDescription("Open a browser, which is the default at a terminal"),
      Flag.optional,
    ),
    postgres: Flag.Redacted("postgres").pipe(
      Flag.withMetavar("URL"),
      Flag.withDescription(
        `A database with a copy of the trail, to compare each event with; ${databaseVariable} keeps it out of the list of processes`,
      ),
      Flag.optional,
    ),
    copybook: Flag.String("copybook").pipe(
      Flag.withMetavar("FILE"),
      Flag.withDescription("A copybook that the page may read; can be given again"),
      Flag.atLeast(0),
    ),
    data: Flag.String("data").pipe(
      Flag.withMetavar("FILE"),
      Flag.withDescription("A file of records that the page may read; can be given again"),
      Flag.atLeast(0),
    ),
    config: Flag.String("config").pipe(
      Flag.withMetavar("FILE"),
      Flag.withDescription(
        "Configures the engine of --demo, and with --allow-write can be changed in the page. Default: a file made for it",
      ),
      Flag.optional,
    ),
    allowWrite: Flag.Boolean("allow-write").pipe(
      Flag.withDescription("Let whoever has the address change things; each change is recorded"),
      Flag.withDefault(false),
    ),
  },
  Effect.fnUntraced(function* ({
    allowWrite,
    copybook,
    data,
    demo,
    open,
    port,
    postgres,
    ...given
  }) {
    const { config, target } = given
    const isOpened = Option.getOrElse(open, () => process.stdout.isTTY && process.stdin.isTTY)
    const database = yield* databaseOf(postgres)
    const options = {
      port: Option.getOrUndefined(port),
      isOpened,
      isWritable: allowWrite,
      database,
      files: filesOf(copybook, data),
      configurationFile: Option.getOrUndefined(config),
    }
    if (demo && Option.isSome(target)) {
      return yield* new UsageError({
        parameter: "--demo",
        detail: `makes a trail of its own: leave it or ${target.value} out`,
      })
    }
    if (Option.isSome(config) && Option.isSome(target)) {
      return yield* new UsageError({
        parameter: "--config",
        detail:
          "configures the engine of --demo; which file configures another one, its program says: MonitorServer.layer({ configurationFile })",
      })
    }
    const { inspect, inspectDemo } = yield* Effect.promise(() => import("../inspect/Inspecting.ts"))
    if (Option.isNone(target)) return yield* inspectDemo(options)
    const { targetOf } = yield* Effect.promise(() => import("../inspect/Target.ts"))
    return yield* inspect(yield* targetOf(target.value), options)
  }),
).pipe(
  Command.withDescription(
    "Show a trail in a browser, which checks every proof itself: events, proofs, verification, and, where an engine runs, its actors, queues, alerts and dead letters. The page is on this machine alone, behind a token in its address",
  ),
  Command.withShortDescription("Show a trail, or a running engine, in a browser"),
  Command.withExamples([
    {
      command: "countersign inspect ./trail",
      description: "The files, or the engine that writes them",
    },
    {
      command: "countersign inspect --demo",
      description: "A trail with a record that was changed",
    },
    {
      command: "countersign inspect ./trail --no-open --port 4100",
      description: "Print the address alone, such as for a tunnel",
    },
  ]),
)

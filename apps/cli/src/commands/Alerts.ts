/** `countersign alerts check|rules|schema`: rules of alerts, without running them. */
import { readFile } from "node:fs/promises"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { ExitCode } from "../terminal/ExitCode.ts"
import { UsageError } from "../terminal/Failure.ts"
import { Output } from "../terminal/Output.ts"
import * as Text from "../terminal/Text.ts"
import * as Parameters from "./Parameters.ts"

const loadFiles = Effect.promise(() => import("@countersign/monitor/alert/RuleFile"))
const loadDefaults = Effect.promise(() => import("@countersign/monitor/alert/DefaultRules"))

const checkCommand = Command.make(
  "check",
  {
    file: Argument.String("rules").pipe(
      Argument.withDescription(
        "A file of rules, YAML or JSON, such as countersign alerts rules prints",
      ),
    ),
    json: Parameters.json,
  },
  Effect.fnUntraced(function* ({ file, json }) {
    const output = yield* Output
    const { fromYaml } = yield* loadFiles
    const text = yield* Effect.tryPromise({
      try: () => readFile(file, "utf8"),
      catch: (cause) =>
        new UsageError({
          parameter: "rules",
          detail: `can't read ${file}: ${cause instanceof Error ? cause.message : String(cause)}`,
        }),
    })
    const found = fromYaml(text, file)
    const { paint } = output
    if (Result.isFailure(found)) {
      const { problems } = found.failure
      yield* output.exitWith(ExitCode.no)
      if (json) return yield* output.document({ isValid: false, problems })
      const { formatRuleProblem } = yield* Effect.promise(
        () => import("@countersign/monitor/alert/InvalidAlertRules"),
      )
      return yield* output.lines(
        ...problems.map((problem) => Text.printable(formatRuleProblem(problem))),
        `${paint.bad("✗ refused")}  ${Text.counted(problems.length, "problem")}`,
      )
    }
    const { inhibitions = [], rules, suppressions = [] } = found.success
    if (json) return yield* output.document({ isValid: true, rules: rules.map(({ name }) => name) })
    return yield* output.lines(
      ...Text.aligned(
        rules.map(({ kind, name, severity = "warning" }) => [`  ${name}`, kind, severity]),
      ),
      `${paint.good("✓ valid")}  ${Text.counted(rules.length, "rule")}, ${Text.counted(suppressions.length, "suppression")}, ${Text.counted(inhibitions.length, "inhibition")}`,
    )
  }),
).pipe(
  Command.withDescription(
    "Check a file of alert rules, and print every problem with its line and column. Exit code: 0 valid, 1 refused, 64 can't be read",
  ),
  Command.withShortDescription("Check a file of alert rules"),
)

const rulesCommand = Command.make(
  "rules",
  { json: Parameters.json },
  Effect.fnUntraced(function* ({ json }) {
    const output = yield* Output
    const { defaultRules } = yield* loadDefaults
    if (json) return yield* output.document(defaultRules)
    const { toYaml } = yield* loadFiles
    return yield* output.write(toYaml(defaultRules))
  }),
).pipe(
  Command.withDescription("Print the rules that come along, as a file to begin with"),
  Command.withShortDescription("Print the default alert rules"),
)

const schemaCommand = Command.make(
  "schema",
  {},
  Effect.fnUntraced(function* () {
    const output = yield* Output
    const { ruleSchema } = yield* loadFiles
    yield* output.write(`${JSON.stringify(ruleSchema(), undefined, 2)}\n`)
  }),
).pipe(
  Command.withDescription("Print the JSON Schema of files of alert rules, for editors"),
  Command.withShortDescription("Print the schema of alert rules"),
)

export const alertsCommand = Command.make("alerts").pipe(
  Command.withDescription("Rules that say when a person is told"),
  Command.withSubcommands([checkCommand, rulesCommand, schemaCommand]),
)

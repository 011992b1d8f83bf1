/** `countersign baseline`: has a program become slower? */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Parameters from "./Parameters.ts"

const file = Argument.String("file").pipe(
  Argument.withDescription("The baseline, a file to be committed"),
)

const command = Argument.String("command").pipe(
  Argument.withDescription("After --: the program to run, with its arguments"),
  Argument.variadic(),
)

const metrics = Flag.String("metric").pipe(
  Flag.withMetavar("PATH[:lower|higher[:UNIT]]"),
  Flag.withDescription(
    "A number in the JSON that the command prints last or the file holds, and which way is better, such as latency.p99:lower:µs. The way may be left out where the baseline or the figure's unit says it. Default: the time that the command takes, and what benches and loads say of themselves",
  ),
  Flag.between(0, 200),
)

const session = {
  from: Flag.String("from").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription(
      "Take figures from a result of npm run bench, a report of countersign bench, or any JSON with --metric; one file is one run",
    ),
    Flag.between(0, 1000),
  ),
  metrics,
  runs: Flag.Int("runs").pipe(
    Flag.withDescription("How often the command is run, after once to warm up"),
    Parameters.between(1, 1000),
    Flag.withDefault(10),
  ),
}

const allowance = Flag.Finite("allowance").pipe(
  Flag.withDescription(
    "What the machine may change by itself from one day to another; more where the stored sessions differ by more",
  ),
  Parameters.between(0, 10),
  Flag.withDefault(0.1),
)

const allowMissing = Flag.Boolean("allow-missing").pipe(
  Flag.withDescription(
    "Take it that a metric of the baseline is gone. Otherwise that fails: what nobody measures any more may have become worse",
  ),
  Flag.withDefault(false),
)

const record = Command.make(
  "record",
  { file, command, ...session },
  Effect.fnUntraced(function* ({ file, ...input }) {
    const stored = yield* Effect.promise(() => import("../baseline/StoredBaseline.ts"))
    return yield* stored.record(file, input)
  }),
).pipe(
  Command.withDescription(
    "Measure a command, or take figures from files, and add them to a baseline as a session",
  ),
)

const compare = Command.make(
  "compare",
  {
    file,
    other: Argument.String("other").pipe(Argument.withDescription("Another one, the newer")),
    allowance,
    allowMissing,
    json: Parameters.json,
  },
  Effect.fnUntraced(function* ({ file, other, ...options }) {
    const stored = yield* Effect.promise(() => import("../baseline/StoredBaseline.ts"))
    return yield* stored.compare(file, other, options)
  }),
).pipe(
  Command.withDescription(
    "Say what two baselines differ in. Exit code: 0 no worse, 1 regressed or gone, 2 undecided",
  ),
  Command.withShortDescription("Say what two baselines differ in"),
)

const check = Command.make(
  "check",
  { file, command, ...session, allowance, allowMissing, json: Parameters.json },
  Effect.fnUntraced(function* ({ allowance, allowMissing, file, json, ...input }) {
    const stored = yield* Effect.promise(() => import("../baseline/StoredBaseline.ts"))
    return yield* stored.check(file, input, { allowance, allowMissing, json })
  }),
).pipe(
  Command.withDescription(
    "Measure now and compare with a baseline. It finds what is worse by more than the allowance; smaller changes need `baseline pair`. Exit code: 0 no worse, 1 regressed or gone, 2 undecided",
  ),
  Command.withShortDescription("Measure now and compare with a baseline"),
)

const pair = Command.make(
  "pair",
  {
    command,
    base: Flag.String("base").pipe(
      Flag.withMetavar("COMMAND"),
      Flag.withDescription("What it is compared with: a line for the shell, which runs both"),
    ),
    metrics,
    budget: Flag.Finite("budget").pipe(
      Flag.withDescription(
        "Ask instead whether the command costs at most this share more than --base, such as 0.05: can a baseline be reached with auditing on?",
      ),
      Parameters.between(0, 10),
      Flag.optional,
    ),
    json: Parameters.json,
  },
  Effect.fnUntraced(function* ({ budget, ...input }) {
    const { inTurns } = yield* Effect.promise(() => import("../baseline/Turns.ts"))
    return yield* inTurns({ ...input, budget: Option.getOrUndefined(budget) })
  }),
).pipe(
  Command.withDescription(
    "Run two commands in turns, 12 to 96 pairs, until they decide: finds 5 % on noisy machines, and raises a false alarm in fewer than 1 of 100 comparisons. Exit code: 0 no worse (or reachable), 1 regressed (or not reachable), 2 undecided",
  ),
  Command.withShortDescription("Run two commands in turns and compare them"),
)

const simulate = Command.make(
  "simulate",
  {
    comparisons: Flag.Int("comparisons").pipe(
      Flag.withDescription("Comparisons for each model of noise"),
      Parameters.between(1, 1_000_000),
      Flag.withDefault(1000),
    ),
    seed: Flag.Int("seed").pipe(
      Flag.withDescription("Decides the noise"),
      Parameters.between(0, 2 ** 32 - 1),
      Flag.withDefault(20_261_122),
    ),
    json: Parameters.json,
  },
  Effect.fnUntraced(function* ({ comparisons, json, seed }) {
    const { simulateComparisons } = yield* Effect.promise(() => import("../baseline/Simulation.ts"))
    return yield* simulateComparisons(comparisons, seed, json)
  }),
).pipe(
  Command.withDescription(
    "Count how often `baseline pair` errs on simulated machines, where the truth is known. Exit code: 0 as promised, 1 not",
  ),
)

export const baselineCommand = Command.make("baseline").pipe(
  Command.withDescription("Store what a program measures, and find out whether it became slower"),
  Command.withSubcommands([record, compare, check, pair, simulate]),
)

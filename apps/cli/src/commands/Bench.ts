/** `countersign bench`: an open load on an engine of its own, or on a server. */
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { UsageError } from "../terminal/Failure.ts"
import { ExitCode } from "../terminal/ExitCode.ts"
import { Output } from "../terminal/Output.ts"
import * as Parameters from "./Parameters.ts"

const flags = {
  rate: Flag.Finite("rate").pipe(
    Flag.withMetavar("N"),
    Flag.withDescription("Starts a second. Default: 10,000 events, or 100 requests"),
    Parameters.between(0.001, 1_000_000),
    Flag.optional,
  ),
  ramp: Flag.String("ramp").pipe(
    Flag.withMetavar("TIME"),
    Flag.withDescription("How long to rise to the rate; counts in no figure. Default: 0"),
    Flag.withDefault("0"),
  ),
  duration: Flag.String("duration").pipe(
    Flag.withMetavar("TIME"),
    Flag.withDescription("How long after the ramp, such as 90s or 5m"),
    Flag.withDefault("60s"),
  ),
  profile: Flag.String("profile").pipe(
    Flag.withMetavar("PARTS"),
    Flag.withDescription(
      "In place of rate, ramp and duration, with commas between: constant:RATE@TIME, ramp:FROM..TO@TIME, step:FROM..TO/STEPS@TIME, burst:BASE..PEAK/EVERY/LENGTH@TIME",
    ),
    Flag.optional,
  ),
  rateTolerance: Flag.Finite("rate-tolerance").pipe(
    Flag.withMetavar("PERCENT"),
    Flag.withDescription("How far off the rate may be; further off, the exit code is 2"),
    Parameters.between(0, 100),
    Flag.withDefault(1),
  ),
  until: Flag.Literals("until", ["accepted", "durable", "published"]).pipe(
    Flag.withDescription("How far an event has to get before its wait is over"),
    Flag.withDefault("durable"),
  ),
  eventSize: Flag.Int("event-size").pipe(
    Flag.withMetavar("BYTES"),
    Flag.withDescription("JSON of one event, before the engine adds an id and a time"),
    Parameters.between(250, 60_000),
    Flag.withDefault(400),
  ),
  config: Flag.String("config").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription("The engine's configuration, a YAML file. Default: the default profile"),
    Flag.optional,
  ),
  directory: Flag.String("directory").pipe(
    Flag.withMetavar("DIR"),
    Flag.withDescription(
      "Where to make the scratch directory; it decides which disk is measured. Default: the system's temporary directory",
    ),
    Flag.optional,
  ),
  url: Flag.String("url").pipe(
    Flag.withMetavar("URL"),
    Flag.withDescription("Send requests there instead of events into an engine"),
    Flag.optional,
  ),
  allowRemote: Flag.Boolean("allow-remote").pipe(
    Flag.withDescription("The URL may be of another machine, whose owner knows"),
    Flag.withDefault(false),
  ),
  method: Flag.Literals("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]).pipe(
    Flag.withDescription("Of the requests. Default: GET, or POST with a body"),
    Flag.optional,
  ),
  headers: Flag.String("headers").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription("A JSON object of headers, in a file since one may be a secret"),
    Flag.optional,
  ),
  body: Flag.String("body").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription("What each request sends"),
    Flag.optional,
  ),
  connections: Flag.Int("connections").pipe(
    Flag.withDescription("Requests at one time; others wait, and their wait counts"),
    Parameters.between(1, 10_000),
    Flag.withDefault(64),
  ),
  timeout: Flag.String("timeout").pipe(
    Flag.withMetavar("TIME"),
    Flag.withDescription("After so long without a byte a request has no answer"),
    Flag.withDefault("10s"),
  ),
  spin: Flag.Finite("spin").pipe(
    Flag.withMetavar("MILLIS"),
    Flag.withDescription(
      "Hold the thread for starts that are so near: starts at their moment, at the cost of processor time",
    ),
    Parameters.between(0, 5),
    Flag.withDefault(0),
  ),
  html: Flag.String("html").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription(
      "Write the report with its charts there, one page that needs nothing else",
    ),
    Flag.optional,
  ),
  json: Parameters.json,
}

type Flags = Command.Command.Config.Infer<typeof flags>

// All of it is loaded when the command runs: the others start without the engine.
const loaded = Effect.promise(() =>
  Promise.all([
    import("@countersign/monitor/load/HttpTarget"),
    import("@countersign/monitor/load/LoadPage"),
    import("@countersign/monitor/load/LoadProfile"),
    import("@countersign/monitor/load/LoadReport"),
    import("@countersign/monitor/load/LoadRun"),
    import("../load/LoadProgressLine.ts"),
    import("../load/LoadSummary.ts"),
  ]),
)

type LoadProfiles = Effect.Success<typeof loaded>[2]

const secondsOf = (
  { parseSeconds }: LoadProfiles,
  parameter: string,
  text: string,
): Effect.Effect<number, UsageError> => {
  const seconds = parseSeconds(text)
  return seconds === undefined
    ? Effect.fail(
        new UsageError({ parameter, detail: `"${text}" is no time, such as 500ms, 90s or 5m` }),
      )
    : Effect.succeed(seconds)
}

const profileOf = Effect.fnUntraced(function* (
  profiles: LoadProfiles,
  { duration, profile, ramp, rate, url }: Flags,
) {
  if (Option.isSome(profile)) {
    if (Option.isNone(rate)) return yield* Effect.fromResult(profiles.parse(profile.value))
    const detail = "has rates of its own; leave out --rate"
    return yield* new UsageError({ parameter: "--profile", detail })
  }
  const perSecond = Option.getOrElse(rate, () => (Option.isSome(url) ? 100 : 10_000))
  const rampSeconds = yield* secondsOf(profiles, "--ramp", ramp)
  const seconds = yield* secondsOf(profiles, "--duration", duration)
  return yield* Effect.fromResult(profiles.steady(perSecond, rampSeconds, seconds))
})

const textOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

const readOf = (parameter: string, file: Option.Option<string>) =>
  Effect.try({
    try: () => (Option.isNone(file) ? Buffer.alloc(0) : fs.readFileSync(file.value)),
    catch: (cause) => new UsageError({ parameter, detail: textOf(cause) }),
  })

const headersOf = Effect.fnUntraced(function* (file: Option.Option<string>) {
  const bytes = yield* readOf("--headers", file)
  if (bytes.length === 0) return {}
  const parsed = yield* Effect.try({
    try: (): unknown => JSON.parse(bytes.toString("utf8")),
    // What the parser says quotes the file, and a header may be a secret.
    catch: () => new UsageError({ parameter: "--headers", detail: "the file holds no JSON" }),
  })
  const pairs = typeof parsed === "object" && parsed !== null ? Object.entries(parsed) : []
  const headers = pairs.filter((pair): pair is [string, string] => typeof pair[1] === "string")
  if (pairs.length > 0 && headers.length === pairs.length) return Object.fromEntries(headers)
  const detail = "the file holds no JSON object of texts"
  return yield* new UsageError({ parameter: "--headers", detail })
})

const scratchIn = (parent: string, bytes: number) =>
  Effect.try({
    try: () => {
      const { bavail, bsize } = fs.statfsSync(parent)
      if (bavail * bsize < bytes) {
        const gigabytes = (value: number) => (value / 1e9).toFixed(1)
        throw new Error(
          `this load needs about ${gigabytes(bytes)} GB there, and ${gigabytes(bavail * bsize)} GB are free`,
        )
      }
      return fs.mkdtempSync(path.join(parent, "countersign-bench-"))
    },
    catch: (cause) =>
      new UsageError({ parameter: "--directory", detail: `${parent}: ${textOf(cause)}` }),
  })

/** The trail, what the log holds of it meanwhile, and the hashes. */
const bytesOf = (starts: number, eventBytes: number): number => starts * (2 * eventBytes + 700)

const removed = (scratch: string) =>
  Effect.sync(() => fs.rmSync(scratch, { recursive: true, force: true }))

/** Before the load, since its report would be lost after it. */
const requireWritable = (file: Option.Option<string>) =>
  Option.isNone(file)
    ? Effect.void
    : Effect.try({
        try: () => fs.accessSync(path.dirname(path.resolve(file.value)), fs.constants.W_OK),
        catch: (cause) => new UsageError({ parameter: "--html", detail: textOf(cause) }),
      })

const written = (file: Option.Option<string>, page: () => string) =>
  Option.isNone(file)
    ? Effect.void
    : Effect.try({
        try: () => fs.writeFileSync(file.value, page()),
        catch: (cause) => new UsageError({ parameter: "--html", detail: textOf(cause) }),
      })

const bench = Effect.fnUntraced(function* (given: Flags) {
  const output = yield* Output
  const [targets, pages, profiles, reports, runs, progresses, summaries] = yield* loaded
  const profile = yield* profileOf(profiles, given)
  yield* requireWritable(given.html)
  const all = [...profile.warmup, ...profile.segments]
  const line = new progresses.LoadProgressLine(process.stderr, profiles.secondsOf(all))
  const common = {
    profile,
    rateTolerance: given.rateTolerance / 100,
    spinMillis: given.spin,
    progress: line.update.bind(line),
  }
  let scratch: string | undefined
  const load = Effect.gen(function* () {
    if (Option.isSome(given.url)) {
      const url = yield* Effect.fromResult(targets.parseTarget(given.url.value, given.allowRemote))
      const body = yield* readOf("--body", given.body)
      const timeoutSeconds = yield* secondsOf(profiles, "--timeout", given.timeout)
      return yield* runs.loadHttp({
        ...common,
        url,
        body,
        headers: yield* headersOf(given.headers),
        method: Option.getOrElse(given.method, () => (body.length === 0 ? "GET" : "POST")),
        connections: given.connections,
        timeoutMillis: timeoutSeconds * 1000,
      })
    }
    const parent = path.resolve(Option.getOrElse(given.directory, tmpdir))
    const starts = profiles.startsOf(all)
    scratch = yield* scratchIn(parent, bytesOf(starts, given.eventSize))
    const made = scratch
    yield* output.say(`countersign: ${profiles.profileText(profile)}, in ${made}`)
    return yield* runs
      .loadEngine({
        ...common,
        directory: path.join(made, "trail"),
        configFile: Option.getOrUndefined(given.config),
        until: given.until,
        eventBytes: given.eventSize,
      })
      .pipe(Effect.onError(() => removed(made)))
  })
  const report = yield* load.pipe(Effect.ensuring(Effect.sync(() => line.clear())))
  yield* written(given.html, () => pages.loadPage(report))
  const isSound = reports.isSound(report)
  if (!isSound) yield* output.exitWith(ExitCode.no)
  else if (!report.rate.isReached) yield* output.exitWith(ExitCode.incomplete)
  if (scratch !== undefined) {
    if (isSound) yield* removed(scratch)
    else yield* output.say(`countersign: the trail is in ${scratch}`)
  }
  return yield* given.json
    ? output.document(report)
    : output.lines(...summaries.summaryLines(report, output.paint))
})

export const benchCommand = Command.make("bench", flags, (given) =>
  // A signal ends the load and not the report of what was.
  Effect.uninterruptible(bench(given)),
).pipe(
  Command.withDescription(
    "Put a load on an engine of its own, in a scratch directory, and count each wait from when its event was meant to be recorded, so that a slow answer hides nothing. Then the trail is verified and every event counted. With --url: the same with requests to a server. A signal ends the load and reports what was. Exit code: 0 all is there, 1 something is missing or a request failed, 2 all is there, but the rate was not reached, so the waits are those of another load",
  ),
  Command.withShortDescription("Put a load on it, and measure every wait"),
)

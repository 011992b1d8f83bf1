/**
 * The dispatcher of an engine's trail.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { InvalidConfig } from "../config/InvalidConfig.ts"
import { Disk } from "../platform/Disk.ts"
import type { OpenTrail } from "../trail/OpenTrail.ts"
import * as Dispatcher from "./Dispatcher.ts"
import type { EngineOptions } from "./EngineOptions.ts"
import { configured, type Sink } from "./Sink.ts"
import type { Supervisor } from "./Supervisor.ts"
import { readFrom } from "./TrailFeed.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface TrailDispatcherParts {
  readonly disk: Disk["Service"]
  readonly options: EngineOptions
  readonly sinks: ReadonlyArray<Sink>
  readonly supervisor: Supervisor["Service"]
  readonly trail: OpenTrail
}

const retryMinMillis = 100
const circuitFailures = 5
const circuitOpenMillis = 1000

/**
 * The sinks, with those marked as required that the configuration names.
 *
 * - Errors: a name that no sink has; a quorum that can never be reached.
 *
 * @category constructors
 * @since 0.1.0
 */
export const withRequired = (
  sinks: ReadonlyArray<Sink>,
  { quorum, required }: Pick<EngineOptions["dispatch"], "quorum" | "required">,
): Result.Result<ReadonlyArray<Sink>, InvalidConfig> => {
  const names = new Set(required === "" ? [] : required.split(","))
  const marked = sinks.map((sink) =>
    names.has(sink.name) ? configured(sink, { isRequired: true }) : sink,
  )
  const invalid = (path: string, actual: string, expected: string) =>
    Result.fail(new InvalidConfig({ problems: [{ source: "program", path, actual, expected }] }))
  const known = sinks.map(({ name }) => name)
  const unknown = [...names].find((name) => !known.includes(name))
  if (unknown !== undefined) {
    return invalid(
      "dispatch.required",
      `names the sink ${JSON.stringify(unknown)}`,
      known.length === 0 ? "nothing: there are no sinks" : `some of ${known.join(", ")}`,
    )
  }
  const count = marked.filter(({ delivery }) => delivery?.isRequired === true).length
  return quorum > count
    ? invalid(
        "dispatch.quorum",
        `is ${quorum}`,
        `at most ${count}, since so many sinks are required`,
      )
    : Result.succeed(marked)
}

/**
 * Starts the deliveries of a trail, under the engine's supervisor.
 *
 * @category constructors
 * @since 0.1.0
 */
export const dispatchTrail = Effect.fnUntraced(function* (parts: TrailDispatcherParts) {
  const { disk, options, supervisor, trail } = parts
  const { directory, dispatch, origin } = options
  const { recovered } = trail
  const { deliverMillisMax, retryMaxMillis } = dispatch
  const sinks = yield* Effect.fromResult(withRequired(parts.sinks, dispatch))
  return yield* Dispatcher.make(
    {
      trail: origin,
      directory,
      sinks,
      nextSequence: recovered.nextSequence,
      readFrom: readFrom(disk, directory, origin, recovered.writer),
      ringBytesMax: dispatch.ringBytesMax,
      batchBytesMax: dispatch.batchBytesMax,
      cursorWait: dispatch.cursorMillis,
      deliverTimeout: deliverMillisMax,
      quorum: dispatch.quorum,
      signer: () => trail.keys.signer,
      retry: { fromMillis: retryMinMillis, toMillis: retryMaxMillis },
      circuit: {
        failures: circuitFailures,
        openMillis: Math.min(circuitOpenMillis, retryMaxMillis),
        openMillisMax: retryMaxMillis,
      },
    },
    supervisor,
  ).pipe(Effect.provideService(Disk, disk))
})

/** `countersign top [URL|DIR]`: a running engine, as it runs. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { keptSecret, leadsHere, tokenVariable } from "../monitor/MonitorAddress.ts"
import { UsageError } from "../terminal/Failure.ts"
import * as Parameters from "./Parameters.ts"

const tokenGiven = (): string => process.env[tokenVariable] ?? ""

const addressIn = (text: string): URL | undefined =>
  /^wss?:\/\//.test(text) ? (URL.parse(text) ?? undefined) : undefined

/** Where a monitor listens, and what it wants to hear. */
const placeOf = Effect.fnUntraced(function* (target: string) {
  const address = addressIn(target)
  if (address !== undefined) {
    yield* keptSecret(address)
    const token = tokenGiven()
    if (token !== "") return { url: target, token: Redacted.make(token) }
    return yield* new UsageError({
      parameter: "target",
      detail: `an address needs the token in ${tokenVariable}; a trail's directory has both beside it`,
    })
  }
  const Announcement = yield* Effect.promise(
    () => import("@countersign/monitor/server/Announcement"),
  )
  const found = yield* Announcement.read(target)
  if (Option.isSome(found)) {
    if (!leadsHere(found.value)) {
      return yield* new UsageError({
        parameter: "target",
        detail: `${Announcement.fileOf(target)} leads elsewhere than to this machine, and may have come with the trail from anybody: give the monitor's address, with its token in ${tokenVariable}`,
      })
    }
    return { url: found.value.url, token: Redacted.make(found.value.token) }
  }
  return yield* new UsageError({
    parameter: "target",
    detail: `no monitor has said in ${Announcement.fileOf(target)} where it listens: the process that runs the engine starts one with MonitorServer.layer()`,
  })
})

export const topCommand = Command.make(
  "top",
  {
    target: Argument.String("target").pipe(
      Argument.withDescription("The trail's directory, or the address of its monitor"),
    ),
    once: Flag.Boolean("once").pipe(
      Flag.withDescription("Print what is now, and end"),
      Flag.withDefault(false),
    ),
    json: Parameters.json,
  },
  Effect.fnUntraced(function* ({ json, once, target }) {
    const place = yield* placeOf(target)
    const { show } = yield* Effect.promise(() => import("../top/Top.ts"))
    const isTerminal = process.stdout.isTTY && process.stdin.isTTY
    yield* show(place, json ? "json" : once || !isTerminal ? "once" : "live")
  }),
).pipe(
  Command.withDescription(
    "Show a running engine: each step's rate and how far it is behind, each actor and what it waits on, and the alerts. Without a terminal it prints what is now",
  ),
  Command.withShortDescription("Show a running engine"),
  Command.withExamples([
    { command: "countersign top ./trail", description: "Of the engine that writes this trail" },
    {
      command: "countersign top ./trail --json | jq .snapshot.sinks",
      description: "What is now, for programs",
    },
  ]),
)

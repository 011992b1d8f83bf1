/** A viewer at a terminal: what the monitor says, on the screen. */
import { connect, type MonitorClient } from "@countersign/monitor/server/MonitorClient"
import { advance, type Frame } from "@countersign/monitor/protocol/Update"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { Output } from "../terminal/Output.ts"
import { drawn, takeTerminal } from "./Keyboard.ts"
import { screenOf } from "./TopScreen.ts"
import { initialView, keysOf, press } from "./TopView.ts"

/** The monitor could not be reached, or has gone away. */
export class MonitorGone extends Schema.TaggedError<MonitorGone>("@countersign/cli/MonitorGone")(
  "MonitorGone",
  {
    code: Schema.tag("AUD-6603"),
    isRetryable: Schema.tag(true),
    url: Schema.String,
    detail: Schema.String,
  },
) {
  override get message(): string {
    return `${this.code}: the monitor at ${this.url}: ${this.detail}`
  }
}

export interface MonitorPlace {
  readonly url: string
  readonly token: Redacted.Redacted
}

/** Wide enough for each line of what is printed once. */
const printedColumns = 200

const frames = (client: MonitorClient) =>
  client.Watch().pipe(
    Stream.mapAccum(
      (): Frame | undefined => undefined,
      (seen, update) => {
        const frame = advance(seen, update)
        return [frame, frame === undefined ? [] : [frame]] as const
      },
    ),
  )

/** The second frame, since rates are between two. */
const one = Effect.fnUntraced(function* (client: MonitorClient, origin: string, isJson: boolean) {
  const output = yield* Output
  const [frame] = (yield* frames(client).pipe(Stream.take(2), Stream.runCollect)).slice(-1)
  if (frame === undefined) return
  const screen = { columns: printedColumns, rows: undefined, paint: output.paint }
  yield* isJson
    ? output.document({ origin, ...frame })
    : output.lines(...screenOf({ origin, ...frame }, initialView, screen))
})

const live = Effect.fnUntraced(function* (client: MonitorClient, origin: string) {
  const { paint } = yield* Output
  const left = yield* Deferred.make<void>()
  let view = initialView
  let shown: Frame | undefined
  const draw = (): void => {
    if (shown === undefined) return
    // A terminal that does not know its size says 0.
    const columns = process.stdout.columns || 80
    const rows = process.stdout.rows || 24
    process.stdout.write(drawn(screenOf({ origin, ...shown }, view, { columns, rows, paint })))
  }
  yield* takeTerminal((text) => {
    for (const key of keysOf(text)) {
      const next = press(view, key)
      if (next === undefined) return void Deferred.doneUnsafe(left, Effect.void)
      view = next
    }
    draw()
  }, draw)
  const showing = Stream.runForEach(frames(client), (frame) =>
    Effect.sync(() => {
      // While it is paused frames go on coming, so that going on shows the newest.
      if (view.isPaused && shown !== undefined) return
      shown = frame
      draw()
    }),
  )
  yield* Effect.raceFirst(showing, Deferred.await(left))
})

export const show = (place: MonitorPlace, how: "live" | "once" | "json") =>
  Effect.scoped(
    Effect.gen(function* () {
      const client = yield* connect(place.url, place.token)
      const { origin } = yield* client.About()
      yield* how === "live" ? live(client, origin) : one(client, origin, how === "json")
    }),
  ).pipe(
    Effect.catchIf(
      (error) => error._tag === "RpcClientError" || error._tag === "MonitorRefused",
      (error) => Effect.fail(new MonitorGone({ url: place.url, detail: error.message })),
    ),
  )

/** One recording: the engine opened, lines imported, the engine closed. */
import { Audit } from "@countersign/core/Audit"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { ProgressBar } from "../terminal/ProgressBar.ts"
import { Importer, type Pause } from "./Importer.ts"
import type { Input } from "./Input.ts"

export interface RecordingOptions {
  readonly directory: string
  /** The trail's name; `undefined` for the engine's default. */
  readonly origin: string | undefined
  /** A YAML file with the rest of the engine's configuration. */
  readonly config: string | undefined
}

/** Waits for what the importer waits for. */
const afterPause = (audit: Audit["Service"], pause: Pause) => {
  switch (pause._tag) {
    case "Room":
      return Effect.raceFirst(audit.room(pause.class), audit.failed)
    case "Flush":
      return audit.flush
    case "Failed":
      return audit.failed
  }
}

const importAll = Effect.fnUntraced(function* (
  audit: Audit["Service"],
  input: Input,
  importer: Importer,
  bar: ProgressBar,
) {
  let bytes = 0
  const untilDone = (step: () => Pause | undefined) =>
    Effect.gen(function* () {
      for (let pause = step(); pause !== undefined; pause = step()) {
        yield* afterPause(audit, pause)
      }
    })
  yield* Stream.runForEach(input.chunks, (chunk) =>
    Effect.suspend(() => {
      bytes += chunk.length
      importer.lines.push(chunk)
      bar.update(
        importer.recorded,
        input.sizeBytes === undefined ? undefined : bytes / Math.max(input.sizeBytes, 1),
      )
      return untilDone(() => importer.run())
    }),
  )
  yield* untilDone(() => importer.finish())
  return bytes
})

/** Opens the engine, imports, closes; what the engine then says of itself is the summary. */
const run = Effect.fnUntraced(function* (input: Input, directory: string) {
  const audit = yield* Audit
  const clock = yield* Clock.clockWith(Effect.succeed)
  const importer = new Importer(audit)
  const now = () => clock.currentTimeMillisUnsafe()
  const from = now()
  const bar = new ProgressBar(process.stderr, "recording", now)
  const bytes = yield* importAll(audit, input, importer, bar).pipe(
    Effect.ensuring(Effect.sync(() => bar.clear())),
  )
  yield* audit.close
  const { accounts, origin, publishedSize } = audit.status()
  const lost = accounts.reduce((total, account) => total + account.lost, 0)
  const sampledOut = accounts.reduce((total, account) => total + account.sampledOut, 0)
  return {
    trail: directory,
    origin,
    recorded: importer.recorded - lost - sampledOut,
    refused: importer.refused,
    sampledOut,
    lost,
    size: publishedSize,
    bytes,
    millis: now() - from,
    ...(importer.first === undefined ? {} : { firstRefused: importer.first }),
  }
})

/** Records everything that the input has. */
export const record = (input: Input, { config, directory, origin }: RecordingOptions) =>
  run(input, directory).pipe(
    Effect.provide(
      Audit.layer(
        { directory, ...(origin === undefined ? {} : { origin }) },
        config === undefined ? {} : { file: config },
      ),
    ),
  )

export type Recorded = Effect.Success<ReturnType<typeof record>>

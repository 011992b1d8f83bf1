/**
 * Where a server's answers come from: a running engine, or the files of a trail alone.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import type { Audit } from "@countersign/core/Audit"
import type { ShownField } from "@countersign/core/config/ConfigChange"
import type { Disk } from "@countersign/core/platform/Disk"
import { requireDirectory } from "@countersign/core/trail/TrailDirectory"
import { readCheckpoint, type TrailReadError } from "@countersign/core/trail/TrailReader"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Scope } from "effect/Scope"
import type { About } from "../protocol/MonitorProtocol.ts"
import { snapshotOf } from "./EngineView.ts"
import type { GivenFiles } from "./FileQuestions.ts"
import * as Frames from "./Frames.ts"
import type { SecondCopies } from "./SecondCopy.ts"
import { MonitorViews, type Views } from "./MonitorViews.ts"

/**
 * What only a running engine has.
 *
 * @category models
 * @since 0.1.0
 */
export interface RunningEngine {
  readonly audit: Audit["Service"]
  readonly views: Views
  readonly frames: Frames.Frames
  readonly frameMillis: number
  readonly configuration: () => ReadonlyArray<ShownField>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface MonitorSource {
  readonly directory: string
  readonly startedMillis: number
  /** Of the key in force; `undefined`: the one that lies beside the trail is all there is. */
  readonly verifierKey: () => string | undefined
  readonly origin: Effect.Effect<string, TrailReadError, Disk>
  readonly engine: RunningEngine | undefined
  /** Other stores of the same entries, by their names. */
  readonly copies?: SecondCopies
  /** Copybooks and records to show. */
  readonly files?: GivenFiles
}

/**
 * A running engine.
 *
 * @param frameMillis between two frames
 * @category constructors
 * @since 0.1.0
 */
export const overEngine = (
  audit: Audit["Service"],
  frameMillis: number,
): Effect.Effect<MonitorSource, never, Scope> =>
  Effect.gen(function* () {
    const views = yield* MonitorViews
    const startedMillis = yield* Clock.currentTimeMillis
    const frames = yield* Frames.make(
      (before, seconds) =>
        snapshotOf(
          {
            status: audit.status(),
            actors: audit.actors(),
            readings: views.readings(),
            alerts: views.alerts(),
            findings: views.findings(),
          },
          before,
          seconds,
        ),
      frameMillis,
    )
    const { configuration } = audit
    return {
      directory: path.resolve(audit.status().directory),
      startedMillis,
      verifierKey: () => audit.status().verifierKey,
      origin: Effect.sync(() => audit.status().origin),
      engine: { audit, views, frames, frameMillis, configuration },
    }
  })

/**
 * The files of a trail, with or without a process that writes them.
 *
 * @category constructors
 * @since 0.1.0
 */
export const overDirectory = Effect.fnUntraced(function* (directory: string) {
  yield* requireDirectory(directory)
  const startedMillis = yield* Clock.currentTimeMillis
  const source: MonitorSource = {
    directory: path.resolve(directory),
    startedMillis,
    verifierKey: () => undefined,
    origin: Effect.map(readCheckpoint(directory), (signed) => signed?.checkpoint.origin ?? ""),
    engine: undefined,
  }
  return source
})

/**
 * Who answers, as a viewer is told.
 *
 * @category accessors
 * @since 0.1.0
 */
export const aboutOf = (
  source: MonitorSource,
  origin: string,
  isWritable: boolean,
  protocol: number,
): About => ({
  protocol,
  over: source.engine === undefined ? "directory" : "engine",
  origin,
  directory: source.directory,
  verifierKey: source.verifierKey() ?? "",
  pid: process.pid,
  node: process.version,
  startedMillis: source.startedMillis,
  frameMillis: source.engine?.frameMillis ?? 0,
  isWritable,
})

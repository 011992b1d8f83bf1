/** A folder with a trail, an engine over it that can end and begin again, and an editor over it. */
import { mkdir, writeFile } from "node:fs/promises"
import * as path from "node:path"
import { Audit } from "@countersign/core/Audit"
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { MonitorServer, type MonitorServerOptions } from "@countersign/monitor/server/MonitorServer"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { type Active, start } from "../Activation.ts"
import { type FakeEditor, makeFakeEditor } from "./FakeEditor.ts"

export interface Running {
  readonly url: string
  readonly token: string
}

export interface EngineInEditor {
  readonly folder: string
  readonly directory: string
  /** Writes events, and ends the engine. */
  readonly write: (events: ReadonlyArray<AuditEventInput>) => Promise<void>
  /** An engine with a monitor for as long as `use` takes. */
  readonly whileRunning: (
    use: (running: Running) => Promise<void>,
    options?: MonitorServerOptions,
  ) => Promise<void>
  /** The extension in an editor; ends with the test. */
  readonly activated: (options?: { readonly isTrusted?: boolean }) => Promise<FakeEditor & Active>
}

/** Units: milliseconds. */
const turnMillis = 10

/** Waits for a state, and for no time. */
export const until = async <A>(look: () => A | Promise<A>): Promise<NonNullable<A>> => {
  for (;;) {
    const found = await look()
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, turnMillis))
  }
}

const pageIn = async (folder: string): Promise<void> => {
  const assets = path.join(folder, "page/assets")
  await mkdir(assets, { recursive: true })
  await writeFile(
    path.join(folder, "page/index.html"),
    '<script type="module" crossorigin src="./assets/index-12345678.js"></script>',
  )
  await writeFile(path.join(assets, "index-12345678.js"), "")
  await writeFile(path.join(assets, "ProofWorker-12345678.js"), "postMessage('thread')")
}

const running = (
  fixture: AuditFixture.AuditFixture,
  use: (running: Running) => Promise<void>,
  options: MonitorServerOptions = {},
) =>
  fixture.withAudit(
    Effect.gen(function* () {
      const audit = yield* Audit
      yield* audit.publish
      const context = yield* Layer.build(
        MonitorServer.layer({ frameMillis: 50, ...options }).pipe(Layer.provide(NodeDisk.layer)),
      )
      const { token, url } = Context.get(context, MonitorServer)
      yield* Effect.promise(() => use({ url, token: Redacted.value(token) }))
    }).pipe(Effect.scoped),
  )

/** A monitor over the files of a trail for as long as `use` takes. */
export const overFiles = (
  directory: string,
  use: (running: Running) => Promise<void>,
): Promise<void> =>
  Effect.runPromise(
    Effect.gen(function* () {
      const context = yield* Layer.build(
        MonitorServer.layerDirectory(directory).pipe(Layer.provide(NodeDisk.layer)),
      )
      const { token, url } = Context.get(context, MonitorServer)
      yield* Effect.promise(() => use({ url, token: Redacted.value(token) }))
    }).pipe(Effect.scoped),
  )

const written = (fixture: AuditFixture.AuditFixture, events: ReadonlyArray<AuditEventInput>) =>
  fixture.withAudit(
    Effect.gen(function* () {
      const audit = yield* Audit
      yield* Effect.forEach(events, (event) => audit.record(event), { discard: true })
      yield* audit.publish
    }),
  )

const given = (folder: string, extensionPath: string, active: Array<Active>): EngineInEditor => {
  const fixture = AuditFixture.make(path.join(folder, "trail"))
  return {
    folder,
    directory: fixture.directory,
    write: (events) => Effect.runPromise(written(fixture, events)),
    whileRunning: (inside, options) => Effect.runPromise(running(fixture, inside, options)),
    activated: async (options = {}) => {
      const fake = makeFakeEditor({ folder, extensionPath, ...options })
      const { context, editor } = fake
      const started = await start({ editor, context, retryMillis: turnMillis })
      active.push(started)
      return { ...fake, ...started }
    },
  }
}

export const inEditor = (use: (given: EngineInEditor) => Promise<void>) =>
  Effect.gen(function* () {
    const folder = yield* temporaryDirectory
    const extension = yield* temporaryDirectory
    yield* Effect.promise(async () => {
      const active: Array<Active> = []
      await pageIn(extension)
      try {
        await use(given(folder, extension, active))
      } finally {
        await Promise.all(active.map(({ end }) => end()))
      }
    })
  }).pipe(Effect.scoped)

/** A folder with a trail that somebody changed and one of a running engine, in a real editor. */
import { mkdirSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { Audit } from "@countersign/core/Audit"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { openBrowser } from "@countersign/inspector/testing/Browser"
import { changeEntry } from "@countersign/inspector/testing/Tampering"
import { MonitorServer } from "@countersign/monitor/server/MonitorServer"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { CodeServer } from "./CodeServer.ts"
import { type EditorDriver, openEditor } from "./EditorDriver.ts"

/** The record that was changed. */
export const tampered = 123
const eventsCount = 300

const written = Effect.gen(function* () {
  const audit = yield* Audit
  for (let index = 0; index < eventsCount; index += 1) {
    yield* audit.record({ ...AuditFixture.event, actor: { id: `u-${index}`, type: "user" } })
  }
  yield* audit.publish
})

const serving = Effect.gen(function* () {
  yield* written
  yield* Layer.build(MonitorServer.layer().pipe(Layer.provide(NodeDisk.layer)))
})

/** Of a test that fails, what was on the screen stays. */
const pictured = async (
  driver: EditorDriver,
  use: (driver: EditorDriver) => Promise<void>,
): Promise<void> => {
  try {
    await use(driver)
  } catch (error) {
    const file = path.join(tmpdir(), `countersign-editor-${Date.now()}.png`)
    await driver.page.screenshot({ path: file })
    throw new Error(`${file} shows what was on the screen`, { cause: error })
  }
}

export const inRealEditor = (use: (driver: EditorDriver) => Promise<void>) =>
  Effect.gen(function* () {
    const { url } = yield* CodeServer
    const folder = path.join(yield* temporaryDirectory, "work")
    mkdirSync(folder)
    const changed = AuditFixture.make(path.join(folder, "changed"))
    yield* changed.withAudit(written)
    changeEntry(changed.directory, tampered)
    const browser = yield* openBrowser
    yield* AuditFixture.make(path.join(folder, "running")).withAudit(
      Effect.gen(function* () {
        yield* serving
        yield* Effect.promise(async () => {
          const driver = await openEditor(browser, url, folder)
          await pictured(driver, use)
          if (driver.complaints.length > 0) throw new Error(driver.complaints.join("\n"))
        })
      }).pipe(Effect.scoped),
    )
  }).pipe(Effect.scoped)

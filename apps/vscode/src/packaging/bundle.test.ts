import { mkdirSync, statSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import * as path from "node:path"
import { Worker } from "node:worker_threads"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { assert, describe, it } from "@effect/vitest"
import type * as vscode from "vscode"
import { inEditor } from "../testing/EngineInEditor.ts"
import { makeFakeEditor } from "../testing/FakeEditor.ts"
import { bundleExtension } from "./bundle.ts"

interface Bundle {
  readonly activate: (context: vscode.ExtensionContext) => Promise<void>
  readonly deactivate: () => Promise<void>
}

/** Where the bundle asks for the editor's module it gets this one. */
const giveEditor = (directory: string, editor: unknown): void => {
  const given = path.join(directory, "node_modules/vscode")
  mkdirSync(given, { recursive: true })
  writeFileSync(path.join(given, "index.js"), "module.exports = globalThis.countersignFakeEditor")
  Object.assign(globalThis, { countersignFakeEditor: editor })
}

describe("the bundle that is packaged", () => {
  it.live("runs without anything beside it but the editor's module", () =>
    inEditor(async ({ folder, write }) => {
      await write([AuditFixture.event])
      const extensionPath = path.join(folder, "extension")
      const directory = path.join(extensionPath, "dist")
      await bundleExtension(directory)
      const fake = makeFakeEditor({ folder, extensionPath })
      giveEditor(extensionPath, fake.editor)
      // The module's exports are those of `Extension.ts`.
      const bundle = createRequire(import.meta.url)(path.join(directory, "Extension.cjs")) as Bundle
      await bundle.activate(fake.context)
      await fake.run("countersign.verify")
      assert.match(fake.messages[0]?.text ?? "", /^trail is verified/)
      await bundle.deactivate()
      const thread = new Worker(path.join(directory, "VerifierWorker.cjs"), {
        workerData: path.join(folder, "trail"),
        execArgv: [],
      })
      await new Promise((resolve, reject) => {
        thread.once("online", resolve)
        thread.once("error", reject)
      })
      await thread.terminate()
      assert.isBelow(statSync(path.join(directory, "Extension.cjs")).size, 1_000_000)
    }),
  )
})

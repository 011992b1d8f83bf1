import { rename } from "node:fs/promises"
import * as path from "node:path"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { readFromEditor } from "@countersign/inspector/WebviewMessage"
import { assert, describe, it } from "@effect/vitest"
import { inEditor, until } from "../testing/EngineInEditor.ts"
import type { FakeWebviewPanel } from "../testing/FakeParts.ts"

const about = '[{"_tag":"Request","id":"1","tag":"About","payload":null,"headers":[]}]'

const posted = (panel: FakeWebviewPanel, type: string, id: number) =>
  until(() =>
    panel.posted
      .map(readFromEditor)
      .find((message) => message?.type === type && "id" in message && message.id === id),
  )

/** Who answers the page in a panel. */
const over = async (panel: FakeWebviewPanel, id: number): Promise<string> => {
  panel.post({ type: "socket.open", id })
  await posted(panel, "socket.open", id)
  panel.post({ type: "socket.send", id, data: about })
  const answer = JSON.stringify(await posted(panel, "socket.message", id))
  return /over\\+":\\+"(\w+)/.exec(answer)?.[1] ?? ""
}

describe("a tab with the page", () => {
  it.live("goes over to the engine that begins while it shows the files", () =>
    inEditor(async ({ activated, whileRunning, write }) => {
      await write([AuditFixture.event])
      const fake = await activated()
      await fake.run("countersign.openInspector")
      const panel = await until(() => fake.panels[0])
      assert.strictEqual(await over(panel, 1), "directory")
      await whileRunning(async () => {
        await posted(panel, "socket.close", 1)
        assert.strictEqual(await over(panel, 2), "engine")
      })
    }),
  )

  it.live("is closed where the page can't be read, and opens the next time", () =>
    inEditor(async ({ activated, write }) => {
      await write([AuditFixture.event])
      const fake = await activated()
      const page = path.join(fake.context.extensionUri.fsPath, "page")
      await rename(page, `${page}.away`)
      await fake.run("countersign.openInspector")
      assert.isTrue(fake.panels[0]?.isDisposed)
      assert.match(fake.messages.at(-1)?.text ?? "", /^Countersign: ENOENT/)
      await rename(`${page}.away`, page)
      await fake.run("countersign.openInspector")
      assert.include(fake.panels[1]?.webview.html ?? "", "index-12345678.js")
    }),
  )
})

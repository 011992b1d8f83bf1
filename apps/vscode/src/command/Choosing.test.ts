import * as path from "node:path"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { Audit } from "@countersign/core/Audit"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { inEditor, until } from "../testing/EngineInEditor.ts"

const otherTrail = async (folder: string): Promise<string> => {
  const fixture = AuditFixture.make(path.join(folder, "other"))
  const written = Effect.gen(function* () {
    const audit = yield* Audit
    yield* audit.record({ ...AuditFixture.event, type: "other.event" })
    yield* audit.publish
  })
  await Effect.runPromise(fixture.withAudit(written))
  return fixture.directory
}

describe("a command that is given no trail", () => {
  it.live(
    "is about the one in the tab in front, and then about the one whose event was opened",
    () =>
      inEditor(async ({ activated, directory, folder, write }) => {
        await write([AuditFixture.event])
        const other = await otherTrail(folder)
        const fake = await activated()
        await fake.run("countersign.openInspector", `trail:${directory}`)
        const [first] = fake.panels
        await fake.run("countersign.openEvent", `trail:${other}`, 1)
        assert.match(fake.status().text, /^other /)
        const shown = async (): Promise<string> => {
          await fake.run("countersign.showEvent", undefined, 1)
          return fake.read(await until(() => fake.shownDocuments.at(-1)))
        }
        // Nothing of the extension is in front.
        for (const panel of fake.panels) panel.active = false
        assert.include(await shown(), "other.event")
        if (first !== undefined) first.active = true
        assert.include(await shown(), AuditFixture.event.type)
      }),
  )

  it.live("says why there is no such event, without the address that nobody reads", () =>
    inEditor(async ({ activated, write }) => {
      await write([AuditFixture.event])
      const fake = await activated()
      await fake.run("countersign.showEvent", undefined, 99)
      assert.match(fake.messages.at(-1)?.text ?? "", /^Countersign: AUD-.*no event 99 among/)
    }),
  )
})

import { writeFileSync } from "node:fs"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { inEditor, overFiles } from "../testing/EngineInEditor.ts"
import { tamper } from "../testing/Tampering.ts"

const events = Array.from({ length: 25 }, () => AuditFixture.event)

describe("verifying a trail in an editor", () => {
  it.live("believes the files and no monitor that says it is of the engine that writes them", () =>
    inEditor(async (clean) => {
      await clean.write(events)
      await overFiles(clean.directory, ({ token, url }) =>
        Effect.runPromise(
          inEditor(async ({ activated, directory, write }) => {
            await write(events)
            tamper(directory)
            writeFileSync(`${directory}.monitor`, JSON.stringify({ url, token, pid: 1 }))
            const fake = await activated()
            await fake.run("countersign.verify")
            assert.match(fake.messages[0]?.text ?? "", /^trail is tampered/)
            assert.match(fake.status().text, /\$\(error\) tampered/)
          }),
        ),
      )
    }),
  )

  it.live("says that it is the monitor's own word where the files are elsewhere", () =>
    inEditor(async ({ activated, directory, write }) => {
      await write(events)
      await overFiles(directory, async ({ token, url }) => {
        const fake = await activated()
        fake.answers.picks.push("An engine at an address")
        fake.answers.inputs.push(url, token)
        await fake.run("countersign.connect")
        await fake.run("countersign.verify")
        assert.match(fake.messages.at(-1)?.text ?? "", /^The monitor itself says: .* is verified/)
      })
    }),
  )
})

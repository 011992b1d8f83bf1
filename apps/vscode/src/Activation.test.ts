import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { readFromEditor } from "@countersign/inspector/WebviewMessage"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as vscode from "vscode"
import { inEditor, until } from "./testing/EngineInEditor.ts"
import type { FakeEditor } from "./testing/FakeEditor.ts"
import { FakeWebviewPanel } from "./testing/FakeParts.ts"
import { tamper } from "./testing/Tampering.ts"

const events = Array.from({ length: 25 }, () => AuditFixture.event)

const about = '[{"_tag":"Request","id":"1","tag":"About","payload":null,"headers":[]}]'

const panelOf = async (fake: FakeEditor): Promise<FakeWebviewPanel> => {
  await fake.run("countersign.openInspector")
  return until(() => fake.panels.at(-1))
}

const posted = (panel: FakeWebviewPanel, type: string, id: number) =>
  until(() =>
    panel.posted
      .map(readFromEditor)
      .find((message) => message?.type === type && "id" in message && message.id === id),
  )

/** Everything that the extension has shown, kept or said, but for the store of secrets. */
const allSaid = (fake: FakeEditor): string =>
  JSON.stringify([
    Array.from(fake.workspaceState),
    fake.messages,
    fake.executed,
    fake.progress,
    fake.clipboard(),
    fake.panels.map(({ posted, webview }) => [posted, webview.html]),
  ])

describe("the extension beside a running engine", () => {
  it.live("finds the engine of a trail in the folder, and shows its actors as they are", () =>
    inEditor(async ({ activated, whileRunning, write }) => {
      await write(events)
      await whileRunning(async () => {
        const fake = await activated()
        const rows = await until(async () => {
          const lines = await fake.tree("countersign.actors")
          return lines.length > 3 ? lines : undefined
        })
        assert.isTrue(
          rows.some((row) => /^ +pool, stage, (?:idle|running)/.test(row)),
          rows.join("\n"),
        )
        const [trail] = await fake.tree("countersign.trails")
        assert.match(trail ?? "", /^trail, \d+ entries, engine announced, looked at$/)
        assert.match(fake.status().text, /^trail \$\(pulse\) \d+\/s/)
        assert.isUndefined(fake.badge("countersign.actors"))
      })
    }),
  )

  it.live("carries the page's connection there and back, and keeps the token to itself", () =>
    inEditor(async ({ activated, whileRunning, write }) => {
      await write(events)
      await whileRunning(async ({ token }) => {
        const fake = await activated()
        const panel = await panelOf(fake)
        assert.include(panel.webview.html, "connect-src &#39;none&#39;")
        assert.include(panel.webview.html, "ProofWorker-12345678.js")
        panel.post({ type: "socket.open", id: 1 })
        await posted(panel, "socket.open", 1)
        panel.post({ type: "socket.send", id: 1, data: about })
        const answer = await posted(panel, "socket.message", 1)
        assert.include(JSON.stringify(answer), '\\"over\\":\\"engine\\"')
        panel.post({ type: "run", command: "something" })
        panel.post({ type: "copy", text: "copied" })
        assert.strictEqual(fake.clipboard(), "copied")
        assert.notInclude(allSaid(fake), token)
        assert.strictEqual(fake.secrets.size, 0)
      })
    }),
  )

  it.live("says when the engine does not answer, and finds it again where it begins anew", () =>
    inEditor(async ({ activated, whileRunning, write }) => {
      await write(events)
      const held: { fake?: FakeEditor; panel?: FakeWebviewPanel } = {}
      await whileRunning(async () => {
        const fake = await activated()
        held.fake = fake
        held.panel = await panelOf(fake)
        await until(() => /pulse/.test(fake.status().text))
        held.panel.post({ type: "socket.open", id: 1 })
        await posted(held.panel, "socket.open", 1)
      })
      const { fake, panel } = held
      if (fake === undefined || panel === undefined) throw new Error("nothing was opened")
      await posted(panel, "socket.close", 1)
      await until(() => fake.treeMessage("countersign.actors"))
      assert.isNotEmpty(await fake.tree("countersign.actors"))
      assert.include(fake.status().accessibilityInformation?.label ?? "", "engine away")
      await whileRunning(async () => {
        await until(() => /pulse/.test(fake.status().text))
        panel.post({ type: "socket.open", id: 2 })
        await posted(panel, "socket.open", 2)
        assert.strictEqual(fake.treeMessage("countersign.actors"), "")
      })
    }),
  )

  it.live("keeps the token of an address with the editor's secrets, and forgets it when told", () =>
    inEditor(async ({ activated, whileRunning, write }) => {
      await write(events)
      await whileRunning(async ({ token, url }) => {
        const fake = await activated()
        fake.answers.picks.push("An engine at an address")
        fake.answers.inputs.push(url, token)
        await fake.run("countersign.connect")
        await until(async () => (await fake.tree("countersign.actors")).length > 3)
        assert.deepStrictEqual(Array.from(fake.secrets), [[`token ${url}`, token]])
        assert.notInclude(allSaid(fake), token)
        await fake.run("countersign.disconnect")
        assert.strictEqual(fake.secrets.size, 0)
        assert.deepStrictEqual(await fake.tree("countersign.actors"), [])
      })
    }),
  )

  it.live("compares an event with its second copy in the editor's own way", () =>
    inEditor(async ({ activated, whileRunning, write }) => {
      await write(events)
      const entry = Buffer.from('{"type":"other"}')
      const table = () => Effect.succeed({ entry, detail: "type differs" })
      await whileRunning(
        async () => {
          const fake = await activated()
          fake.answers.inputs.push("3")
          await fake.run("countersign.compareCopies")
          const [, left, right, title] =
            fake.executed.find(([name]) => name === "vscode.diff") ?? []
          assert.strictEqual(title, "Event 3: trail ↔ PostgreSQL")
          // The command takes two addresses and a title.
          const [stored, other] = [left as vscode.Uri, right as vscode.Uri]
          assert.include(await fake.read(stored), '"type":"patient.record.read"')
          assert.strictEqual(await fake.read(other), '{"type":"other"}')
        },
        { copies: new Map([["PostgreSQL", table]]) },
      )
    }),
  )

  it.live("speaks to no other machine in the clear", () =>
    inEditor(async ({ activated }) => {
      const fake = await activated()
      fake.answers.picks.push("An engine at an address")
      fake.answers.inputs.push("ws://monitor.example/monitor", "t".repeat(40))
      await fake.run("countersign.connect")
      assert.strictEqual(fake.secrets.size, 0)
    }),
  )

  it.live(
    "follows no announcement in a folder that nobody trusts, and reads its files all the same",
    () =>
      inEditor(async ({ activated, whileRunning, write }) => {
        await write(events)
        await whileRunning(async () => {
          const fake = await activated({ isTrusted: false })
          await fake.run("countersign.connect")
          assert.match(fake.messages.at(-1)?.text ?? "", /not trusted/)
          const panel = await panelOf(fake)
          panel.post({ type: "socket.open", id: 1 })
          await posted(panel, "socket.open", 1)
          panel.post({ type: "socket.send", id: 1, data: about })
          assert.include(
            JSON.stringify(await posted(panel, "socket.message", 1)),
            '\\"over\\":\\"directory\\"',
          )
          assert.deepStrictEqual(await fake.tree("countersign.actors"), [])
        })
      }),
  )
})

describe("the extension over the files of a trail", () => {
  it.live("verifies it with progress, and keeps what was said", () =>
    inEditor(async ({ activated, write }) => {
      await write(events)
      const fake = await activated()
      await fake.run("countersign.verify")
      assert.strictEqual(fake.progress[0], "Verifying trail")
      assert.match(fake.messages[0]?.text ?? "", /^trail is verified: \d+ entries/)
      assert.deepStrictEqual(fake.problems(), [])
      assert.match(fake.status().text, /\$\(pass\) verified/)
      assert.match((await fake.tree("countersign.trails")).join(), /verified/)
    }),
  )

  it.live("lands on the record that was tampered with", () =>
    inEditor(async ({ activated, directory, write }) => {
      await write(events)
      const sequence = tamper(directory)
      const fake = await activated()
      fake.answers.buttons.push("Open event")
      await fake.run("countersign.verify")
      const problems = fake.problems()
      assert.isAbove(sequence, 20)
      assert.isTrue(problems.every(([where]) => where.startsWith(`${directory}/tile/`)))
      const said = problems.flatMap(([, found]) => found.map(({ message }) => message))
      assert.isTrue(said.some((text) => text.startsWith(`event ${sequence}: the entry does not`)))
      const panel = await until(() => fake.panels[0])
      await until(() => panel.webview.html)
      assert.include(panel.webview.html, `data-link="event?sequence=${sequence}"`)
      assert.match(fake.status().text, /\$\(error\) tampered/)
      const [shown] = fake.messages
      assert.strictEqual(shown?.kind, "error")
      assert.deepStrictEqual(shown?.actions, ["Open event", "Show problems"])
    }),
  )

  it.live("shows an event as JSON, as the bytes that were hashed, and its proof", () =>
    inEditor(async ({ activated, write }) => {
      const hostile = "left\u202eright"
      await write([{ ...AuditFixture.event, actor: { id: hostile, type: "user" } }])
      const fake = await activated()
      const show = async (command: string): Promise<string> => {
        fake.answers.inputs.push("1")
        await fake.run(command)
        return fake.read(await until(() => fake.shownDocuments.at(-1)))
      }
      const pretty = await show("countersign.showEvent")
      const canonical = await show("countersign.showCanonical")
      assert.include(pretty, "left\\u202eright")
      assert.include(canonical, hostile)
      assert.deepStrictEqual(JSON.parse(pretty), JSON.parse(canonical))
      assert.match(await show("countersign.showProof"), /^c2sp\.org\/tlog-proof@v1/)
      assert.strictEqual(fake.shownDocuments.at(-1)?.path, "/event-1.proof.txt")
    }),
  )

  it.live("opens an event by its id as well, and says so where there is none", () =>
    inEditor(async ({ activated, write }) => {
      await write(events)
      const fake = await activated()
      fake.answers.inputs.push("no-such-id")
      await fake.run("countersign.openEvent")
      assert.match(fake.messages[0]?.text ?? "", /^Countersign: AUD-6601/)
      assert.isEmpty(fake.panels)
      fake.answers.inputs.push("#3")
      await fake.run("countersign.openEvent")
      assert.include(fake.panels[0]?.webview.html ?? "", 'data-link="event?sequence=3"')
    }),
  )

  it.live("copies a permalink that opens the same again, and holds no secret", () =>
    inEditor(async ({ activated, write }) => {
      await write(events)
      const fake = await activated()
      const panel = await panelOf(fake)
      const view = "events?filter=type%3D%22a%26b%22&order=newest"
      panel.post({ type: "link", link: view })
      await fake.run("countersign.copyLink")
      assert.match(fake.clipboard(), /^vscode:\/\/countersign\.countersign-inspector\/open\?/)
      await fake.openUri(fake.clipboard())
      assert.deepStrictEqual(panel.posted, [{ type: "link", link: view }])
      await fake.openUri("vscode://countersign.countersign-inspector/open?trail=L2V0Yw&view=")
      assert.match(fake.messages.at(-1)?.text ?? "", /names no trail of this workspace/)
    }),
  )

  it.live("restores a tab that was open, and closes one that it can make nothing of", () =>
    inEditor(async ({ activated, directory, write }) => {
      await write(events)
      const fake = await activated()
      const known = new FakeWebviewPanel("countersign.inspector", "before")
      await fake.restore(known, { target: `trail:${directory}`, layout: "{}" })
      assert.include(known.webview.html, `data-target="trail:${directory}"`)
      known.post({ type: "socket.open", id: 1 })
      await posted(known, "socket.open", 1)
      const odd = new FakeWebviewPanel("countersign.inspector", "before")
      await fake.restore(odd, { target: "trail:relative" })
      assert.isTrue(odd.isDisposed)
    }),
  )

  it.live("compares with a second copy only where there is one", () =>
    inEditor(async ({ activated, write }) => {
      await write(events)
      const fake = await activated()
      fake.answers.inputs.push("3")
      await fake.run("countersign.compareCopies")
      assert.match(fake.messages[0]?.text ?? "", /no second copy/)
      assert.isFalse(fake.executed.some(([name]) => name === "vscode.diff"))
    }),
  )

  it.live("ends its own monitor with itself", () =>
    inEditor(async ({ activated, directory, write }) => {
      await write(events)
      const { end, session } = await activated()
      const place = await session.monitors.find({ _tag: "Trail", directory })
      const health = new URL("/health", place?.url.replace("ws:", "http:"))
      assert.strictEqual((await fetch(health)).status, 200)
      await end()
      assert.strictEqual(
        await fetch(health).then(
          () => "answers",
          () => "gone",
        ),
        "gone",
      )
    }),
  )

  it.live("says that there is nothing to open where there is no trail", () =>
    inEditor(async ({ activated }) => {
      const fake = await activated()
      await fake.run("countersign.openInspector")
      assert.match(fake.messages[0]?.text ?? "", /^No trail/)
      assert.strictEqual(fake.status().text, "$(shield) Countersign")
    }),
  )

  it.live("notices a trail that begins while it looks", () =>
    inEditor(async ({ activated, write }) => {
      const fake = await activated()
      assert.isEmpty(await fake.tree("countersign.trails"))
      await write(events)
      fake.fileChanged()
      await until(async () => (await fake.tree("countersign.trails")).length === 1)
    }),
  )
})

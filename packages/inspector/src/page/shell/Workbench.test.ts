import { assert, describe, it } from "@effect/vitest"
import { memoryHost } from "../../testing/MemoryHost.ts"
import { makeWorkbench } from "./Workbench.ts"

const workbench = (host = memoryHost()) => makeWorkbench(host, new Map())

describe("what the workbench tells", () => {
  it("shows the newest messages, and keeps those before them to be read later", () => {
    const { messages, notices, notify } = workbench()
    for (let index = 1; index <= 300; index += 1) notify(`message ${index}`)
    assert.deepStrictEqual(
      notices.get().map(({ text }) => text),
      [296, 297, 298, 299, 300].map((index) => `message ${index}`),
    )
    assert.lengthOf(messages.get(), 200)
    assert.strictEqual(messages.get()[0]?.text, "message 300")
  })

  it("takes a message from the screen, and leaves it among those that were", () => {
    const { dismiss, messages, notices, notify } = workbench()
    notify("saved")
    dismiss(notices.get()[0]?.id ?? 0)
    assert.lengthOf(notices.get(), 0)
    assert.lengthOf(messages.get(), 1)
  })

  it("cuts a message that somebody made endless", () => {
    const { notices, notify } = workbench()
    notify("x".repeat(1_000_000), "error")
    assert.isAtMost(notices.get()[0]?.text.length ?? 0, 2000)
  })

  it("replaces what a room has found wrong by what it finds next", () => {
    const { problems, setProblems } = workbench()
    const problem = (id: string) =>
      ({ id, severity: "error", title: id, detail: "", link: "verify" }) as const
    setProblems("verify", [problem("a")])
    setProblems("letters", [problem("b")])
    setProblems("verify", [problem("c")])
    assert.deepStrictEqual(
      problems.get().map(({ id }) => id),
      ["c", "b"],
    )
    setProblems("verify", [])
    assert.lengthOf(problems.get(), 1)
  })

  it("has the same words read out again", () => {
    const { announce, announcement } = workbench()
    announce("Connected")
    const first = announcement.get()
    announce("Connected")
    assert.notStrictEqual(announcement.get(), first)
  })
})

describe("what the workbench remembers", () => {
  it("is the panel and the last commands", () => {
    const host = memoryHost()
    const before = workbench(host)
    before.showPanel("problems")
    before.useCommand("theme.dark")
    const after = workbench(host)
    assert.isTrue(after.isPanelOpen.get())
    assert.strictEqual(after.panel.get(), "problems")
    assert.deepStrictEqual(after.recentCommands.get(), ["theme.dark"])
  })

  it("is the activity that was shown last, when the side bar comes back", () => {
    const { activity, toggleSideBar } = workbench()
    activity.set("verify")
    toggleSideBar()
    assert.isUndefined(activity.get())
    toggleSideBar()
    assert.strictEqual(activity.get(), "verify")
  })

  it("is nothing of it in an editor, which has bars of its own: the side bar waits to be asked", () => {
    const host = memoryHost({ kind: "webview" })
    host.write("activity", "engine")
    assert.isUndefined(workbench(host).activity.get())
  })
})

import { assert, describe, it } from "@effect/vitest"
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import { parseLog } from "./history.ts"

const hash = (digit: string): string => digit.repeat(40)
const commit = (digit: string, ...files: ReadonlyArray<readonly [string, string]>): string => {
  const header = [hash(digit), hash("0"), "1700000000", "Author", "author@example.org", "Subject"]
  const changes = files.flatMap(([status, path], index) => [
    index === 0 ? `\n${status}` : status,
    path,
  ])
  return [...header, ...changes, ""].join("\0")
}
const parsed = (text: string, isShallow = false) => parseLog(Buffer.from(text, "latin1"), isShallow)
const named = (events: ReadonlyArray<AuditEventInput>) =>
  events.map(({ action, target }) => `${action} ${target?.[0]?.id}`)

describe("parseLog", () => {
  it("gives the oldest commit's files first", () => {
    const log = commit("2", ["M", "b"], ["D", "a"]) + commit("1", ["A", "a"], ["A", "b"])
    const { commits, events } = parsed(log)
    assert.strictEqual(commits, 2)
    assert.deepStrictEqual(named(events), ["CREATE a", "CREATE b", "UPDATE b", "DELETE a"])
  })

  it("tells who and when, with the address as the actor's id", () => {
    const [event] = parsed(commit("1", ["A", "a"])).events
    assert.deepInclude(event, {
      type: "repository.file.changed",
      classification: "PII",
      actor: { id: "author@example.org" },
      time: "2023-11-14T22:13:20.000Z",
    })
  })

  it("is not fooled by names that look like a status, a commit or a line", () => {
    const names = ["A", "M100", hash("a"), "\n", "a\nb", " ", "-z"]
    const files = names.map((name) => ["A", name] as const)
    const { events } = parsed(commit("2") + commit("1", ...files))
    assert.deepStrictEqual(
      events.map(({ target }) => target?.[0]?.id),
      names,
    )
  })

  it("counts commits without files, such as merges", () => {
    const { commits, events } = parsed(commit("3") + commit("2", ["A", "a"]) + commit("1"))
    assert.strictEqual(commits, 3)
    assert.lengthOf(events, 1)
  })

  it("keeps the bytes of a name that is not UTF-8", () => {
    const [event] = parsed(commit("1", ["A", "caf\xe9"])).events
    assert.deepInclude(event?.data, {
      pathBase64: Buffer.from("caf\xe9", "latin1").toString("base64"),
    })
  })

  it("takes a date that no calendar has for none", () => {
    for (const seconds of ["-1", "", "99999999999999"]) {
      const [event] = parsed(commit("1", ["A", "a"]).replace("1700000000", seconds)).events
      assert.isDefined(event)
      assert.notProperty(event, "time")
    }
  })

  it("does not say of a shallow clone's oldest commit that it added everything", () => {
    const oldest = commit("1", ["A", "a"]).replace(hash("0"), "")
    assert.deepStrictEqual(named(parsed(oldest, true).events), ["FIND a"])
    assert.deepStrictEqual(named(parsed(oldest, false).events), ["CREATE a"])
  })

  it("leaves out what a cut output ends with", () => {
    const log = commit("2", ["A", "a"], ["A", "b"])
    assert.deepStrictEqual(named(parsed(log.slice(0, -1)).events), ["CREATE a"])
    assert.isTrue(parsed(log + hash("1") + "\0").isCut)
  })
})

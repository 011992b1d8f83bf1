import { assert, describe, it } from "@effect/vitest"
import type { Alert } from "./Alert.ts"
import type { AlertChange } from "./AlertBook.ts"
import { changeLine, heldMax, noticeFor, NoticeGroups } from "./Notice.ts"

const alert: Alert = {
  id: "deep/a",
  rule: "deep",
  severity: "error",
  state: "firing",
  summary: "it is deep",
  subject: "a",
  value: 11,
  group: "deep",
  sinceMillis: 0,
  changedMillis: 0,
  escalation: 0,
  evidence: [],
}
const change = (group: string, notify?: ReadonlyArray<string>): AlertChange => ({
  turn: "firing",
  alert: { ...alert, group },
  notify,
})

describe("Notice", () => {
  it("puts together what comes at once, by groups", () => {
    const groups = new NoticeGroups(0)
    const notices = groups.add([change("a"), change("b"), change("a")], 0, 5)
    assert.deepStrictEqual(
      notices.map(({ atMillis, changes, group }) => [group, changes.length, atMillis]),
      [
        ["a", 2, 5],
        ["b", 1, 5],
      ],
    )
    assert.isEmpty(groups.due(1, 1))
  })

  it("holds back what follows too soon, the first and the newest of it", () => {
    const groups = new NoticeGroups(1000)
    assert.lengthOf(groups.add([change("a")], 0, 0), 1)
    for (let count = 0; count < heldMax + 5; count++) {
      assert.isEmpty(groups.add([change("a", [`${count}`])], 1, 1))
    }
    assert.isEmpty(groups.due(999, 999))
    const [notice] = groups.due(1000, 1000)
    assert.strictEqual(notice?.omitted, 5)
    assert.deepStrictEqual(
      [notice?.changes[0], notice?.changes[1], notice?.changes.at(-1)].map((each) => each?.notify),
      [["0"], ["6"], [`${heldMax + 4}`]],
    )
    assert.isEmpty(groups.due(5000, 5000))
    assert.lengthOf(groups.add([change("a")], 5001, 5001), 1)
  })

  it("tells a target what concerns it", () => {
    const notice = {
      group: "a",
      atMillis: 0,
      omitted: 0,
      changes: [change("a"), change("a", ["x"]), change("a", [])],
    }
    assert.lengthOf(noticeFor("x", notice)?.changes ?? [], 2)
    assert.lengthOf(noticeFor("y", notice)?.changes ?? [], 1)
    assert.isUndefined(noticeFor("y", { ...notice, changes: [change("a", ["x"])] }))
  })

  it("is a line, whatever people call themselves", () => {
    const line = changeLine({
      turn: "acknowledged",
      alert: { ...alert, acknowledgedBy: "kim\n\u001b[2J" },
      notify: undefined,
    })
    assert.strictEqual(line, "countersign alert: acknowledged by kim  [2J: error deep: it is deep")
    const gone = { ...alert, ending: "gone" } as const
    assert.strictEqual(
      changeLine({ turn: "resolved", alert: gone, notify: undefined }),
      "countersign alert: resolved (nothing is heard of it any more): error deep: it is deep",
    )
  })
})

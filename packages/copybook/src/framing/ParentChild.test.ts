import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import {
  makeLevelIds,
  makeParentChild,
  type ParentChildOptions,
  type SegmentNode,
} from "./ParentChild.ts"

const company: ParentChildOptions = {
  children: { COMPANY: ["DEPT", "CUSTOMER"], DEPT: ["STAFF"], CUSTOMER: ["CONTACT"] },
}

/** `COMPANY:0(DEPT:1(STAFF:2))`. */
const drawn = (node: SegmentNode<string>): string => {
  const children = Object.values(node.children).flat().map(drawn)
  return `${node.value}${children.length === 0 ? "" : `(${children.join(" ")})`}`
}

const gathered = (options: ParentChildOptions, text: string) => {
  const tree = Result.getOrThrow(makeParentChild<string>(options))
  const roots: Array<string> = []
  for (const [record, value] of text.split(" ").entries()) {
    const view = value.replace(/\d+$|^!/g, "")
    const root = value.startsWith("!")
      ? tree.passOver(view === "?" ? undefined : view)
      : tree.push({ view, record, value })
    if (root !== undefined) roots.push(drawn(root))
  }
  const last = tree.finish()
  if (last !== undefined) roots.push(drawn(last))
  return { roots, orphans: tree.takeOrphans() }
}

describe("parents and children", () => {
  it("are gathered under the last record of the parent's view", () => {
    const { orphans, roots } = gathered(
      company,
      "COMPANY1 DEPT1 STAFF1 STAFF2 DEPT2 STAFF3 CUSTOMER1 CONTACT1 DEPT3 COMPANY2 CUSTOMER2",
    )
    assert.deepStrictEqual(roots, [
      "COMPANY1(DEPT1(STAFF1 STAFF2) DEPT2(STAFF3) DEPT3 CUSTOMER1(CONTACT1))",
      "COMPANY2(CUSTOMER2)",
    ])
    assert.deepStrictEqual(orphans, [])
  })

  it("are never gathered under the record before a parent that was rejected", () => {
    const orphansOf = (text: string) => {
      const { orphans, roots } = gathered(company, text)
      return [roots.join(" "), orphans.map(({ record }) => record.value).join(" ")]
    }
    assert.deepStrictEqual(orphansOf("COMPANY1 DEPT1 STAFF1 !DEPT STAFF2 DEPT3 STAFF3"), [
      "COMPANY1(DEPT1(STAFF1) DEPT3(STAFF3))",
      "STAFF2",
    ])
    assert.deepStrictEqual(orphansOf("COMPANY1 DEPT1 !COMPANY DEPT2 STAFF2 COMPANY3 DEPT3"), [
      "COMPANY1(DEPT1) COMPANY3(DEPT3)",
      "DEPT2 STAFF2",
    ])
    assert.deepStrictEqual(orphansOf("COMPANY1 DEPT1 !? STAFF2"), ["COMPANY1(DEPT1)", "STAFF2"])
    assert.deepStrictEqual(orphansOf("COMPANY1 DEPT1 !STAFF STAFF2 !OTHER STAFF3"), [
      "COMPANY1(DEPT1(STAFF2 STAFF3))",
      "",
    ])
  })

  it("name every view of children, with or without records", () => {
    const tree = Result.getOrThrow(makeParentChild<string>(company))
    tree.push({ view: "COMPANY", record: 0, value: "" })
    assert.deepStrictEqual(tree.finish()?.children, { DEPT: [], CUSTOMER: [] })
  })

  it("CPY-3022: children without a parent are no one's, also where the parent was another root's", () => {
    const { orphans, roots } = gathered(company, "DEPT0 COMPANY1 DEPT1 COMPANY2 STAFF9")
    assert.deepStrictEqual(roots, ["COMPANY1(DEPT1)", "COMPANY2"])
    assert.deepStrictEqual(
      orphans.map(({ code, message, record }) => [code, record.value, message]),
      [
        [
          "CPY-3022",
          "DEPT0",
          "a child record comes before its parent: DEPT without a good COMPANY before it",
        ],
        [
          "CPY-3022",
          "STAFF9",
          "a child record comes before its parent: STAFF without a good DEPT before it",
        ],
      ],
    )
  })

  it("CPY-3022: what lay under another parent takes no more children", () => {
    const { orphans, roots } = gathered(
      { children: { A: ["B"], B: ["C"], C: ["D"] } },
      "A1 B1 C1 D1 B2 D2",
    )
    assert.deepStrictEqual(roots, ["A1(B1(C1(D1)) B2)"])
    assert.deepStrictEqual(
      orphans.map(({ record }) => record.value),
      ["D2"],
    )
  })

  it("CPY-3021: records of other views have no place", () => {
    const { orphans } = gathered(company, "COMPANY1 OTHER1")
    assert.deepStrictEqual(
      orphans.map(({ code }) => code),
      ["CPY-3021"],
    )
  })

  it("CPY-3023: no more records are held than allowed", () => {
    const { orphans, roots } = gathered({ ...company, recordsMax: 2 }, "COMPANY1 DEPT1 DEPT2")
    assert.deepStrictEqual(roots, ["COMPANY1(DEPT1)"])
    assert.deepStrictEqual(
      orphans.map(({ code }) => code),
      ["CPY-3023"],
    )
  })

  it("are refused where they make no tree", () => {
    const messageOf = (children: ParentChildOptions["children"]): string => {
      const result = makeParentChild({ children })
      return Result.isFailure(result) ? result.failure.message : ""
    }
    assert.match(messageOf({ A: ["C"], B: ["C"] }), /C two parents, A and B/)
    assert.match(messageOf({ A: ["B"], B: ["A"] }), /its own ancestor/)
  })
})

describe("ids of levels", () => {
  it("begin anew with each root, and count each level under it", () => {
    const ids = makeLevelIds([["1"], ["2", "5"], ["3"]], "A")
    const of = (segment: string, record: number): string =>
      ids
        .next(segment, record)
        .map((id) => id ?? "-")
        .join(" ")
    assert.strictEqual(of("2", 0), "- - -")
    assert.strictEqual(of("1", 1), "A_0_1 - -")
    assert.strictEqual(of("2", 2), "A_0_1 A_0_1_L1_1 -")
    assert.strictEqual(of("3", 3), "A_0_1 A_0_1_L1_1 A_0_1_L2_1")
    assert.strictEqual(of("5", 4), "A_0_1 A_0_1_L1_2 -")
    assert.strictEqual(of("3", 5), "A_0_1 A_0_1_L1_2 A_0_1_L2_2")
    assert.strictEqual(of("9", 6), "A_0_1 A_0_1_L1_2 A_0_1_L2_2")
    assert.strictEqual(of("1", 7), "A_0_7 - -")
  })

  it("are given to every other segment by the level that has *", () => {
    const ids = makeLevelIds([["1"], ["*"], ["3"]], "A")
    assert.deepStrictEqual(ids.next("9", 0), [undefined, undefined, undefined])
    assert.deepStrictEqual(ids.next("1", 1), ["A_0_1", undefined, undefined])
    assert.deepStrictEqual(ids.next("9", 2), ["A_0_1", "A_0_1_L1_1", undefined])
    assert.deepStrictEqual(ids.next("3", 3), ["A_0_1", "A_0_1_L1_1", "A_0_1_L2_1"])
    assert.deepStrictEqual(ids.next("", 4), ["A_0_1", "A_0_1_L1_2", undefined])
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { copybookOf } from "../testing/CopybookText.ts"
import { dialects } from "./Dialect.ts"
import type { Field, Layout } from "./Layout.ts"
import { layoutOf } from "./LayoutBuilder.ts"
import { everyField } from "./LayoutTree.ts"

const clauses = [
  "PIC X(3)",
  "PIC 9(5)",
  "PIC S9(4) COMP SYNC",
  "PIC S9(9) COMP SYNC",
  "PIC S9(9) COMP",
  "COMP-1 SYNC",
  "COMP-2 SYNC",
  "PIC S9(6)V99 COMP-3",
  "POINTER SYNC",
] as const

/** An item: its level below the record, how it is stored, how often, and whether it is a view. */
const Entry = Schema.Struct({
  depth: Schema.Literals([1, 2, 3]),
  clauses: Schema.Literals(clauses),
  times: Schema.Literals([1, 2, 3]),
  isCounted: Schema.Boolean,
  isView: Schema.Boolean,
})

const Entries = Schema.Array(Entry).check(Schema.isMinLength(1), Schema.isMaxLength(12))

/** A copybook that a compiler would take, whatever the entries. */
const textOf = (entries: typeof Entries.Type): string => {
  const lines = ["01 R.", "   05 N PIC 9(4) COMP."]
  let depth = 0
  // What may be redefined at each depth: the last item there, when it is no table.
  const last: Array<string | undefined> = []
  for (const [index, entry] of entries.entries()) {
    const own = Math.min(entry.depth, depth + 1)
    const next = entries[index + 1]
    const isGroup = next !== undefined && Math.min(next.depth, own + 1) > own
    const isTable = entry.times > 1
    const target = entry.isView && !isTable ? last[own] : undefined
    const name = `F${index}`
    const occurs = entry.isCounted
      ? `OCCURS 1 TO ${entry.times} DEPENDING ON N`
      : `OCCURS ${entry.times}`
    lines.push(
      [
        `${"   ".repeat(own)}${String(5 * own).padStart(2, "0")} ${name}`,
        ...(target === undefined ? [] : [`REDEFINES ${target}`]),
        ...(isGroup ? [] : [entry.clauses]),
        ...(isTable ? [occurs] : []),
      ].join(" ") + ".",
    )
    last.length = own + 1
    last[own] = isTable ? undefined : (target ?? name)
    depth = own
  }
  return lines.join("\n")
}

const total = ({ length, table }: Field): number => length * (table?.max ?? 1)

const layoutsOf = (text: string): ReadonlyArray<Layout> =>
  Object.values(dialects).map((dialect) =>
    Result.getOrThrow(layoutOf(copybookOf(text), { dialect })),
  )

const alignmentOf = (layout: Layout, picture: string): number => {
  if (layout.dialect === "micro-focus") return 1
  if (picture === "S9(4)") return 2
  return 4
}

describe("a layout, whatever the copybook", () => {
  it.prop("has one length without counted tables", { entries: Entries }, ({ entries }) => {
    const text = textOf(entries.map((entry) => ({ ...entry, isCounted: false })))
    for (const layout of layoutsOf(text)) {
      for (const { length, lengthMin } of everyField(layout)) assert.strictEqual(lengthMin, length)
      assert.strictEqual(layout.lengthMin, layout.lengthMax)
    }
  })

  it.prop(
    "has every field in its group, behind what comes before it",
    { entries: Entries },
    ({ entries }) => {
      for (const layout of layoutsOf(textOf(entries))) {
        for (const group of everyField(layout)) {
          if (group.kind === "elementary") continue
          let end = group.offset
          for (const field of group.fields) {
            if (field.redefines === undefined) assert.isAtLeast(field.offset, end)
            else {
              const target = group.fields.find(({ path }) => path === field.redefines)
              assert.strictEqual(field.offset, target?.offset)
            }
            end = Math.max(end, field.offset + total(field))
          }
          assert.isAtMost(end, group.offset + group.length)
          // What is left at the end keeps the occurrences of a table aligned, and nothing else.
          assert.isBelow(group.offset + group.length - end, group.table === undefined ? 1 : 8)
          assert.isAtMost(group.lengthMin, group.length)
        }
        assert.strictEqual(layout.lengthMax, total(layout.root))
        assert.isAtMost(layout.lengthMin, layout.lengthMax)
      }
    },
  )

  it.prop(
    "aligns every occurrence of what is synchronized, but the first alone as GnuCOBOL does",
    { entries: Entries },
    ({ entries }) => {
      // Views stay where they are, aligned or not.
      const text = textOf(entries.map((entry) => ({ ...entry, isView: false, isCounted: false })))
      for (const layout of layoutsOf(text)) {
        const visit = (field: Field, from: number): void => {
          const times = layout.dialect === "gnucobol" ? 1 : (field.table?.max ?? 1)
          for (let index = 0; index < times; index += 1) {
            const at = from + index * (field.table?.stride ?? 0)
            if (field.kind === "group") {
              for (const child of field.fields) visit(child, at + child.offset - field.offset)
            } else if (field.picture?.text === "S9(4)") {
              assert.strictEqual(at % alignmentOf(layout, field.picture.text), 0, text)
            } else if (field.storage.kind === "float") {
              const bytes = layout.dialect === "micro-focus" ? 1 : field.storage.bytes
              assert.strictEqual(at % bytes, 0, text)
            }
          }
        }
        visit(layout.root, 0)
      }
    },
  )

  it.prop("has one path for each field", { entries: Entries }, ({ entries }) => {
    for (const layout of layoutsOf(textOf(entries))) {
      const paths = everyField(layout).map(({ path }) => path)
      assert.strictEqual(new Set(paths).size, paths.length)
    }
  })
})

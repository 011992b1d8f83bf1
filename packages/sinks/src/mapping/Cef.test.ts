import { AuditEvent } from "@countersign/core/event/AuditEvent"
import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { anyRecordOf, recordOf, records } from "../testing/RecordFixture.ts"
import * as Cef from "./Cef.ts"

const unescapedHeader = (text: string): string => text.replaceAll(/\\([\\|])/g, "$1")

const breaks: Readonly<Record<string, string>> = { n: "\n", r: "\r", "\\": "\\", "=": "=" }
const unescapedValue = (text: string): string =>
  text.replaceAll(/\\([nr\\=])/g, (_, character: string) => breaks[character] ?? "")

/** A reader of CEF: seven fields end at a bar, a key begins after a space and ends at `=`. */
const parsed = (line: string) => {
  const [, head = "", extension = ""] =
    /^CEF:0\|((?:(?:[^|\\]|\\[|\\])*\|){6})(.*)$/s.exec(line) ?? []
  const fields = [...head.matchAll(/((?:[^|\\]|\\[|\\])*)\|/gs)].map(([, field = ""]) => field)
  const keys = [...extension.matchAll(/(?:^| )([a-zA-Z0-9]+)=/g)].filter(
    // An equals sign after a backslash is a value's own.
    ({ 0: text, index }) => extension[index + text.length - 2] !== "\\",
  )
  const pairs = keys.map(({ 0: text, 1: key = "", index }, nth): readonly [string, string] => {
    const next = keys[nth + 1]?.index ?? extension.length
    return [key, unescapedValue(extension.slice(index + text.length, next))]
  })
  return { fields: fields.map(unescapedHeader), pairs: new Map(pairs), count: pairs.length }
}

const cutTo = (lengthMax: number, text?: string): string | undefined =>
  text?.slice(0, lengthMax).replace(/[\ud800-\udbff]$/, "")

describe("Cef", () => {
  it.prop("gives back what was written, whatever it holds", { event: AuditEvent }, ({ event }) => {
    const record = anyRecordOf(event)
    const { count, fields, pairs } = parsed(Cef.write(record))
    const { action, actor, id, outcome, reason, session, tenant, type } = record.event
    const name = (action ?? type).replaceAll(/[\r\n]/g, " ")
    assert.deepStrictEqual(fields.slice(0, 5), ["Countersign", "Countersign", "1", type, name])
    assert.strictEqual(count, pairs.size)
    assert.strictEqual(pairs.get("externalId"), cutTo(40, id))
    assert.strictEqual(pairs.get("suid"), cutTo(1023, actor.id))
    assert.strictEqual(pairs.get("act"), cutTo(63, action))
    assert.strictEqual(pairs.get("outcome"), outcome)
    assert.strictEqual(pairs.get("reason"), cutTo(1023, reason))
    assert.strictEqual(pairs.get("cs3"), cutTo(4000, tenant))
    assert.strictEqual(pairs.get("cs4"), cutTo(4000, session))
  })

  const hostileTexts = Schema.Array(
    Schema.Literals(["\\", "=", "|", "\n", "\r", " ", "n", "suid=", "é", "a"]),
  )

  it.prop("lets no value begin another key or line", { texts: hostileTexts }, ({ texts }) => {
    const [record] = records
    if (record === undefined) return
    const reason = `x${texts.join("")}`.slice(0, 1023)
    const line = Cef.write(recordOf({ ...record.event, action: reason, reason }, 1))
    assert.notMatch(line, /[\r\n]/)
    const { fields, pairs } = parsed(line)
    assert.strictEqual(fields[4], reason.replaceAll(/[\r\n]/g, " "))
    assert.strictEqual(pairs.get("reason"), reason)
    assert.strictEqual(pairs.get("suid"), "u-1")
  })

  it("names a severity from 0 to 10, or none", () => {
    const severities = records.map((record) => parsed(Cef.write(record)).fields[5])
    assert.deepStrictEqual(severities, ["Unknown", "8", "10", "5", "Unknown"])
  })

  it("has an address only where it is one, under the key of its version", () => {
    const [, plain, hostile, six] = records.map((record) => parsed(Cef.write(record)).pairs)
    assert.strictEqual(plain?.get("src"), "192.0.2.17")
    assert.isFalse(hostile?.has("src"))
    assert.isFalse(hostile?.has("c6a2"))
    assert.strictEqual(six?.get("c6a2"), "2001:db8::17")
    assert.isFalse(six?.has("src"))
  })

  it("cuts a value between characters, not within one", () => {
    const [record] = records
    if (record === undefined) return
    const reason = `${"x".repeat(1022)}🙂🙂`
    const { pairs } = parsed(Cef.write(recordOf({ ...record.event, reason }, 1)))
    assert.strictEqual(pairs.get("reason"), "x".repeat(1022))
  })
})

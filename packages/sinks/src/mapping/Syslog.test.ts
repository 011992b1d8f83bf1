import { AuditEvent } from "@countersign/core/event/AuditEvent"
import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { anyRecordOf, recordOf, records } from "../testing/RecordFixture.ts"
import type { ExportRecord } from "./ExportRecord.ts"
import * as Syslog from "./Syslog.ts"

interface Message {
  readonly priority: number
  readonly time: string
  readonly hostname: string
  readonly appName: string
  readonly messageId: string
  readonly dataId: string
  readonly params: ReadonlyArray<readonly [name: string, value: string]>
  readonly text: string
}

// The ABNF of RFC 5424, section 6, for a message with one element of structured data.
const name = String.raw`[\x21\x23-\x3c\x3e-\x5c\x5e-\x7e]{1,32}`
const value = String.raw`(?:[^"\\\]]|\\["\\\]])*`
const messageForm = new RegExp(
  [
    String.raw`^<(0|[1-9]\d{0,2})>1`,
    String.raw`(-|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z)`,
    String.raw`([\x21-\x7e]{1,255}) ([\x21-\x7e]{1,48}) [\x21-\x7e]{1,128} ([\x21-\x7e]{1,32})`,
    String.raw`\[(${name})((?: ${name}="${value}")*)\] \ufeff(.*)$`,
  ].join(" "),
  "su",
)
const paramForm = new RegExp(` (${name})="(${value})"`, "gsu")

const parsed = (message: string): Message => {
  const found = messageForm.exec(message)
  if (found === null) throw new Error(`this is not RFC 5424: ${message.slice(0, 400)}`)
  const [, priority, time = "", hostname = "", appName = "", messageId = ""] = found
  const [, , , , , , dataId = "", params = "", text = ""] = found
  return {
    priority: Number(priority),
    time,
    hostname,
    appName,
    messageId,
    dataId,
    params: [...params.matchAll(paramForm)].map(([, key = "", quoted = ""]) => [
      key,
      quoted.replaceAll(/\\(["\\\]])/g, "$1"),
    ]),
    text,
  }
}

const plain = (text: string): string => text.replaceAll(/\p{Cc}/gu, " ")

const first = (): ExportRecord => {
  const [record] = records
  if (record === undefined) throw new Error("no record")
  return record
}

describe("Syslog", () => {
  it.prop("gives back what was written, whatever it holds", { event: AuditEvent }, ({ event }) => {
    const record = anyRecordOf(event)
    const message = parsed(Syslog.write(record))
    assert.strictEqual(message.text, record.text)
    const { actor, id, outcome, reason, target, tenant } = record.event
    const values = new Map(message.params)
    assert.strictEqual(values.get("id"), plain(id))
    assert.strictEqual(values.get("actor"), plain(actor.id))
    assert.strictEqual(values.get("outcome"), outcome)
    assert.strictEqual(values.get("reason"), reason === undefined ? undefined : plain(reason))
    assert.strictEqual(values.get("tenant"), tenant === undefined ? undefined : plain(tenant))
    assert.deepStrictEqual(
      message.params.filter(([key]) => key === "target").map(([, text]) => text),
      (target ?? []).map(({ id, type }) => plain(`${type}/${id}`)),
    )
  })

  const hostileTexts = Schema.Array(Schema.Literals(["\\", '"', "]", "[", " ", "=", "é", "a"]))

  it.prop("escapes the three characters and no others", { texts: hostileTexts }, ({ texts }) => {
    const reason = `x${texts.join("")}`
    const record = recordOf({ ...first().event, reason }, 1)
    assert.strictEqual(new Map(parsed(Syslog.write(record)).params).get("reason"), reason)
  })

  it("has neither a line break nor a zero, so that no reader splits it", () => {
    for (const record of records) {
      // Zero to 31. JSON leaves 127 as it is, and the message is the record's own text.
      assert.isTrue(Buffer.from(Syslog.write(record)).every((byte) => byte >= 0x20))
    }
  })

  it("begins its message with the byte order mark, as UTF-8 must", () => {
    const bytes = Buffer.from(Syslog.write(first()))
    assert.include(bytes.toString("latin1"), '] \u00ef\u00bb\u00bf{"actor"')
  })

  it("is a log audit of the event's severity", () => {
    const of = (severity?: "info" | "low" | "medium" | "high" | "critical") =>
      parsed(
        Syslog.write(
          recordOf({ ...first().event, ...(severity === undefined ? {} : { severity }) }, 1),
        ),
      ).priority
    assert.deepStrictEqual(
      [of(), of("info"), of("low"), of("medium"), of("high"), of("critical")],
      [110, 110, 109, 108, 107, 106],
    )
  })

  it("cuts times to microseconds", () => {
    const of = (time: string) => parsed(Syslog.write(recordOf({ ...first().event, time }, 1))).time
    assert.strictEqual(of("2026-11-21T09:00:00.123456789Z"), "2026-11-21T09:00:00.123456Z")
    assert.strictEqual(of("2026-11-21T09:00:00.5Z"), "2026-11-21T09:00:00.5Z")
    assert.strictEqual(of("2026-11-21T09:00:00Z"), "2026-11-21T09:00:00Z")
  })

  it("keeps each field of its header in its length and its alphabet", () => {
    const type = `a.${"b".repeat(126)}`
    const record = recordOf({ ...first().event, type }, 1)
    const options = { hostname: `é ${"h".repeat(300)}`, appName: "my app\u0000".repeat(20) }
    const message = parsed(Syslog.writeWith(record, options))
    assert.strictEqual(message.hostname, `??${"h".repeat(253)}`)
    assert.strictEqual(message.appName, "my?app?".repeat(7).slice(0, 48))
    assert.strictEqual(message.messageId, type.slice(0, 32))
    const bare = Syslog.writeWith(record, { hostname: "", appName: "", enterpriseNumber: 4711 })
    assert.include(parsed(bare), { hostname: "-", appName: "-", dataId: "countersign@4711" })
  })

  it("comes from the host that the trail's origin names", () => {
    const of = (trail: string) => parsed(Syslog.write({ ...first(), trail })).hostname
    assert.strictEqual(of("clinic.example/audit/main"), "clinic.example")
    assert.strictEqual(of("clinic"), "clinic")
    assert.strictEqual(of("/audit"), "-")
  })

  it("says where a record stands that is no event", () => {
    const message = parsed(Syslog.writePlain('a"b]', 41, "[1]", { hostname: "h" }))
    assert.deepStrictEqual(message.params, [
      ["trail", 'a"b]'],
      ["sequence", "41"],
    ])
    assert.include(message, { time: "-", messageId: "-", text: "[1]" })
  })
})

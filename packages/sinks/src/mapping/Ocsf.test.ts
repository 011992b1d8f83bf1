import { AuditEvent } from "@countersign/core/event/AuditEvent"
import { assert, describe, it } from "@effect/vitest"
import { anyRecordOf, records } from "../testing/RecordFixture.ts"
import { ipOf } from "./IpAddress.ts"
import * as Ocsf from "./Ocsf.ts"
import vector from "./vectors/ocsf-1.5.0.json" with { type: "json" }

interface Shape {
  readonly required: ReadonlyArray<string>
  /** At least one of them; empty for no such rule. */
  readonly oneOf: ReadonlyArray<string>
  readonly attributes: Readonly<Record<string, string>>
}

interface ClassShape extends Shape {
  readonly category: number
  readonly activities: ReadonlyArray<number>
}

const classes: Readonly<Record<string, ClassShape>> = vector.classes
const objects: Readonly<Record<string, Shape>> = vector.objects
const enumerations: Readonly<Record<string, ReadonlyArray<number>>> = vector.enumerations

type Members = Readonly<Record<string, unknown>>

const isMembers = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const isOf = (type: string, value: unknown): boolean => {
  switch (type) {
    case "any":
      return true
    case "integer":
      return Number.isSafeInteger(value)
    case "string":
      return typeof value === "string"
    case "ip":
      return typeof value === "string" && ipOf(value)?.address === value
    case "object":
      return isMembers(value)
    default:
      return isMembers(value)
  }
}

/** What breaks the schema, as paths. */
const faultsOf = (shape: Shape, value: Members, at: string): ReadonlyArray<string> => {
  const faults: Array<string> = []
  for (const name of shape.required) if (!(name in value)) faults.push(`${at}.${name} is missing`)
  if (shape.oneOf.length > 0 && !shape.oneOf.some((name) => name in value)) {
    faults.push(`${at} has none of ${shape.oneOf.join(", ")}`)
  }
  for (const [name, member] of Object.entries(value)) {
    const type = shape.attributes[name]
    const path = `${at}.${name}`
    const allowed = enumerations[name]
    if (type === undefined) faults.push(`${path} is no attribute`)
    else if (type.endsWith("[]")) {
      const each = objects[type.slice(0, -2)]
      if (!Array.isArray(member) || each === undefined) faults.push(`${path} is no list`)
      else for (const item of member) faults.push(...faultsOf(each, item, path))
    } else if (!isOf(type, member)) faults.push(`${path} is no ${type}`)
    else if (objects[type] !== undefined && isMembers(member)) {
      faults.push(...faultsOf(objects[type], member, path))
    } else if (allowed !== undefined && !allowed.includes(Number(member))) {
      faults.push(`${path} is none of ${allowed.join()}`)
    }
  }
  return faults
}

const faults = (event: Members): ReadonlyArray<string> => {
  const shape = classes[String(event["class_uid"])]
  if (shape === undefined) return [`class ${String(event["class_uid"])} is unknown`]
  const activity = Number(event["activity_id"])
  return [
    ...faultsOf(shape, event, "event"),
    ...(event["category_uid"] === shape.category ? [] : ["the category is another"]),
    ...(shape.activities.includes(activity) ? [] : ["the activity is unknown"]),
    ...(event["type_uid"] === Number(event["class_uid"]) * 100 + activity
      ? []
      : ["type_uid is not class_uid * 100 + activity_id"]),
  ]
}

const parsed = (line: string): Members => JSON.parse(line)

describe("Ocsf", () => {
  it.prop("is valid for any event", { event: AuditEvent }, ({ event }) => {
    const record = anyRecordOf(event)
    const mapped = parsed(Ocsf.write(record))
    assert.deepStrictEqual(faults(mapped), [])
    assert.strictEqual(mapped["raw_data"], record.text)
    assert.strictEqual(mapped["raw_data_size"], Buffer.byteLength(record.text))
  })

  it("is valid for each kind of record", () => {
    for (const record of records) assert.deepStrictEqual(faults(parsed(Ocsf.write(record))), [])
  })

  it("is an authentication where someone logs in, and API activity otherwise", () => {
    const types = records.map((record) => parsed(Ocsf.write(record))["type_uid"])
    assert.deepStrictEqual(types, [600_399, 600_302, 600_399, 300_201, 600_399])
  })

  it("is judged by rules that see a fault", () => {
    const [record] = records
    if (record === undefined) return
    const mapped = parsed(Ocsf.write(record))
    const { api: _api, ...without } = mapped
    assert.deepStrictEqual(faults(without), ["event.api is missing"])
    assert.deepStrictEqual(faults({ ...mapped, actor: {} }).length, 1)
    assert.deepStrictEqual(faults({ ...mapped, severity_id: 7 }).length, 1)
    assert.deepStrictEqual(faults({ ...mapped, src_endpoint: { ip: "x" } }).length, 1)
    assert.deepStrictEqual(faults({ ...mapped, time: 1.5 }).length, 1)
    assert.deepStrictEqual(faults({ ...mapped, other: 1 }), ["event.other is no attribute"])
  })
})

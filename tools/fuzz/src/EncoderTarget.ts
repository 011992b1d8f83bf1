import { isDeepStrictEqual } from "node:util"
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import { EventEncoder } from "@countersign/core/event/EventEncoder"
import { insist, type Target } from "./Fuzzer.ts"

const limits = { depthMax: 8, keysMax: 256, keyLengthMax: 64, eventBytesMax: 49_152 }
const now = Date.UTC(2026, 10, 21, 9)

const looped = (): object => {
  const loop: Record<string, unknown> = {}
  loop["self"] = loop
  return loop
}

const deep = (): object => {
  let value: object = {}
  for (let level = 0; level < 20_000; level += 1) value = { value }
  return value
}

// What no JSON text can hold; the input names them as "@0", "@1" and so on.
const hostile: ReadonlyArray<() => unknown> = [
  () => undefined,
  () => Number.NaN,
  () => 10n,
  () => Symbol("s"),
  () => () => 0,
  () => new Date(Number.NaN),
  () => new Map([[{}, 1]]),
  () => "\ud800",
  looped,
  deep,
  () =>
    Object.defineProperty({}, "a", { enumerable: true, get: () => looped().toString.call(null) }),
  () =>
    new Proxy(
      {},
      {
        ownKeys: () => {
          throw new RangeError("hostile")
        },
      },
    ),
  () => ({ toJSON: () => looped() }),
  () => Array.from({ length: 5 }).fill(looped()),
  () => Object.assign([], { length: 2 ** 31 }),
  () => Object.create(null, { a: { value: 1, enumerable: true } }),
  () => ({
    get a(): never {
      throw Object.create(null)
    },
  }),
]

const revive = (_key: string, value: unknown): unknown =>
  typeof value === "string" && /^@\d+$/.test(value)
    ? hostile[Number(value.slice(1)) % hostile.length]?.()
    : value

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text, revive)
  } catch {
    return undefined
  }
}

const minimal = '{"type":"a.b","actor":{"id":"u"},"outcome":"success"'

export const encoderTarget: Target = {
  name: "encoder",
  tokens: [
    ...hostile.map((_, at) => `"@${at}"`),
    ...'{ } [ ] : , "data" "change" "target" "actor" "type" "id" "time" "class" "__proto__" 1e308 -0 null'.split(
      " ",
    ),
    `${minimal},"data":`,
  ],
  seeds: [
    `${minimal}}`,
    `${minimal},"data":{"z":1,"a":["quote","u"]},"target":[{"id":"p","type":"Patient","fields":["n"]}]}`,
    `${minimal},"id":"0192f0c1-7b3a-7c3e-8f00-000000000001","class":"critical","change":{"before":{"a":1},"after":{"a":2}}}`,
  ].map((text) => Buffer.from(text)),
  run: (input) => {
    const found = parsed(input.toString("utf8"))
    // A text that is no JSON still makes a value to be put into an event.
    const spliced = hostile[(input[0] ?? 0) % hostile.length]?.()
    const event = found ?? {
      type: "a.b",
      actor: { id: "u" },
      outcome: "success",
      data: { spliced },
    }
    const encoder = new EventEncoder(limits)
    // Wrong on purpose: what JavaScript callers can pass.
    if (encoder.encode(event as AuditEventInput, now) !== undefined) return "refused"
    const { bytes, json } = encoder
    insist(bytes === Buffer.byteLength(json) && bytes <= limits.eventBytesMax, "events are bounded")
    const again = new EventEncoder(limits)
    const value = JSON.parse(json) as AuditEventInput // what was written is an event
    insist(again.encode(value, now) === undefined, "an event that was written can be recorded")
    // An event that brings its time also gets the time at which it was seen.
    const isSame = isDeepStrictEqual(
      { ...JSON.parse(again.json), observed: "" },
      { ...JSON.parse(json), observed: "" },
    )
    insist(isSame, "writing an event again changes nothing")
    return "accepted"
  },
}

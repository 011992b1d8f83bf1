import type { Snapshot } from "@countersign/monitor/protocol/Snapshot"
import { idleActor as actor } from "@countersign/monitor/testing/ActorFixture"
import { assert, describe, it } from "@effect/vitest"
import type { Paint } from "../terminal/Paint.ts"
import { screenOf } from "./TopScreen.ts"
import { initialView } from "./TopView.ts"

const plain = (text: string): string => text
const paint: Paint = { bold: plain, faint: plain, good: plain, bad: plain, doubtful: plain }

const snapshot: Snapshot = {
  engine: {
    state: "open",
    detail: "",
    durableSize: 9,
    publishedSize: 8,
    publishedMillis: 1000,
    verification: { verdict: "verified", atMillis: 0 },
    samplingRate: 0.5,
    waiting: 2,
    walSegments: 1,
    walAbandoned: 0,
    slabs: 0,
    slabsMax: 4,
    systemRecords: 1,
  },
  flow: [
    { step: "accepted", total: 10, perSecond: 1234.5, behind: 0 },
    { step: "delivered pg", total: 7, perSecond: 0.25, behind: 2 },
  ],
  ledger: [
    {
      class: "telemetry",
      accepted: 10,
      recorded: 9,
      sampledOut: 0,
      lost: 0,
      inFlight: 1,
      refused: 0,
      dropped: 3,
      missing: 0,
      perSecond: 1,
    },
  ],
  actors: [
    actor("engine"),
    actor("heartbeat", { kind: "service" }),
    actor("sink:pg", {
      kind: "sink",
      state: "blocked",
      waitsOn: "pg\u001b[2J",
      restarts: 1,
      faults: 4,
    }),
    actor("log", {
      mailbox: { depthItems: 10, capacityItems: 100, depthBytes: 90, capacityBytes: 100 },
    }),
  ],
  sinks: [
    {
      sink: "pg",
      isRequired: false,
      cursor: 7,
      lag: 2,
      lagBytes: 100,
      oldestMillis: 1500,
      perSecond: 0,
      catchUpMillis: null,
      circuit: "open",
      delivered: 7,
      deadLetters: 1,
      openLetters: 1,
    },
  ],
  readings: [],
  readingsLeftOut: 0,
  baselines: [],
  alerts: Array.from({ length: 9 }, (_, index) => ({
    id: `a${index}`,
    rule: "r",
    severity: "warning" as const,
    state: "firing" as const,
    summary: `pg lags for the ${index}th time`,
    subject: "pg",
    value: 1,
    group: "r",
    sinceMillis: 0,
    changedMillis: 0,
    escalation: 0,
    evidence: [],
  })),
  alertsLeftOut: 0,
  findings: [],
}

const facts = { origin: "clinic.example/trail", atMillis: 61_000, snapshot }
const screen = { columns: 80, rows: 24, paint }
const actorsIn = (lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.flatMap((line) => /^ *(engine|log|sink:pg|heartbeat) /.exec(line)?.[0].trim() ?? [])

describe("the screen of top", () => {
  it("fits its terminal, however small, with the keys at its end", () => {
    for (const [columns, rows] of [
      [80, 24],
      [40, 12],
      [20, 3],
    ] as const) {
      const lines = screenOf(facts, initialView, { columns, rows, paint })
      assert.isAtMost(lines.length, rows)
      assert.isTrue(lines.every((line) => line.length <= columns))
    }
    assert.match(screenOf(facts, initialView, screen).at(-1) ?? "", /^q quit/)
  })

  it("has actors in the order of an event's way, or in the one that was chosen", () => {
    const sorted = (sort: "pipeline" | "depth" | "name") =>
      actorsIn(screenOf(facts, { ...initialView, sort }, screen))
    assert.deepStrictEqual(sorted("pipeline"), ["engine", "log", "sink:pg", "heartbeat"])
    assert.strictEqual(sorted("depth")[0], "log")
    assert.deepStrictEqual(sorted("name"), ["engine", "heartbeat", "log", "sink:pg"])
    const filtered = screenOf(facts, { ...initialView, filter: "BLOCK" }, screen)
    assert.deepStrictEqual(actorsIn(filtered), ["sink:pg"])
  })

  it("says what is behind, what waits, what was dropped and what is wrong", () => {
    const text = screenOf(facts, initialView, { ...screen, columns: 200, rows: undefined }).join(
      "\n",
    )
    assert.include(text, "sampling 50 %; 2 waiting")
    assert.match(text, /^delivered pg +7 +0\.3 +2 +oldest 1\.5 s, circuit open, 1 dead letter$/m)
    assert.match(text, /log +idle +█████████░ +10/)
    assert.include(text, "telemetry: 0 lost, 3 dropped, 0 refused")
    assert.include(text, "WARNING  pg lags for the 8th time")
  })

  it("has the worst alerts first, and of equals the newest, however they came", () => {
    const [one] = snapshot.alerts
    assert.isDefined(one)
    if (one === undefined) return
    const alerts = (
      [
        ["warning", 1],
        ["critical", 2],
        ["info", 9],
        ["critical", 3],
        ["warning", 4],
        ["error", 0],
      ] as const
    ).map(([severity, sinceMillis]) => ({
      ...one,
      id: `${severity}${sinceMillis}`,
      severity,
      sinceMillis,
      summary: `since ${sinceMillis}`,
    }))
    const shown = { ...facts, snapshot: { ...snapshot, ledger: [], alerts } }
    const lines = screenOf(shown, initialView, { ...screen, rows: undefined })
    assert.deepStrictEqual(
      lines.filter((line) => line.includes("since")),
      [
        "CRITICAL  since 3",
        "CRITICAL  since 2",
        "ERROR  since 0",
        "WARNING  since 4",
        "WARNING  since 1",
        "INFO  since 9",
      ],
    )
  })

  it("counts the alerts that the monitor had no room for", () => {
    const more = { ...facts, snapshot: { ...snapshot, alertsLeftOut: 1200 } }
    const printed = screenOf(more, initialView, { ...screen, rows: undefined })
    assert.strictEqual(printed.at(-1), `… ${(1200).toLocaleString("en")} more that is wrong`)
    // Ten lines are wrong, and three of them have room.
    const text = screenOf(more, initialView, screen).join("\n")
    assert.include(text, `… ${(1207).toLocaleString("en")} more that is wrong`)
  })

  it("cuts what it has no room for, and says so", () => {
    const text = screenOf(facts, initialView, screen).join("\n")
    assert.match(text, /… \d more that is wrong/)
  })

  it("lets no name move the cursor", () => {
    assert.notInclude(screenOf(facts, initialView, screen).join(""), "\u001b")
  })
})

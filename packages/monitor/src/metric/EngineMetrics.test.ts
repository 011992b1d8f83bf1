import type { ActorSnapshot } from "@countersign/core/engine/ActorRegistry"
import type { DeliveryStatus } from "@countersign/core/engine/DeliveryStatus"
import type { EngineStatus } from "@countersign/core/engine/EngineStatus"
import { assert, describe, it } from "@effect/vitest"
import { engineSamples } from "./EngineMetrics.ts"
import { seriesOf } from "./Reading.ts"
import { readingsOf } from "./Sample.ts"

const status: EngineStatus = {
  state: "open",
  detail: "",
  origin: "example.org/trail",
  directory: "/trail",
  verifierKey: "",
  accounts: [
    {
      class: "critical",
      accepted: 10,
      recorded: 4,
      sampledOut: 3,
      lost: 2,
      inFlight: 1,
      refused: 5,
      dropped: 6,
      missing: 0,
    },
  ],
  systemRecords: 7,
  durableSize: 11,
  publishedSize: 9,
  publishedMillis: 98_000,
  verification: { verdict: "tampered", atMillis: 40_000 },
  pool: {
    slabBytes: 1,
    slabsMax: 8,
    slabs: 3,
    leased: 2,
    leases: 10,
    reused: 7,
    utilisation: 0.75,
  },
  samplingRate: 0.25,
  waiting: 12,
  walSegments: 2,
  walAbandoned: 1,
  sinks: [],
}

const sink: DeliveryStatus = {
  sink: "postgres",
  isRequired: true,
  cursor: 5,
  lag: 6,
  lagBytes: 2400,
  oldestMillis: 1500,
  perSecond: 100,
  catchUpMillis: undefined,
  circuit: "half-open",
  recordsMax: 4096,
  delivered: 5,
  deadLetters: 3,
  openLetters: 1,
}

const actor: ActorSnapshot = {
  id: "sink:postgres",
  parent: "engine",
  kind: "sink",
  state: "backing-off",
  sinceMillis: 95_000,
  restarts: 1,
  faults: 4,
  lastCause: "",
  waitsOn: undefined,
  batches: 8,
  items: 80,
  mailbox: {
    depthItems: 6,
    capacityItems: Number.POSITIVE_INFINITY,
    depthBytes: 2400,
    capacityBytes: 1e6,
  },
}

const valuesOf = (
  given: Partial<EngineStatus>,
  actors: ReadonlyArray<ActorSnapshot> = [],
): ReadonlyMap<string, number> =>
  new Map(
    engineSamples({ ...status, ...given }, actors, 100_000)
      .flatMap(readingsOf)
      .map((reading) => [seriesOf(reading), reading.value]),
  )

describe("an engine in numbers", () => {
  it("has the account of each class", () => {
    const values = valuesOf({})
    const of = (name: string) => values.get(`countersign_events_${name}{class="critical"}`)
    assert.deepStrictEqual(
      [
        of("accepted_total"),
        of("recorded_total"),
        of("sampled_out_total"),
        of("lost_total"),
        of("in_flight"),
        of("refused_total"),
        of("dropped_total"),
        of("missing"),
      ],
      [10, 4, 3, 2, 1, 5, 6, 0],
    )
  })

  it("has ages in seconds, and none of what never was", () => {
    const values = valuesOf({})
    assert.strictEqual(values.get("countersign_checkpoint_age_seconds"), 2)
    assert.strictEqual(values.get("countersign_verify_age_seconds"), 60)
    assert.strictEqual(values.get("countersign_verify_ok"), 0)
    const young = valuesOf({ publishedMillis: undefined, verification: undefined })
    assert.isFalse(young.has("countersign_checkpoint_age_seconds"))
    assert.isFalse(young.has("countersign_verify_ok"))
    const set = valuesOf({ publishedMillis: 200_000 })
    assert.strictEqual(set.get("countersign_checkpoint_age_seconds"), 0)
    const verified = valuesOf({ verification: { verdict: "verified", atMillis: 1 } })
    assert.strictEqual(verified.get("countersign_verify_ok"), 1)
  })

  it("is open in one state alone", () => {
    for (const state of ["open", "closing", "closed", "failed"] as const) {
      assert.strictEqual(
        valuesOf({ state }).get("countersign_engine_open"),
        state === "open" ? 1 : 0,
      )
    }
  })

  it("has the pool as shares", () => {
    assert.strictEqual(valuesOf({}).get("countersign_pool_leased_ratio"), 0.25)
    assert.strictEqual(valuesOf({}).get("countersign_pool_fill_ratio"), 0.75)
  })

  it("has each sink, with how often its actor tried again", () => {
    const values = valuesOf({ sinks: [sink] }, [actor])
    const of = (name: string) => values.get(`countersign_sink_${name}{sink="postgres"}`)
    assert.deepStrictEqual(
      [
        of("required"),
        of("lag_records"),
        of("lag_bytes"),
        of("oldest_seconds"),
        of("retries_total"),
        of("circuit_open"),
        of("dead_letters_total"),
        of("open_letters"),
      ],
      [1, 6, 2400, 1.5, 4, 0.5, 3, 1],
    )
    assert.isUndefined(of("catch_up_seconds"))
  })

  it("has each actor, with a capacity only where there is one", () => {
    const values = valuesOf({}, [actor])
    const of = (name: string) =>
      values.get(`countersign_${name}{actor="sink:postgres",kind="sink"}`)
    assert.strictEqual(of("actor_up"), 1)
    assert.strictEqual(of("actor_blocked"), 1)
    assert.strictEqual(of("actor_state_age_seconds"), 5)
    assert.strictEqual(of("actor_restarts_total"), 1)
    assert.strictEqual(of("actor_items_total"), 80)
    assert.strictEqual(of("queue_items"), 6)
    assert.strictEqual(of("queue_capacity_bytes"), 1e6)
    assert.isUndefined(of("queue_capacity_items"))
    const ended = valuesOf({}, [{ ...actor, state: "failed" }])
    const series = 'countersign_actor_up{actor="sink:postgres",kind="sink"}'
    assert.strictEqual(ended.get(series), 0)
  })
})

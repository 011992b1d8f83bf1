/** An engine of which nothing is known yet. */
import type { Snapshot } from "@countersign/monitor/protocol/Snapshot"

export const emptySnapshot: Snapshot = {
  engine: {
    state: "open",
    detail: "",
    durableSize: 0,
    publishedSize: 0,
    publishedMillis: null,
    verification: null,
    samplingRate: 1,
    waiting: 0,
    walSegments: 0,
    walAbandoned: 0,
    slabs: 0,
    slabsMax: 0,
    systemRecords: 0,
  },
  flow: [],
  ledger: [],
  actors: [],
  sinks: [],
  readings: [],
  readingsLeftOut: 0,
  baselines: [],
  alerts: [],
  alertsLeftOut: 0,
  findings: [],
}

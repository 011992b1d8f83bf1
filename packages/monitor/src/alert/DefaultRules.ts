/**
 * The rules that come along: what every trail's keeper should be told.
 *
 * @since 0.1.0
 */
import type { AlertRule, AlertRules } from "./AlertRule.ts"

const engine: ReadonlyArray<AlertRule> = [
  {
    name: "engine-not-open",
    kind: "threshold",
    of: { metric: "countersign_engine_open" },
    is: "below",
    bound: 1,
    // A close that is in order takes less, or nobody is left to tell.
    for: "5s",
    severity: "critical",
    summary: "The audit engine takes no events: it is closing, closed, or has failed",
  },
  {
    name: "engine-silent",
    kind: "absence",
    of: { metric: "countersign_engine_open" },
    after: "15s",
    severity: "critical",
    summary: "Nothing was read of the audit engine for {value} s",
  },
  {
    name: "actor-down",
    kind: "threshold",
    of: { metric: "countersign_actor_up" },
    is: "below",
    bound: 1,
    for: "5s",
    severity: "error",
    groupBy: ["kind"],
    summary: "{labels.actor} was given up or has stopped",
  },
  {
    name: "actor-restarts",
    kind: "rate",
    of: { metric: "countersign_actor_restarts_total" },
    over: "10m",
    per: "10m",
    is: "at-least",
    bound: 3,
    severity: "warning",
    summary: "{labels.actor} was started again {value} times within 10 minutes",
  },
  {
    name: "events-missing",
    kind: "threshold",
    of: { metric: "countersign_events_missing" },
    is: "differs",
    bound: 0,
    // Counters of one moment are read one after the other.
    for: "5s",
    severity: "critical",
    summary: "{value} {labels.class} events are in no account: this is a defect of the engine",
  },
  {
    name: "events-lost",
    kind: "rate",
    of: { metric: "countersign_events_lost_total" },
    over: "10m",
    per: "10m",
    is: "above",
    bound: 0,
    severity: "critical",
    summary:
      "{value} {labels.class} events that were accepted are lost; a record in the trail says so",
  },
  {
    name: "events-refused",
    kind: "rate",
    of: { metric: "countersign_events_refused_total" },
    over: "5m",
    per: "5m",
    is: "above",
    bound: 0,
    severity: "error",
    summary: "{value} {labels.class} events were refused within 5 minutes",
  },
]

const trail: ReadonlyArray<AlertRule> = [
  {
    name: "log-sync-slow",
    kind: "threshold",
    of: { metric: "countersign_log_sync_seconds", labels: { quantile: "0.99" } },
    is: "above",
    bound: 0.25,
    for: "1m",
    keepFiring: "1m",
    severity: "warning",
    summary: "The log's sync takes {value} s (p99), more than {bound} s: events wait for the disk",
  },
  {
    name: "log-abandoned",
    kind: "rate",
    of: { metric: "countersign_wal_abandoned_total" },
    over: "10m",
    per: "10m",
    is: "above",
    bound: 0,
    severity: "error",
    summary: "{value} segments of the log were given up: a sync failed, or a file was gone",
  },
  {
    name: "checkpoint-stalled",
    kind: "absence",
    of: { metric: "countersign_trail_published_entries" },
    isUnchanged: true,
    // An engine that has nothing to sign signs nothing, and its checkpoint may be old.
    while: {
      of: { metric: "countersign_trail_durable_entries" },
      to: { metric: "countersign_trail_published_entries" },
      is: "above",
      bound: 1,
    },
    after: "2m",
    severity: "error",
    summary: "Entries are durable and no checkpoint has signed any of them for {value} s",
  },
  {
    name: "verify-failed",
    kind: "threshold",
    of: { metric: "countersign_verify_ok" },
    is: "below",
    bound: 1,
    severity: "critical",
    summary: "Verifying the trail did not say verified: look with countersign verify",
  },
  {
    name: "witness-old",
    kind: "threshold",
    of: { metric: "countersign_witness_age_seconds" },
    is: "above",
    bound: 3600,
    for: "5m",
    severity: "warning",
    summary: "No witness has cosigned a checkpoint for {value} s",
  },
  {
    name: "disk-filling",
    kind: "threshold",
    of: { metric: "countersign_disk_headroom_seconds" },
    is: "below",
    bound: 86_400,
    for: "5m",
    keepFiring: "10m",
    severity: "error",
    summary: "At this rate the trail's disk is full in {value} s, less than a day",
  },
]

const sinks: ReadonlyArray<AlertRule> = [
  {
    name: "sink-lag",
    kind: "threshold",
    of: { metric: "countersign_sink_oldest_seconds" },
    is: "above",
    bound: 60,
    for: "30s",
    keepFiring: "30s",
    severity: "warning",
    groupBy: ["sink"],
    summary: "{labels.sink} is behind: its oldest record has waited for {value} s",
  },
  {
    name: "sink-circuit-open",
    kind: "threshold",
    of: { metric: "countersign_sink_circuit_open" },
    is: "above",
    bound: 0,
    for: "10s",
    keepFiring: "10s",
    severity: "error",
    groupBy: ["sink"],
    summary: "{labels.sink} fails and is not called for a while",
  },
  {
    name: "sink-dead-letters",
    kind: "rate",
    of: { metric: "countersign_sink_dead_letters_total" },
    over: "10m",
    per: "10m",
    is: "above",
    bound: 0,
    severity: "error",
    groupBy: ["sink"],
    summary: "{labels.sink} refused {value} records: look with countersign dlq list",
  },
]

const process: ReadonlyArray<AlertRule> = [
  {
    name: "event-loop-blocked",
    kind: "threshold",
    of: {
      metric: "countersign_process_event_loop_delay_seconds",
      labels: { quantile: "0.99" },
    },
    is: "above",
    bound: 0.2,
    for: "30s",
    keepFiring: "1m",
    severity: "warning",
    summary: "The event loop comes round {value} s late (p99): something computes on it",
  },
  {
    name: "baseline-regressed",
    kind: "threshold",
    of: { metric: "countersign_baseline_regressed" },
    is: "above",
    bound: 0,
    severity: "warning",
    summary: "{labels.metric} is worse than its baseline",
  },
  {
    name: "alert-target-failing",
    kind: "rate",
    of: { metric: "countersign_alert_notices_lost_total" },
    over: "10m",
    per: "10m",
    is: "above",
    bound: 0,
    severity: "error",
    summary: "{value} notices of alerts did not reach {labels.target}",
  },
  {
    name: "detection",
    kind: "finding",
    rules: ["*"],
    severities: ["error", "critical"],
    quiet: "15m",
    severity: "error",
    summary: "Detection found {subject}",
  },
]

/**
 * Rules over the metrics of `docs/telemetry.md`. What an engine that is not open can't do is no news
 * beside that.
 *
 * @category constants
 * @since 0.1.0
 */
export const defaultRules: AlertRules = {
  rules: [...engine, ...trail, ...sinks, ...process],
  inhibitions: [
    {
      while: { rules: ["engine-not-open", "engine-silent"] },
      silence: { rules: ["actor-*", "checkpoint-*", "events-refused", "sink-*"] },
    },
    {
      while: { rules: ["sink-circuit-open"] },
      silence: { rules: ["sink-lag"] },
      equal: ["sink"],
    },
  ],
}

/**
 * What differs between two configurations, and which of it can take effect at once.
 *
 * @since 0.1.0
 */
import { type AuditConfig, configFields } from "./AuditConfig.ts"

/**
 * One field that changed.
 *
 * @category models
 * @since 0.1.0
 */
export interface ConfigChange {
  readonly path: string
  readonly before: string | number | boolean
  readonly after: string | number | boolean
  /** `true`: takes effect while the engine runs. `false`: with the next start. */
  readonly isLive: boolean
}

/** Stands for a value that a trail must not show. */
export const redacted = "(redacted)"

/**
 * The paths that can be reloaded while an engine runs.
 *
 * @category constants
 * @since 0.1.0
 */
export const livePaths: ReadonlySet<string> = new Set(
  configFields.filter((field) => field.isLive).map((field) => field.path),
)

const valueAt = (config: AuditConfig, path: string): string | number | boolean => {
  let value: unknown = config
  for (const name of path.split(".")) {
    value =
      typeof value === "object" && value !== null
        ? Object.entries(value).find(([key]) => key === name)?.[1]
        : undefined
  }
  return typeof value === "number" || typeof value === "boolean" ? value : String(value)
}

/**
 * The fields whose values differ, in the schema's order, ready for the record of a change:
 * where the signing key lies is not shown.
 *
 * @category encoding
 * @since 0.1.0
 */
export const changesBetween = (
  before: AuditConfig,
  after: AuditConfig,
): ReadonlyArray<ConfigChange> =>
  configFields.flatMap(({ isLive, isSecret, path }) => {
    const from = valueAt(before, path)
    const to = valueAt(after, path)
    if (from === to) return []
    return [
      isSecret
        ? { path, before: redacted, after: redacted, isLive }
        : { path, before: from, after: to, isLive },
    ]
  })

/**
 * A field with its value, as it may be shown.
 *
 * @category models
 * @since 0.1.0
 */
export interface ShownField {
  readonly path: string
  readonly value: string | number | boolean
  readonly meaning: string
  /** `true`: can change while the engine runs. */
  readonly isLive: boolean
}

/**
 * All fields of a configuration, in the schema's order, without what is secret.
 *
 * @category encoding
 * @since 0.1.0
 */
export const shownFields = (config: AuditConfig): ReadonlyArray<ShownField> =>
  configFields.map(({ isLive, isSecret, meaning, path }) => ({
    path,
    value: isSecret ? redacted : valueAt(config, path),
    meaning,
    isLive,
  }))

/**
 * The running configuration with every live field of another one: what holds after a reload.
 * The rest waits for the next start.
 *
 * @category constructors
 * @since 0.1.0
 */
export const withLiveOf = (running: AuditConfig, wanted: AuditConfig): AuditConfig => ({
  ...running,
  deadlines: wanted.deadlines,
  checkpoint: wanted.checkpoint,
  witness: { ...wanted.witness, policy: running.witness.policy },
  heartbeatMillis: wanted.heartbeatMillis,
  sampling: { ...wanted.sampling, windowMillis: running.sampling.windowMillis },
  archive: wanted.archive,
  shutdown: wanted.shutdown,
})

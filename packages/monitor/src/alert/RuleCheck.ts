/**
 * What a schema can't say of rules: that their parts fit each other.
 *
 * @since 0.1.0
 */
import { nearest } from "@countersign/core/config/Spelling"
import { instruments } from "../metric/Instruments.ts"
import { type AlertRule, type AlertRules, type Selector } from "./AlertRule.ts"
import { millisOf } from "./AlertSpan.ts"
import { unknownPlaceholders } from "./Summary.ts"
import { isTimeZone } from "./Suppressing.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Contradiction {
  readonly path: ReadonlyArray<string | number>
  readonly detail: string
}

const ownPrefix = "countersign_"
const summaryParts = /_(?:count|sum)$/

type Place = ReadonlyArray<string>

const selectorsOf = (rule: AlertRule): ReadonlyArray<readonly [Place, Selector]> => [
  ...ownSelectors(rule).map(([member, selector]) => [[member], selector] as const),
  ...(rule.while === undefined ? [] : [[["while", "of"], rule.while.of] as const]),
  ...(rule.while?.to === undefined ? [] : [[["while", "to"], rule.while.to] as const]),
]

const ownSelectors = (rule: AlertRule): ReadonlyArray<readonly [string, Selector]> => {
  switch (rule.kind) {
    case "ratio":
      return [
        ["of", rule.of],
        ["to", rule.to],
      ]
    case "burn-rate":
      return [
        ["bad", rule.bad],
        ["total", rule.total],
      ]
    case "finding":
      return []
    default:
      return [["of", rule.of]]
  }
}

/** Metrics of an application's own may have any name; of Countersign's all are known. */
const unknownMetrics = (rule: AlertRule): ReadonlyArray<Contradiction> =>
  selectorsOf(rule).flatMap(([place, { metric }]) => {
    const isKnown =
      !metric.startsWith(ownPrefix) ||
      instruments.has(metric) ||
      instruments.get(metric.replace(summaryParts, ""))?.kind === "summary"
    if (isKnown) return []
    const meant = nearest(metric, [...instruments.keys()])
    const hint = meant === undefined ? "docs/telemetry.md lists them" : `do you mean ${meant}?`
    return [{ path: [...place, "metric"], detail: `there is no metric ${metric}; ${hint}` }]
  })

const badSpans = (rule: AlertRule): ReadonlyArray<Contradiction> => {
  const positive = (path: Contradiction["path"], span: string | undefined) =>
    span === undefined || millisOf(span) > 0
      ? []
      : [{ path, detail: "must be longer than nothing" }]
  switch (rule.kind) {
    case "rate":
      return [...positive(["over"], rule.over), ...positive(["per"], rule.per)]
    case "ratio":
    case "change":
      return positive(["over"], rule.over)
    case "absence":
      return positive(["after"], rule.after)
    case "finding":
      return positive(["quiet"], rule.quiet)
    case "burn-rate":
      return rule.windows.flatMap(({ long, short }, index) =>
        millisOf(short) > 0 && millisOf(short) < millisOf(long)
          ? []
          : [
              {
                path: ["windows", index, "short"],
                detail: `must be shorter than the long one, ${long}`,
              },
            ],
      )
    default:
      return []
  }
}

const badSteps = ({ escalate = [] }: AlertRule): ReadonlyArray<Contradiction> =>
  escalate.flatMap(({ after }, index) => {
    const before = escalate[index - 1]?.after
    return before === undefined || millisOf(after) > millisOf(before)
      ? []
      : [
          {
            path: ["escalate", index, "after"],
            detail: `must be later than the step before, ${before}`,
          },
        ]
  })

const badSummary = ({ summary }: AlertRule): ReadonlyArray<Contradiction> =>
  unknownPlaceholders(summary).map((name) => ({
    path: ["summary"],
    detail: `{${name}} stands for nothing; there are {value}, {bound}, {subject}, {for} and {labels.NAME}`,
  }))

const badSuppressions = ({ suppressions = [] }: AlertRules): ReadonlyArray<Contradiction> =>
  suppressions.flatMap((each, index): ReadonlyArray<Contradiction> => {
    const path = ["suppressions", index]
    if ("start" in each) {
      return Date.parse(each.start) < Date.parse(each.end)
        ? []
        : [{ path: [...path, "end"], detail: `must be later than the start, ${each.start}` }]
    }
    if (each.timeZone !== undefined && !isTimeZone(each.timeZone)) {
      return [
        {
          path: [...path, "timeZone"],
          detail: `there is no time zone ${each.timeZone}; one is Europe/Berlin`,
        },
      ]
    }
    return []
  })

const repeated = (names: ReadonlyArray<string>, list: string): ReadonlyArray<Contradiction> =>
  names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [{ path: [list, index, "name"], detail: `there is another ${name}; a name is there once` }],
  )

/**
 * Everything about rules that can't be.
 *
 * @category predicates
 * @since 0.1.0
 */
export const contradictions = (rules: AlertRules): ReadonlyArray<Contradiction> => [
  ...repeated(
    rules.rules.map(({ name }) => name),
    "rules",
  ),
  ...repeated(
    (rules.suppressions ?? []).map(({ name }) => name),
    "suppressions",
  ),
  ...rules.rules.flatMap((rule, index) =>
    [...unknownMetrics(rule), ...badSpans(rule), ...badSteps(rule), ...badSummary(rule)].map(
      ({ detail, path }) => ({ path: ["rules", index, ...path], detail }),
    ),
  ),
  ...badSuppressions(rules),
]

/**
 * Targets that rules name and that are not there.
 *
 * @category predicates
 * @since 0.1.0
 */
export const unknownTargets = (
  rules: AlertRules,
  targets: ReadonlyArray<string>,
): ReadonlyArray<Contradiction> =>
  rules.rules.flatMap(({ escalate = [], notify = [] }, index) =>
    [
      ...notify.map((name, at) => ({ name, path: ["notify", at] })),
      ...escalate.flatMap((step, at) =>
        step.notify.map((name, to) => ({ name, path: ["escalate", at, "notify", to] })),
      ),
    ].flatMap(({ name, path }) =>
      targets.includes(name)
        ? []
        : [
            {
              path: ["rules", index, ...path],
              detail: `there is no target ${name}; there ${targets.length === 0 ? "is none" : `are ${targets.join(", ")}`}`,
            },
          ],
    ),
  )

/** A rule of alerts in words: what it looks for, how long, and what it is compared with. */
import type { AlertRule, Comparison, Selector } from "@countersign/monitor/alert/AlertRule"

const comparisons: Readonly<Record<Comparison["is"], string>> = {
  above: "is above",
  "at-least": "is at least",
  below: "is below",
  "at-most": "is at most",
  equals: "is",
  differs: "is anything but",
}

const patternsText = (patterns: Selector["labels"]): string =>
  Object.entries(patterns ?? {})
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : value.join(" or ")}`)
    .join(", ")

const selected = ({ except, labels, metric }: Selector): string => {
  const only = labels === undefined ? "" : ` with ${patternsText(labels)}`
  const without = except === undefined ? "" : ` but for ${patternsText(except)}`
  return `${metric}${only}${without}`
}

const compared = ({ bound, is }: Comparison): string => `${comparisons[is]} ${bound}`

const condition = (rule: AlertRule): string => {
  switch (rule.kind) {
    case "threshold":
      return `${selected(rule.of)} ${compared(rule)}`
    case "rate":
      return `${selected(rule.of)} grows, within ${rule.over}, so that the growth for each ${rule.per ?? "1s"} ${compared(rule)}`
    case "absence":
      return `nothing is heard of ${selected(rule.of)} for ${rule.after}${rule.isUnchanged === true ? ", or it does not change" : ""}`
    case "ratio":
      return `the ratio of ${selected(rule.of)} to ${selected(rule.to)}${rule.over === undefined ? "" : `, of their growth within ${rule.over},`} ${compared(rule)}`
    case "burn-rate":
      return `${selected(rule.bad)} use up what an objective of ${rule.objective} leaves room for: ${rule.windows.map(({ factor, long, short }) => `${factor} times too fast over ${long} and over ${short}`).join(", or ")}`
    case "change":
      return `${selected(rule.of)}, over ${typeof rule.against === "number" ? rule.against : rule.against === "past" ? `its mean of ${rule.over ?? "1h"}` : "its baseline"}, ${compared(rule)}`
    case "finding":
      return `detection finds something by ${rule.rules.join(" or ")}, and for ${rule.quiet} after it`
  }
}

/** Sentences, the first of which says when the alert begins. */
export const ruleWords = (rule: AlertRule): ReadonlyArray<string> => {
  const beside =
    rule.while === undefined
      ? ""
      : `, while ${selected(rule.while.of)}${rule.while.to === undefined ? "" : ` over ${selected(rule.while.to)}`} ${compared(rule.while)}`
  return [
    `It begins when ${condition(rule)}${beside}.`,
    rule.for === undefined ? "People are told at once." : `It must hold for ${rule.for}.`,
    ...(rule.keepFiring === undefined
      ? []
      : [`It is over once that is so for ${rule.keepFiring}.`]),
    ...(rule.escalate ?? []).map(
      ({ after, notify }) =>
        `After ${after} without anybody who has it, ${notify.join(", ")} is told.`,
    ),
  ]
}

export interface Threshold {
  readonly bound: number
  readonly is: Comparison["is"]
}

/** What the measured value is compared with; a rate's is not the value of its series. */
export const thresholdOf = (rule: AlertRule | undefined): Threshold | undefined =>
  rule === undefined ||
  rule.kind === "absence" ||
  rule.kind === "finding" ||
  rule.kind === "burn-rate"
    ? undefined
    : { bound: rule.bound, is: rule.is }

export const thresholdWords = ({ bound, is }: Threshold): string => `${comparisons[is]} ${bound}`

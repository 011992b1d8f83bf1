/**
 * The text for Prometheus with each series once. Whoever reads it takes it that way alone: of two
 * series with the same name and labels one is dropped or the whole text refused.
 *
 * Effect's registry holds metrics of everybody, and tells apart what the text does not: units, names
 * that differ in underscores, the count of a summary and a counter of that name.
 *
 * @since 0.1.0
 */

/** What each kind writes beside its own name. */
const parts: Readonly<Record<string, ReadonlyArray<string>>> = {
  summary: ["_count", "_sum"],
  histogram: ["_count", "_sum", "_bucket"],
}

const typeLine = /^# TYPE (\S+) (\S+)$/
const helpLine = /^# HELP (\S+) /
const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g

/** Names a series whatever the order of its labels; `undefined` where it has a label twice. */
const seriesIn = (line: string): string | undefined => {
  const brace = line.indexOf("{")
  if (brace < 0) return line.slice(0, line.indexOf(" "))
  const labels = [...line.matchAll(label)]
  const names = new Set(labels.map(([, name]) => name))
  if (names.size < labels.length) return undefined
  return `${line.slice(0, brace)}{${labels
    .map(([pair]) => pair)
    .toSorted()
    .join(",")}}`
}

/**
 * Keeps the first of what comes twice: of series that are the same, and of metrics that write
 * series of the same name. A comment at the end says how many were left out.
 *
 * @param text as Effect writes it: the lines of a metric together, its kind before its series
 * @category conversions
 * @since 0.1.0
 */
export const withoutRepeats = (text: string): string => {
  const lines = text.split("\n")
  const series = new Set<string>()
  const names = new Set<string>()
  const kept: Array<string> = []
  let help: string | undefined
  let isKept = true
  let left = 0
  for (const line of lines) {
    if (helpLine.test(line)) {
      help = line
      continue
    }
    const [, name, kind = ""] = typeLine.exec(line) ?? []
    if (name !== undefined) {
      const written = [name, ...(parts[kind] ?? []).map((part) => `${name}${part}`)]
      isKept = !written.some((each) => names.has(each))
      if (isKept) {
        for (const each of written) names.add(each)
        kept.push(...(help === undefined ? [line] : [help, line]))
      }
      help = undefined
      continue
    }
    const named = line === "" ? undefined : seriesIn(line)
    if (line !== "" && (!isKept || named === undefined || series.has(named))) {
      left += 1
      continue
    }
    if (named !== undefined) series.add(named)
    kept.push(line)
  }
  return left === 0
    ? text
    : `${kept.join("\n")}# ${left} series left out: others have their names and labels\n`
}

/**
 * Lines over an axis as SVG, with the same numbers as a table beside them.
 *
 * No script and no style of its own: colours are the page's, by class. Texts are escaped.
 *
 * @since 0.1.0
 */

/**
 * @category models
 * @since 0.1.0
 */
export interface ChartSeries {
  readonly name: string
  /** 0 to 5: which of the page's colours and dashes; 5 is a broad one, for what others lie on. */
  readonly tone: number
  /** One for each of the chart's x; `null` leaves a gap. */
  readonly values: ReadonlyArray<number | null>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface ChartOptions {
  /** Unique in the page. */
  readonly id: string
  readonly title: string
  /** What it shows, in a sentence, for who doesn't see it. */
  readonly description: string
  readonly xName: string
  /** Ascending. */
  readonly xs: ReadonlyArray<number>
  /** What each x is called, in the table and under the pointer. */
  readonly names: ReadonlyArray<string>
  readonly xTicks: ReadonlyArray<{ readonly at: number; readonly text: string }>
  readonly series: ReadonlyArray<ChartSeries>
  readonly isLogarithmic: boolean
  readonly format: (value: number) => string
  /** Stretches of x that are shaded, and what they are. */
  readonly shaded?: {
    readonly name: string
    readonly from: number
    readonly to: number
  }
}

const width = 960
const height = 340
const left = 76
const right = 104
const top = 14
const bottom = 46
const plotWidth = width - left - right
const plotHeight = height - top - bottom
const labelGap = 15

/**
 * A text that means itself in HTML and in SVG.
 *
 * @category conversions
 * @since 0.1.0
 */
export const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

/** The nearest of 1, 2, 5, 10, … that is not below. */
const roundUp = (value: number): number => {
  const power = 10 ** Math.floor(Math.log10(value))
  const step = [1, 2, 5, 10].find((factor) => factor * power >= value * (1 - 1e-9)) ?? 10
  return step * power
}

/**
 * Round numbers from 0 to at least a value, evenly apart.
 *
 * @param most above 0
 * @category constructors
 * @since 0.1.0
 */
export const linearTicks = (most: number): ReadonlyArray<number> => {
  const step = roundUp(most / 5)
  const count = Math.ceil(most / step - 1e-9)
  return Array.from({ length: Math.max(1, count) + 1 }, (_, index) => index * step)
}

/**
 * Powers of ten around values; 2 and 5 of each where there are few.
 *
 * @category constructors
 * @since 0.1.0
 */
export const logarithmicTicks = (least: number, most: number): ReadonlyArray<number> => {
  const from = Math.floor(Math.log10(least) + 1e-9)
  const to = Math.max(from + 1, Math.ceil(Math.log10(most) - 1e-9))
  const factors = to - from > 2 ? [1] : [1, 2, 5]
  const ticks: Array<number> = []
  for (let power = from; power < to; power++) {
    for (const factor of factors) ticks.push(factor * 10 ** power)
  }
  return [...ticks, 10 ** to]
}

const fixed = (value: number): string => String(Math.round(value * 10) / 10)

/** Where values lie in the picture. */
interface Scales {
  readonly x: (value: number) => number
  readonly y: (value: number) => number
  readonly ticks: ReadonlyArray<number>
}

const scalesOf = ({ isLogarithmic, series, xTicks, xs }: ChartOptions): Scales => {
  const values = series
    .flatMap((one) => one.values)
    .filter((value): value is number => value !== null && (!isLogarithmic || value > 0))
  const most = Math.max(...values, isLogarithmic ? 10 : 1)
  const ticks = isLogarithmic
    ? logarithmicTicks(Math.max(1, Math.min(...values, most)), most)
    : linearTicks(most)
  const [low = 0] = ticks
  const high = ticks.at(-1) ?? 1
  const of = isLogarithmic ? (value: number) => Math.log10(Math.max(value, low)) : Number
  const along = [...xs, ...xTicks.map(({ at }) => at)]
  const from = Math.min(...along)
  const length = Math.max(...along) - from || 1
  return {
    ticks,
    x: (value) => left + ((value - from) / length) * plotWidth,
    y: (value) => top + plotHeight - ((of(value) - of(low)) / (of(high) - of(low))) * plotHeight,
  }
}

const pathOf = ({ values }: ChartSeries, xs: ReadonlyArray<number>, scales: Scales): string => {
  let path = ""
  let isDrawing = false
  for (const [index, value] of values.entries()) {
    if (value === null) {
      isDrawing = false
      continue
    }
    const x = fixed(scales.x(xs[index] ?? 0))
    const y = fixed(scales.y(value))
    path += `${isDrawing ? "L" : "M"}${x} ${y}`
    isDrawing = true
  }
  return path
}

/** Names at the ends of the lines, moved apart so that none covers another. */
const labelsOf = (options: ChartOptions, scales: Scales): string => {
  const ends = options.series
    .flatMap(({ name, tone, values }) => {
      const last = values.findLast((value) => value !== null)
      return last === undefined || last === null ? [] : [{ name, tone, y: scales.y(last) }]
    })
    // Of lines that end in one point the last is the highest before.
    .toReversed()
    .toSorted((one, other) => one.y - other.y)
  let least = top + 4
  const placed = ends.map((end) => {
    const y = Math.max(least, end.y)
    least = y + labelGap
    return { ...end, y }
  })
  // Those that were pushed out below come back from there.
  let most = top + plotHeight
  for (const end of placed.toReversed()) {
    end.y = Math.min(end.y, most)
    most = end.y - labelGap
  }
  return placed
    .map(
      ({ name, tone, y }) =>
        `<text class="n f${tone}" x="${width - right + 8}" y="${fixed(y + 4)}">${escaped(name)}</text>`,
    )
    .join("")
}

/** A column for each x that says its numbers under the pointer. */
const columnsOf = ({ format, names, series, xs }: ChartOptions, scales: Scales): string =>
  xs
    .map((x, index) => {
      const before = scales.x(xs[index - 1] ?? x)
      const here = scales.x(x)
      const after = scales.x(xs[index + 1] ?? x)
      const from = index === 0 ? here : (before + here) / 2
      const to = index === xs.length - 1 ? here : (here + after) / 2
      const said = series
        .map(({ name, values }) => {
          const value = values[index] ?? null
          return `${name} ${value === null ? "–" : format(value)}`
        })
        .join("\n")
      return `<g class="h"><title>${escaped(`${names[index] ?? ""}\n${said}`)}</title><rect x="${fixed(from)}" y="${top}" width="${fixed(Math.max(1, to - from))}" height="${plotHeight}"/></g>`
    })
    .join("")

const axesOf = (options: ChartOptions, { ticks, x, y }: Scales): string => {
  const rows = ticks
    .map((tick) => {
      const at = fixed(y(tick))
      return `<line class="g" x1="${left}" x2="${width - right}" y1="${at}" y2="${at}"/><text class="a e" x="${left - 8}" y="${fixed(y(tick) + 4)}">${escaped(options.format(tick))}</text>`
    })
    .join("")
  const columns = options.xTicks
    .map(({ at, text }) => {
      const place = fixed(x(at))
      return `<line class="k" x1="${place}" x2="${place}" y1="${top + plotHeight}" y2="${top + plotHeight + 5}"/><text class="a m" x="${place}" y="${top + plotHeight + 19}">${escaped(text)}</text>`
    })
    .join("")
  const name = `<text class="a m" x="${left + plotWidth / 2}" y="${height - 6}">${escaped(options.xName)}</text>`
  return rows + columns + name
}

/**
 * The chart.
 *
 * @category conversions
 * @since 0.1.0
 */
export const chartSvg = (options: ChartOptions): string => {
  const { description, id, series, shaded, title, xs } = options
  const scales = scalesOf(options)
  const lines = series
    .map((one) => `<path class="l s${one.tone}" d="${pathOf(one, xs, scales)}"/>`)
    .join("")
  const shade =
    shaded === undefined || shaded.to <= shaded.from
      ? ""
      : `<rect class="w" x="${fixed(scales.x(shaded.from))}" y="${top}" width="${fixed(scales.x(shaded.to) - scales.x(shaded.from))}" height="${plotHeight}"/><text class="a" x="${fixed(scales.x(shaded.from) + 6)}" y="${top + 14}">${escaped(shaded.name)}</text>`
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-text"><title id="${id}-title">${escaped(title)}</title><desc id="${id}-text">${escaped(description)}</desc>${shade}${axesOf(options, scales)}${lines}${labelsOf(options, scales)}${columnsOf(options, scales)}</svg>`
}

/**
 * The chart's numbers as a table.
 *
 * @category conversions
 * @since 0.1.0
 */
export const chartTable = ({ format, names, series, title, xName }: ChartOptions): string => {
  const head = [xName, ...series.map(({ name }) => name)]
    .map((name) => `<th scope="col">${escaped(name)}</th>`)
    .join("")
  const rows = names
    .map((name, index) => {
      const cells = series.map(({ values }) => {
        const value = values[index] ?? null
        return `<td>${value === null ? "–" : escaped(format(value))}</td>`
      })
      return `<tr><th scope="row">${escaped(name)}</th>${cells.join("")}</tr>`
    })
    .join("")
  return `<table><caption>${escaped(title)}</caption><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table>`
}

/** Figures as people read them. */

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 })
const tenths = new Intl.NumberFormat("en", { maximumFractionDigits: 1 })
const significant = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 })

export const count = (value: number): string => whole.format(value)

/** Small rates keep a tenth: 0.3 events a second are not none. */
export const rate = (perSecond: number): string =>
  `${perSecond < 10 ? tenths.format(perSecond) : whole.format(perSecond)} /s`

const sizes = ["B", "KiB", "MiB", "GiB", "TiB"]

export const bytes = (value: number): string => {
  const step = Math.min(sizes.length - 1, value < 1 ? 0 : Math.floor(Math.log2(value) / 10))
  const scaled = value / 1024 ** step
  return `${scaled < 10 && step > 0 ? tenths.format(scaled) : whole.format(scaled)} ${sizes[step]}`
}

/** Units: seconds, of any size. */
export const seconds = (value: number): string => {
  if (value === 0) return "0 s"
  if (Math.abs(value) < 0.001) return `${significant.format(value * 1e6)} µs`
  if (Math.abs(value) < 1) return `${significant.format(value * 1000)} ms`
  return `${significant.format(value)} s`
}

/** A share of one; what is more than nothing is never 0 %. */
export const share = (ratio: number): string => {
  const percent = ratio * 100
  if (percent > 0 && percent < 0.1) return "under 0.1 %"
  return `${percent < 10 ? tenths.format(percent) : whole.format(percent)} %`
}

const few = ["never", "once", "twice"]

export const times = (value: number): string => few[value] ?? `${whole.format(value)} times`

/** `1 record`, `2 records`. */
export const many = (value: number, one: string, more = `${one}s`): string =>
  `${whole.format(value)} ${value === 1 ? one : more}`

/** A row of one of the editor's trees, without the editor. */
export interface Row {
  /** Unique in its tree. */
  readonly id: string
  readonly label: string
  readonly description: string
  /** A codicon's name. States differ in their shape, not in colour alone. */
  readonly icon: string
  /** Of the editor's theme. */
  readonly colour?: string
  /** Asked for when a pointer rests on the row, so it may say how long something lasts. */
  readonly tooltip: string
  /** All that the row says, for a screen reader. */
  readonly spoken: string
  /** What the manifest's menus ask for. */
  readonly context: string
  readonly children: ReadonlyArray<Row>
  /** Run when the row is chosen. */
  readonly command?: { readonly id: string; readonly title: string; readonly argument: unknown }
}

const numbers = new Intl.NumberFormat("en")

export const count = (value: number): string => numbers.format(Math.round(value))

export const counted = (value: number, one: string, many: string): string =>
  `${count(value)} ${value === 1 ? one : many}`

/** `4 s`, `3 min`, `2 h`: how long something lasts. */
export const duration = (millis: number): string => {
  const seconds = Math.max(0, Math.floor(millis / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`
  return `${Math.floor(seconds / 86_400)} d`
}

/** Which columns a table has, and how wide they are. */

export interface TableColumn {
  readonly id: string
  readonly title: string
  /** Units: pixels. */
  readonly width: number
  readonly isNumber?: boolean
}

/** Units: pixels. */
export const widthMin = 40
/** Units: pixels. */
export const widthMax = 2000

const bounded = (width: number): number => Math.round(Math.min(widthMax, Math.max(widthMin, width)))

export const resized = (
  columns: ReadonlyArray<TableColumn>,
  id: string,
  width: number,
): ReadonlyArray<TableColumn> =>
  columns.map((column) => (column.id === id ? { ...column, width: bounded(width) } : column))

/** Changes places with its neighbour. */
export const moved = (
  columns: ReadonlyArray<TableColumn>,
  id: string,
  step: 1 | -1,
): ReadonlyArray<TableColumn> => {
  const from = columns.findIndex((column) => column.id === id)
  const to = from + step
  const [one, other] = [columns[from], columns[to]]
  if (one === undefined || other === undefined) return columns
  return columns.with(from, other).with(to, one)
}

export const totalWidth = (columns: ReadonlyArray<TableColumn>): number =>
  columns.reduce((sum, { width }) => sum + width, 0)

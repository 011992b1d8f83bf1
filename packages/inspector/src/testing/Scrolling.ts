/**
 * How long frames take while a table is scrolled, and how long they take where nothing but plain
 * elements moves: on a machine that others use as well, the one says little without the other.
 *
 * @since 0.1.0
 */
import type { BrowserContext, Page } from "playwright-core"

/** Frames of one try, and pixels of each frame: three rows. */
const frames = 240
const step = 66

/**
 * Units: milliseconds.
 *
 * @category models
 * @since 0.1.0
 */
export interface FrameTimes {
  readonly middle: number
  /** The 95th percentile. */
  readonly long: number
}

/**
 * The value below which a share of all lies.
 *
 * @category accessors
 * @since 0.1.0
 */
export const quantile = (values: ReadonlyArray<number>, share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(share * (values.length - 1))] ?? Number.NaN

const timesOf = (taken: ReadonlyArray<number>): FrameTimes => ({
  middle: quantile(taken, 0.5),
  long: quantile(taken, 0.95),
})

/**
 * Scrolls the element, three rows a frame.
 *
 * @category running
 * @since 0.1.0
 */
export const scrolled = async (page: Page, selector: string): Promise<FrameTimes> =>
  timesOf(
    await page.evaluate(
      async ([count, pixels, where]) => {
        const scroller = document.querySelector(where)
        if (scroller === null) throw new Error("there is no table")
        const taken: Array<number> = []
        let before = await new Promise<number>(requestAnimationFrame)
        for (let frame = 0; frame < count; frame += 1) {
          scroller.scrollTop += pixels
          const now = await new Promise<number>(requestAnimationFrame)
          taken.push(now - before)
          before = now
        }
        return taken
      },
      [frames, step, selector] as const,
    ),
  )

/**
 * The same by a page that does nothing else: as many rows and cells, and no framework.
 *
 * @category running
 * @since 0.1.0
 */
export const plainlyScrolled = async (context: BrowserContext): Promise<FrameTimes> => {
  const page = await context.newPage()
  const taken = await page.evaluate(async (count) => {
    const rows = Array.from({ length: 48 }, () => {
      const row = document.createElement("div")
      row.append(...Array.from({ length: 8 }, () => document.createElement("span")))
      document.body.append(row)
      return row
    })
    const times: Array<number> = []
    let before = await new Promise<number>(requestAnimationFrame)
    for (let frame = 0; frame < count; frame += 1) {
      for (const [index, row] of rows.entries()) {
        for (const [column, cell] of [...row.children].entries()) {
          cell.textContent = `row ${frame * 3 + index}, cell ${column}`
        }
      }
      const now = await new Promise<number>(requestAnimationFrame)
      times.push(now - before)
      before = now
    }
    return times
  }, frames)
  await page.close()
  return timesOf(taken)
}

/** F6 goes round the parts of the workbench, as in editors. */
const parts = [".standing", ".activity-bar", ".side-bar", ".editor-area", ".panel", ".status-bar"]

const focusable = "button:not([tabindex='-1']), [tabindex='0'], input, select, textarea, a[href]"

const firstIn = (part: Element): HTMLElement | null => part.querySelector<HTMLElement>(focusable)

/**
 * The part that comes next on the way round.
 *
 * @param at where the focus is; below 0: nowhere
 */
export const nextPart = (at: number, step: 1 | -1, count: number): number =>
  at < 0 ? (step === 1 ? 0 : count - 1) : (at + step + count) % count

export const focusPart = (step: 1 | -1): void => {
  const there = parts.flatMap((selector) => {
    const part = document.querySelector(selector)
    const first = part === null ? null : firstIn(part)
    return part === null || first === null ? [] : [{ part, first }]
  })
  const at = there.findIndex(({ part }) => part.contains(document.activeElement))
  there[nextPart(at, step, there.length)]?.first.focus()
}

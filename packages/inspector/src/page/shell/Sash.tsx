/** An edge that is dragged, or moved by the arrows; twice clicked it is where it was at first. */

export interface SashProps {
  readonly label: string
  /** Of the edge itself: a vertical one is moved to the left and to the right. */
  readonly orientation: "vertical" | "horizontal"
  readonly value: number
  readonly min: number
  readonly max: number
  readonly initial: number
  /** What it sizes lies after it: it grows where the edge moves back. */
  readonly isAfter?: boolean
  readonly resize: (value: number) => void
}

const step = 20

export const Sash = (props: SashProps) => {
  const { initial, isAfter = false, label, max, min, orientation, resize, value } = props
  const isVertical = orientation === "vertical"
  const way = isAfter ? -1 : 1
  const move = (by: number) => resize(value + by * way)
  const keys: Readonly<Record<string, () => void>> = {
    [isVertical ? "ArrowLeft" : "ArrowUp"]: () => move(-step),
    [isVertical ? "ArrowRight" : "ArrowDown"]: () => move(step),
    Home: () => resize(min),
    End: () => resize(max),
    Enter: () => resize(initial),
  }
  return (
    <div
      className={`sash sash-${orientation}`}
      role="separator"
      aria-orientation={orientation}
      aria-label={label}
      aria-valuenow={value}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      onKeyDown={(event) => {
        const run = event.ctrlKey || event.altKey || event.metaKey ? undefined : keys[event.key]
        if (run === undefined) return
        event.preventDefault()
        run()
      }}
      onDoubleClick={() => resize(initial)}
      onPointerDown={(event) => {
        event.preventDefault()
        event.currentTarget.setPointerCapture(event.pointerId)
      }}
      onPointerMove={(event) => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return
        move(isVertical ? event.movementX : event.movementY)
      }}
    />
  )
}

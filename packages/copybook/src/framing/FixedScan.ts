/**
 * Finds records of one length.
 *
 * @since 0.1.0
 */
import { BlockPlace, type Blocks } from "./BlockPlace.ts"
import type { Scan } from "./Found.ts"
import { hex } from "./FramingFault.ts"

/**
 * @param length from one record to the next
 * @category constructors
 * @since 0.1.0
 */
export const fixedScan = (length: number, blocks: Blocks, isZeroFiller: boolean): Scan => {
  const place = new BlockPlace(blocks, isZeroFiller)
  const run: Scan["run"] = (bytes, from, end, _isLast, found) => {
    let at = from
    while (!found.isStopped && found.count < found.capacity) {
      at = place.enter(bytes, at, end, found)
      if (found.isStopped || at >= end || place.left === 0) break
      if (place.left < length) {
        const { left } = place
        if (at + left > end) break
        const tail = bytes.subarray(at, at + left)
        // In blocks of one length the rest is filler; a block's own word should have said less.
        if (blocks.kind === "word") {
          found.fault("CPY-3010", at, left, `${left} bytes, 0x${hex(tail.subarray(0, 32))}`)
        }
        if (found.isStopped) break
        place.left = 0
        at += left
        continue
      }
      const limit = Math.min(end, at + place.left)
      const room = Math.min(Math.floor((limit - at) / length), found.capacity - found.count)
      if (room === 0) {
        found.partialStart = at
        break
      }
      for (let index = 0; index < room; index++) found.add(at + index * length, length)
      at += room * length
      place.left -= room * length
    }
    return at
  }
  return { run, finish: (found, end, isTold) => place.finish(found, end, isTold) }
}

/**
 * The whole file as one record.
 *
 * @category constructors
 * @since 0.1.0
 */
export const singleScan = (recordBytesMax: number): Scan => ({
  run: (_bytes, at, end, isLast, found) => {
    if (end - at > recordBytesMax) {
      found.fatal("CPY-3005", at, 0, `more than ${recordBytesMax} bytes`)
      return at
    }
    if (!isLast || at === end) return at
    found.add(at, end - at)
    return end
  },
})

/** Bytes as people read them: the place, sixteen bytes, and the text that they are. */

const perLine = 16

const hex = (byte: number): string => byte.toString(16).padStart(2, "0")
const printable = (byte: number): string =>
  byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·"

export const hexLine = (bytes: Uint8Array, at: number): string => {
  const line = [...bytes.subarray(at, at + perLine)]
  const groups = [line.slice(0, 8), line.slice(8)].map((half) => half.map(hex).join(" "))
  return `${at.toString(16).padStart(6, "0")}  ${groups.join("  ").padEnd(48)}  ${line.map(printable).join("")}`
}

/** All lines, or those around some place. */
export const hexLines = (
  bytes: Uint8Array,
  from = 0,
  to: number = bytes.length,
): ReadonlyArray<string> => {
  const lines: Array<string> = []
  for (
    let at = Math.floor(from / perLine) * perLine;
    at < Math.min(to, bytes.length);
    at += perLine
  )
    lines.push(hexLine(bytes, at))
  return lines
}

/** Where two runs of bytes differ: both ends of the part that is not the same. */
export const differing = (
  left: Uint8Array,
  right: Uint8Array,
): { readonly from: number; readonly leftTo: number; readonly rightTo: number } | undefined => {
  const shorter = Math.min(left.length, right.length)
  let from = 0
  while (from < shorter && left[from] === right[from]) from += 1
  if (from === left.length && from === right.length) return undefined
  let same = 0
  while (same < shorter - from && left[left.length - 1 - same] === right[right.length - 1 - same])
    same += 1
  return { from, leftTo: left.length - same, rightTo: right.length - same }
}

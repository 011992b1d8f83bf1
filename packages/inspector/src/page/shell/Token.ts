/** A monitor's token, as somebody pastes it: in an address, or by itself. */

const alone = /^[A-Za-z0-9_-]{16,512}$/
const inAddress = /[#&?]token=([A-Za-z0-9_-]{16,512})(?:&|$)/

/** `undefined`: there is none in it. */
export const tokenIn = (text: string): string | undefined => {
  const trimmed = text.trim()
  return alone.test(trimmed) ? trimmed : inAddress.exec(trimmed)?.[1]
}

/**
 * Whether a text is an IP address: formats that have a field for one refuse anything else there.
 *
 * @since 0.1.0
 */
import { isIP } from "node:net"

/**
 * @category models
 * @since 0.1.0
 */
export interface IpAddress {
  readonly address: string
  readonly version: 4 | 6
}

/**
 * The address without a zone, or `undefined` for what is none.
 *
 * @category decoding
 * @since 0.1.0
 */
export const ipOf = (text: string | undefined): IpAddress | undefined => {
  const address = text?.replace(/%.*$/s, "") ?? ""
  const version = isIP(address)
  return version === 4 || version === 6 ? { address, version } : undefined
}

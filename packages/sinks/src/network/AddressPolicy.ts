/**
 * Which addresses a request may go to when its URL is somebody else's choice.
 *
 * A webhook's URL is typed in by a user, so it is a way to make this process ask its neighbours:
 * databases, administration pages, and the metadata service that hands out a machine's
 * credentials. Only what is public is asked, unless a network is allowed by name.
 *
 * @since 0.1.0
 */
import ipaddr from "ipaddr.js"

/**
 * A network, such as `10.0.0.0/8` or `fd00::/8`, parsed.
 *
 * @category models
 * @since 0.1.0
 */
export interface Network {
  readonly address: ipaddr.IPv4 | ipaddr.IPv6
  /** Leading bits that an address has in common with this one. */
  readonly bits: number
}

// Azure's, which lies among the public ones. Those of others are link-local, unique local or
// reserved.
const metadataAddresses: ReadonlySet<string> = new Set(["168.63.129.16"])

const globalUnicast: Network = { address: ipaddr.parse("2000::"), bits: 3 }

/**
 * A network from its text, or `undefined` for what is none. An address is a network of one.
 *
 * @category decoding
 * @since 0.1.0
 */
export const networkOf = (text: string): Network | undefined => {
  if (ipaddr.isValidCIDR(text)) {
    const [address, bits] = ipaddr.parseCIDR(text)
    return { address, bits }
  }
  if (!ipaddr.isValid(text)) return undefined
  const address = ipaddr.parse(text)
  return { address, bits: address.kind() === "ipv4" ? 32 : 128 }
}

/**
 * Why an address is not to be asked, or `undefined` where it may be.
 *
 * An IPv4 address in an IPv6 one is judged as the former where the system connects to it so; the
 * other forms that hold one (6to4, Teredo, NAT64) are refused with all that is not public.
 *
 * @category predicates
 * @since 0.1.0
 */
export const refusalOf = (address: string, allowed: ReadonlyArray<Network>): string | undefined => {
  if (!ipaddr.isValid(address)) return `${address} is no address`
  const parsed = ipaddr.process(address)
  const isAllowed = allowed.some(
    ({ address, bits }) => address.kind() === parsed.kind() && parsed.match(address, bits),
  )
  if (isAllowed) return undefined
  const range = parsed.range()
  // The list of ranges is of those with a name: what IPv6 has not given out passes for unicast.
  if (parsed.kind() === "ipv6" && !parsed.match(globalUnicast.address, globalUnicast.bits)) {
    return `${address} is not public (outside 2000::/3)`
  }
  if (range !== "unicast") return `${address} is not public (${range})`
  return metadataAddresses.has(parsed.toString())
    ? `${address} is a cloud's metadata service`
    : undefined
}

/**
 * Name resolution that gives out only addresses that may be asked.
 *
 * The check stands where the connection gets its address from, so that no second resolution, with
 * another answer, lies between what was checked and what is connected to.
 *
 * @since 0.1.0
 */
import * as dns from "node:dns"
import type { LookupAddress } from "node:dns"
import { isIP, type LookupFunction } from "node:net"
import { type Network, refusalOf } from "./AddressPolicy.ts"

/**
 * Resolves a name to all of its addresses.
 *
 * @category models
 * @since 0.1.0
 */
export type Resolve = (
  hostname: string,
  callback: (error: Error | null, addresses: ReadonlyArray<LookupAddress>) => void,
) => void

const resolveBySystem: Resolve = (hostname, callback) =>
  dns.lookup(hostname, { all: true, order: "verbatim" }, callback)

const refused = (hostname: string, refusal: string): Error =>
  new Error(`${hostname} is refused: ${refusal}. Allow its network where that is meant`)

/**
 * Why a host that is written as an address is not to be asked. The system connects to one without
 * any resolution, so the lookup never sees it.
 *
 * @param hostname as in a `URL`, with brackets around an IPv6 address
 * @category predicates
 * @since 0.1.0
 */
export const literalRefusal = (
  hostname: string,
  allowed: ReadonlyArray<Network>,
): Error | undefined => {
  const address = hostname.replace(/^\[(.*)\]$/, "$1")
  if (isIP(address) === 0) return undefined
  const refusal = refusalOf(address, allowed)
  return refusal === undefined ? undefined : refused(hostname, refusal)
}

/**
 * A `lookup` for sockets and requests. A name is refused if any of its addresses is: one that is
 * public and private at once is a trick, or a mistake.
 *
 * @category constructors
 * @since 0.1.0
 */
export const guardedLookup =
  (allowed: ReadonlyArray<Network>, resolve: Resolve = resolveBySystem): LookupFunction =>
  (hostname, options, callback) => {
    resolve(hostname, (error, addresses) => {
      if (error !== null) return callback(error, "")
      for (const { address } of addresses) {
        const refusal = refusalOf(address, allowed)
        if (refusal !== undefined) return callback(refused(hostname, refusal), "")
      }
      const [first] = addresses
      if (first === undefined) return callback(new Error(`${hostname} has no address`), "")
      if (options.all === true) return callback(null, [...addresses])
      return callback(null, first.address, first.family)
    })
  }

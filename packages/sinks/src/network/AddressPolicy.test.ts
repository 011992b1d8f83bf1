import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { type Network, networkOf, refusalOf } from "./AddressPolicy.ts"

const networks = (...texts: ReadonlyArray<string>): ReadonlyArray<Network> =>
  texts.flatMap((text) => networkOf(text) ?? [])

const byte = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 }))

describe("AddressPolicy", () => {
  for (const address of [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.100.100.200",
    "192.0.0.192",
    "168.63.129.16",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::2",
    "4000::1",
    "fe80::1%eth0",
    "fd00:ec2::254",
    "fec0::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:a9fe:a9fe",
    "::ffff:168.63.129.16",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2001::1",
    "2001:db8::1",
    "no address",
    "",
  ]) {
    it(`refuses ${address || "nothing"}`, () => {
      assert.isDefined(refusalOf(address, []))
    })
  }

  for (const address of ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "::ffff:8.8.8.8"]) {
    it(`takes ${address}`, () => {
      assert.isUndefined(refusalOf(address, []))
    })
  }

  it("takes what is in an allowed network, and nothing beside it", () => {
    const allowed = networks("10.1.0.0/16", "::1", "fd00:1::/32")
    assert.lengthOf(allowed, 3)
    for (const address of ["10.1.2.3", "::ffff:10.1.2.3", "::1", "fd00:1::5"]) {
      assert.isUndefined(refusalOf(address, allowed), address)
    }
    for (const address of ["10.2.0.1", "127.0.0.1", "::2", "fd00:2::5", "169.254.169.254"]) {
      assert.isDefined(refusalOf(address, allowed), address)
    }
  })

  it("knows what is no network", () => {
    for (const text of ["", "10.0.0.0/33", "10.0.0/8x", "localhost", "::1/129"]) {
      assert.isUndefined(networkOf(text), text)
    }
  })

  it.prop(
    "judges an IPv4 address alike however IPv6 writes it",
    { bytes: Schema.Tuple([byte, byte, byte, byte]) },
    ({ bytes }) => {
      const plain = bytes.join(".")
      const isRefused = refusalOf(plain, []) !== undefined
      assert.strictEqual(refusalOf(`::ffff:${plain}`, []) !== undefined, isRefused)
    },
  )
})

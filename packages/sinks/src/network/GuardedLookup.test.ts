import type { LookupAddress } from "node:dns"
import * as http from "node:http"
import type { LookupFunction } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { type Network, networkOf } from "./AddressPolicy.ts"
import { guardedLookup, literalRefusal, type Resolve } from "./GuardedLookup.ts"

const answering =
  (...addresses: ReadonlyArray<string>): Resolve =>
  (_hostname, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    )

type Found = string | Array<LookupAddress>

const looked = (lookup: LookupFunction, all: boolean): Promise<Found> =>
  new Promise((resolve, reject) => {
    lookup("name.example", { all }, (error, address) => {
      if (error === null) resolve(address)
      else reject(error)
    })
  })

const refusalBy = (lookup: LookupFunction, all: boolean): Promise<string> =>
  looked(lookup, all).then(
    (found) => `it gave ${JSON.stringify(found)}`,
    (error: unknown) => String(error),
  )

const loopback: ReadonlyArray<Network> = ["127.0.0.0/8"].flatMap((text) => networkOf(text) ?? [])

describe("GuardedLookup", () => {
  it("gives out public addresses, one or all", async () => {
    const lookup = guardedLookup([], answering("8.8.8.8", "2606:4700::1"))
    assert.strictEqual(await looked(lookup, false), "8.8.8.8")
    assert.deepStrictEqual(await looked(lookup, true), [
      { address: "8.8.8.8", family: 4 },
      { address: "2606:4700::1", family: 6 },
    ])
  })

  it("refuses a name with one address that is not public, wherever it stands", async () => {
    for (const addresses of [
      ["127.0.0.1"],
      ["8.8.8.8", "169.254.169.254"],
      ["::ffff:10.0.0.1", "8.8.8.8"],
    ]) {
      const lookup = guardedLookup([], answering(...addresses))
      for (const all of [true, false]) {
        assert.match(await refusalBy(lookup, all), /is refused: .* not public/)
      }
    }
  })

  it("refuses a name without an address", async () => {
    assert.match(await refusalBy(guardedLookup([], answering()), true), /has no address/)
  })

  it("refuses hosts that are written as addresses, however they are written", () => {
    for (const url of [
      "http://127.0.0.1/",
      "http://2130706433/",
      "http://0x7f.1/",
      "http://0177.0.0.1/",
      "http://[::1]/",
      "http://[::ffff:127.0.0.1]/",
      "http://[0:0:0:0:0:ffff:a9fe:a9fe]/",
      "http://169.254.169.254/latest/meta-data/",
    ]) {
      assert.isDefined(literalRefusal(new URL(url).hostname, []), url)
    }
    assert.isUndefined(literalRefusal(new URL("http://2130706433/").hostname, loopback))
    assert.isUndefined(literalRefusal("name.example", []))
    assert.isUndefined(literalRefusal("8.8.8.8", []))
  })

  it("is asked by each new connection, so that a name can't change in between", async () => {
    // The answer of a name server that tells the check one thing and the connection another.
    let asked = 0
    const rebinding: Resolve = (hostname, callback) => {
      asked += 1
      answering(asked === 1 ? "8.8.8.8" : "127.0.0.1")(hostname, callback)
    }
    const server = http.createServer((_request, response) => response.end("reached"))
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    const address = server.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    const lookup = guardedLookup([], rebinding)
    await looked(lookup, true)
    const said = await new Promise<string>((resolve) => {
      http
        .get({ host: "name.example", port, lookup, agent: false }, () => resolve("reached"))
        .once("error", (error) => resolve(error.message))
    })
    server.close()
    assert.strictEqual(asked, 2)
    assert.match(said, /127\.0\.0\.1 is not public/)
  })
})

import { assert, describe, it } from "@effect/vitest"
import { ipOf } from "./IpAddress.ts"

describe("IpAddress", () => {
  it("is an address of either version, without its zone", () => {
    assert.deepStrictEqual(ipOf("192.0.2.1"), { address: "192.0.2.1", version: 4 })
    assert.deepStrictEqual(ipOf("2001:db8::1"), { address: "2001:db8::1", version: 6 })
    assert.deepStrictEqual(ipOf("fe80::1%eth0"), { address: "fe80::1", version: 6 })
  })

  it("is none otherwise", () => {
    for (const text of [
      undefined,
      "",
      "localhost",
      "192.0.2.256",
      "192.0.2.1:80",
      "[::1]",
      "::1\n",
    ]) {
      assert.isUndefined(ipOf(text), text)
    }
  })
})

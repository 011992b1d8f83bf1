import { assert, describe, it } from "@effect/vitest"
import { subprotocol, subprotocolsFor } from "../protocol/MonitorProtocol.ts"
import {
  hostNameOf,
  hostsOf,
  isLoopback,
  originsOf,
  refusedHead,
  refusedPlain,
  refusedViewer,
} from "./Admission.ts"

const hosts = hostsOf("127.0.0.1", 4100, ["monitor.example"])
const rules = {
  hosts,
  origins: originsOf(hosts, ["https://Audit.Example/"]),
  token: "right",
}
const viewer = {
  host: "127.0.0.1:4100",
  "sec-websocket-protocol": subprotocolsFor("right").join(", "),
}

describe("Admission", () => {
  it("lets in who names this machine and has the token, by either way of giving it", () => {
    assert.isUndefined(refusedViewer(viewer, rules))
    assert.isUndefined(
      refusedViewer(
        {
          host: "localhost:4100",
          origin: "http://localhost:4100",
          authorization: "Bearer right",
          "sec-websocket-protocol": subprotocol,
        },
        rules,
      ),
    )
    assert.isUndefined(refusedViewer({ ...viewer, host: "[::1]:4100" }, rules))
    assert.isUndefined(refusedViewer({ ...viewer, host: "monitor.example" }, rules))
  })

  it("knows a name in whatever way it is written", () => {
    for (const [text, name] of [
      ["Monitor.EXAMPLE", "monitor.example"],
      ["monitor.example.", "monitor.example"],
      ["monitor.example.:8443", "monitor.example:8443"],
      ["monitor.example:80", "monitor.example"],
      ["monitor.example:443", "monitor.example"],
      ["FD00:0::0:1", "[fd00::1]"],
      ["[FD00::1]", "[fd00::1]"],
      ["[fd00:0:0::1]:4100", "[fd00::1]:4100"],
      ["::1", "[::1]"],
      ["10.0.0.1:4100", "10.0.0.1:4100"],
    ] as const) {
      assert.strictEqual(hostNameOf(text), name)
    }
    for (const text of [
      "",
      ".",
      "a b",
      "a/b",
      "u@a",
      "a?b",
      "a:b",
      "[::1",
      "http://a",
      "a:99999",
    ]) {
      assert.isUndefined(hostNameOf(text), text)
    }
  })

  it("takes names that it was given in any of their forms, with its own port and without", () => {
    const given = ["Monitor.EXAMPLE.", "proxy.example:8443", "FD00::1"]
    const known = { ...rules, hosts: hostsOf("::", 4100, given) }
    for (const host of [
      "monitor.example",
      "MONITOR.example:4100",
      "monitor.example.",
      "proxy.example:8443",
      "[fd00::1]",
      "[FD00:0::1]:4100",
      "LocalHost.:4100",
      "[0::1]:4100",
    ]) {
      assert.isUndefined(refusedHead({ host }, known), host)
    }
    for (const host of ["proxy.example", "proxy.example:4100", "monitor.example:8443", "fd00::2"]) {
      assert.strictEqual(refusedHead({ host }, known)?.status, 421, host)
    }
    // A browser leaves the port 80 out.
    const plain = { ...rules, hosts: hostsOf("127.0.0.1", 80, []) }
    assert.isUndefined(refusedHead({ host: "localhost" }, plain))
    assert.isUndefined(refusedHead({ host: "localhost:80" }, plain))
  })

  it("takes origins that it was given as people write them", () => {
    for (const origin of ["https://audit.example", "http://monitor.example:4100"]) {
      assert.isUndefined(refusedViewer({ ...viewer, origin }, rules), origin)
    }
  })

  it("refuses a name that a stranger made lead here, and one of another port", () => {
    for (const host of ["evil.example:4100", "127.0.0.1:4101", "127.0.0.1", ""]) {
      assert.strictEqual(refusedViewer({ ...viewer, host }, rules)?.status, 421)
    }
    const { host: _, ...nameless } = viewer
    assert.strictEqual(refusedHead(nameless, rules)?.status, 421)
  })

  it("refuses pages of other origins, and what hides its origin", () => {
    for (const origin of ["http://evil.example", "https://127.0.0.1:4100", "null"]) {
      assert.strictEqual(refusedViewer({ ...viewer, origin }, rules)?.status, 403)
    }
  })

  it("refuses a token that is missing, wrong, or of another length", () => {
    for (const token of ["wrong", "", "right.", "righ"]) {
      const offers = subprotocolsFor(token).join(",")
      assert.strictEqual(
        refusedViewer({ ...viewer, "sec-websocket-protocol": offers }, rules)?.status,
        401,
      )
    }
    assert.strictEqual(
      refusedViewer({ ...viewer, "sec-websocket-protocol": subprotocol }, rules)?.status,
      401,
    )
  })

  it("speaks no protocol that the viewer did not offer", () => {
    const headers = { host: viewer.host, authorization: "Bearer right" }
    assert.strictEqual(refusedViewer(headers, rules)?.status, 400)
  })

  it("knows which addresses nobody outside of the machine reaches", () => {
    for (const host of ["127.0.0.1", "127.8.0.1", "::1", "localhost"])
      assert.isTrue(isLoopback(host))
    for (const host of ["0.0.0.0", "::", "10.0.0.1", "127.0.0.1.evil.example"]) {
      assert.isFalse(isLoopback(host))
    }
  })

  it("tells a plain request what a viewer with the same head would not be told", () => {
    const plain = { host: "127.0.0.1:4100", authorization: "Bearer right" }
    assert.strictEqual(refusedPlain(plain, rules).status, 426)
    assert.strictEqual(refusedPlain({ ...plain, authorization: "Bearer wrong" }, rules).status, 401)
    assert.strictEqual(refusedPlain({ host: "127.0.0.1:4100" }, rules).status, 401)
    assert.strictEqual(
      refusedPlain({ ...plain, origin: "https://evil.example" }, rules).status,
      403,
    )
    assert.strictEqual(refusedPlain({ ...plain, host: "evil.example" }, rules).status, 421)
  })
})

import { assert, describe, it } from "@effect/vitest"
import { subprotocol, subprotocolsFor } from "../protocol/MonitorProtocol.ts"
import { hostsOf, isLoopback, refusedHead, refusedViewer } from "./Admission.ts"

const hosts = hostsOf("127.0.0.1", 4100, ["monitor.example"])
const rules = {
  hosts,
  origins: new Set(["http://127.0.0.1:4100", "http://localhost:4100"]),
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
})

import { assert, describe, it } from "@effect/vitest"
import type { Connection } from "../connection/Connection.ts"
import type { Scene } from "../shell/Contribution.ts"
import { verificationsOf } from "./Verifications.ts"

/** A server of which each question is answered by the test, also those that were taken back. */
const made = () => {
  const asked: Array<{
    readonly say: (step: unknown) => void
    readonly end: (failure?: string) => void
  }> = []
  const connection: Pick<Connection, "listen"> = {
    listen: (_stream, each, ended) => {
      // What the test says is a step of a verification.
      asked.push({ say: each as (step: unknown) => void, end: (failure) => ended(failure) })
      return () => undefined
    },
  }
  const announced: Array<string> = []
  const workbench = {
    announce: (text: string) => announced.push(text),
    notify: () => undefined,
    setProblems: () => undefined,
    open: () => undefined,
  }
  // Verifications use no more of a scene.
  const verifications = verificationsOf({ connection, workbench } as unknown as Scene)
  return { announced, asked, verifications }
}

const verified = {
  _tag: "Verdict",
  verdict: "verified",
  detail: "",
  size: 256,
  entries: 256,
  bytes: 1,
  findings: [],
  notChecked: [],
}

describe("verifications", () => {
  it("are of the run that was begun last: one that was stopped says nothing more", () => {
    const { asked, verifications } = made()
    verifications.start("server")
    verifications.stop("server")
    verifications.start("server")
    asked[0]?.say(verified)
    asked[0]?.end()
    assert.strictEqual(verifications.server.get()?.state, "running")
    assert.isUndefined(verifications.server.get()?.verdict)
    asked[1]?.say({ ...verified, verdict: "tampered", detail: "entry 3" })
    asked[1]?.end()
    assert.deepInclude(verifications.server.get(), { state: "done", verdict: "tampered" })
  })

  it("have failed where the server ends without a verdict", () => {
    const { announced, asked, verifications } = made()
    verifications.start("server")
    asked[0]?.say({ ...verified, _tag: "Progress" })
    asked[0]?.end()
    assert.strictEqual(verifications.server.get()?.state, "failed")
    assert.include(announced.join(" "), "Not verified. the server has ended without a verdict")
    verifications.start("server")
    assert.strictEqual(asked.length, 2)
  })
})

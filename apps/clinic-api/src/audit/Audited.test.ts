import { assert, describe, it } from "@effect/vitest"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import { ClinicApi } from "../api/ClinicApi.ts"
import { Audited, isMutating, undeclared } from "./Audited.ts"
import { Auditing } from "./Auditing.ts"
import { appointmentCancelled } from "./ClinicEvent.ts"

const declared = {
  event: appointmentCancelled,
  action: "CANCEL",
  when: "both",
  purpose: "operations",
} as const

const remove = HttpApiEndpoint.delete("remove", "/things/:id")

describe("the declared audit of an endpoint", () => {
  it("is there for every endpoint that changes something or hands out what is guarded", () => {
    const endpoints: Array<string> = []
    const mutating: Array<string> = []
    HttpApi.reflect(ClinicApi, {
      onGroup: () => undefined,
      onEndpoint: ({ endpoint }) => {
        endpoints.push(endpoint.identifier)
        if (isMutating(endpoint)) mutating.push(endpoint.identifier)
      },
    })
    // A walk that sees nothing would find nothing.
    assert.lengthOf(endpoints, 11)
    assert.sameMembers(mutating, ["register", "change", "breakGlass", "book", "cancel"])
    assert.deepStrictEqual(undeclared(ClinicApi, Auditing), [])
  })

  it("is missed where an endpoint changes something and declares none", () => {
    const api = HttpApi.make("other").add(HttpApiGroup.make("things").add(remove))
    assert.deepStrictEqual(undeclared(api, Auditing), [
      "things.remove (DELETE /things/:id) declares no audit",
    ])
  })

  it("is missed where no middleware makes it", () => {
    const api = HttpApi.make("other").add(
      HttpApiGroup.make("things").add(remove.annotate(Audited, declared)),
    )
    assert.deepStrictEqual(undeclared(api, Auditing), [
      "things.remove (DELETE /things/:id) declares an audit that no middleware makes",
    ])
  })

  it("is not enough where a change is recorded only afterwards", () => {
    const api = HttpApi.make("other")
      .add(
        HttpApiGroup.make("things").add(remove.annotate(Audited, { ...declared, when: "after" })),
      )
      .middleware(Auditing)
    assert.deepStrictEqual(undeclared(api, Auditing), [
      "things.remove (DELETE /things/:id) changes something and is recorded only afterwards",
    ])
  })
})

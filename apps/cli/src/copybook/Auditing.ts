/** Decoding and encoding, with a trail of them where one is named. */
import * as Effect from "effect/Effect"
import { operator } from "../trail/Operator.ts"
import { decodeAudited, decodeFile, type DecodeRequest } from "./Decoding.ts"
import { maskError } from "./Rejecting.ts"
import { encodeAudited, encodeFile, type EncodeRequest } from "./Encoding.ts"

// The engine is half of the program; without a trail it is not loaded.
const engine = (directory: string) =>
  Effect.map(
    Effect.promise(() => import("@countersign/core/Audit")),
    ({ Audit }) =>
      // A few events for each megabyte of records: small lanes and slabs hold them.
      Audit.layer({ directory, profile: "memory-constrained", sampling: { rate: 1 } }),
  )

export const decode = Effect.fnUntraced(function* (
  request: Omit<DecodeRequest, "lineage">,
  trail: string | undefined,
) {
  const decoded =
    trail === undefined
      ? decodeFile({ ...request, lineage: undefined })
      : Effect.provide(decodeAudited(request, operator()), yield* engine(trail))
  return yield* request.isMasked ? Effect.mapError(decoded, maskError) : decoded
})

export const encode = Effect.fnUntraced(function* (
  request: Omit<EncodeRequest, "lineage">,
  trail: string | undefined,
) {
  if (trail === undefined) return yield* encodeFile({ ...request, lineage: undefined })
  return yield* Effect.provide(encodeAudited(request, operator()), yield* engine(trail))
})

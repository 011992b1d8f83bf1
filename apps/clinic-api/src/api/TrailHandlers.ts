/**
 * The export for auditors.
 */
import { Audit } from "@countersign/core/Audit"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { AuditNote } from "../audit/Auditing.ts"
import { trailExportEnded } from "../audit/ClinicEvent.ts"
import { TrailExport } from "../audit/TrailExport.ts"
import { requireRole } from "./Access.ts"
import { ClinicApi } from "./ClinicApi.ts"
import { NotRecorded, RequestMalformed } from "./Problem.ts"

export const layer = HttpApiBuilder.group(
  ClinicApi,
  "trail",
  Effect.fnUntraced(function* (handlers) {
    const trail = yield* TrailExport
    const audit = yield* Audit
    /** The middleware's record says that an export began; this one how much was handed out. */
    const recordEnd = (principal: string, isWhole: boolean, count: number) => {
      const ended = trailExportEnded.parse({
        actor: { id: principal },
        outcome: isWhole ? "success" : "partial",
        action: "EXPORT",
        data: { count },
      })
      return Result.isFailure(ended)
        ? Effect.die(ended.failure)
        : Effect.ignore(audit.record(ended.success), { log: "Error" })
    }
    return handlers.handleAll({
      export: Effect.fnUntraced(function* ({ query }) {
        const note = yield* AuditNote
        note.input = query
        const { id } = yield* requireRole("auditor")
        const lines = yield* trail.lines(query.filter).pipe(
          Effect.catchTags({
            InvalidFilter: () => Effect.fail(new RequestMalformed({ where: "query.filter" })),
            AuditUnavailable: ({ code }) =>
              Effect.fail(new NotRecorded({ detail: code, isDone: false })),
          }),
        )
        let count = 0
        return lines.pipe(
          Stream.map((each) => {
            count += each.count
            return each.bytes
          }),
          Stream.onExit((exit) => Effect.suspend(() => recordEnd(id, Exit.isSuccess(exit), count))),
        )
      }),
    })
  }),
)

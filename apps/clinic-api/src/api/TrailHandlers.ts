/**
 * What auditors read: a patient's accesses from PostgreSQL, the whole trail from its files.
 */
import { Audit } from "@countersign/core/Audit"
import { AuditQuery } from "@countersign/sinks/query/AuditQuery"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { AuditNote } from "../audit/Auditing.ts"
import { trailExportEnded } from "../audit/ClinicEvent.ts"
import { TrailExport } from "../audit/TrailExport.ts"
import { requireRole } from "./Access.ts"
import { ClinicApi } from "./ClinicApi.ts"
import { NotRecorded, RequestMalformed, StoreUnavailable } from "./Problem.ts"

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
    const queries = yield* AuditQuery
    return handlers.handleAll({
      accesses: Effect.fnUntraced(function* ({ params, query }) {
        const { id, roles } = yield* requireRole("auditor")
        const { asOf, next, rows } = yield* queries
          .page({
            target: { type: "Patient", id: params.id },
            actor: { id, roles },
            purpose: "operations",
            ...query,
          })
          .pipe(
            Effect.catchTag("QueryInvalid", ({ field }) =>
              Effect.fail(new RequestMalformed({ where: `query.${field}` })),
            ),
            Effect.catchTag(["QueryFailed", "NotDelivered"], ({ code }) =>
              Effect.andThen(
                Effect.logError(`clinic: the records could not be queried: ${code}`),
                Effect.fail(new StoreUnavailable({ isDone: "no" })),
              ),
            ),
            Effect.catchTag(["AuditRefused", "AuditUnavailable"], ({ code }) =>
              Effect.fail(new NotRecorded({ detail: code, isDone: "no" })),
            ),
            // No filter and no event of the caller's own is in it.
            Effect.catchTag(["InvalidFilter", "FilterUnfit", "InvalidEvent"], Effect.die),
          )
        return {
          // What the trail holds is JSON.
          records: rows.map(({ entry }) => JSON.parse(entry) as Schema.Json),
          asOf,
          ...(next === undefined ? {} : { next }),
        }
      }),
      export: Effect.fnUntraced(function* ({ query }) {
        const note = yield* AuditNote
        note.input = query
        const { id } = yield* requireRole("auditor")
        const lines = yield* trail.lines(query.filter).pipe(
          Effect.catchTags({
            InvalidFilter: () => Effect.fail(new RequestMalformed({ where: "query.filter" })),
            AuditUnavailable: ({ code }) =>
              Effect.fail(new NotRecorded({ detail: code, isDone: "no" })),
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

/** `countersign timestamp DIR --url URL`: has an authority say that the trail exists now. */
import { isHttpUrl } from "@countersign/core/platform/HttpPost"
import { timestampTrail, readAnchors } from "@countersign/core/timestamp/Timestamping"
import * as Clock from "effect/Clock"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { UsageError } from "../terminal/Failure.ts"
import { Output } from "../terminal/Output.ts"
import * as Text from "../terminal/Text.ts"
import { requireTrail } from "../trail/RequireTrail.ts"
import { trailPath } from "../trail/TrailPath.ts"
import * as Parameters from "./Parameters.ts"

const url = Flag.String("url").pipe(
  Flag.withMetavar("URL"),
  Flag.withDescription("The timestamp authority (RFC 3161), over http or https"),
)

const ca = Flag.String("ca").pipe(
  Flag.withMetavar("CA.pem"),
  Flag.withDescription("Certificates that must vouch for the authority; without them any is taken"),
  Flag.optional,
)

export const timestampCommand = Command.make(
  "timestamp",
  { directory: Parameters.directory, url, ca, json: Parameters.json },
  Effect.fnUntraced(function* ({ ca, directory, json, url }) {
    const output = yield* Output
    const clock = yield* Clock.clockWith(Effect.succeed)
    // Not by the flag, whose message would repeat it: a password may stand in it.
    if (!isHttpUrl(url)) {
      const detail = "is no http or https URL, or has a user name or a password"
      return yield* new UsageError({ parameter: "--url", detail })
    }
    yield* requireTrail(directory)
    const anchors = Option.isSome(ca) ? yield* readAnchors(ca.value) : undefined
    const { isNew, size, timestamp } = yield* timestampTrail({
      directory: trailPath(directory),
      url,
      anchors,
      nowMillis: () => clock.currentTimeMillisUnsafe(),
    })
    const time = DateTime.formatIso(DateTime.makeUnsafe(timestamp.millis))
    if (json) return yield* output.document({ ...timestamp, size, time, isNew })
    const { paint } = output
    return yield* output.lines(
      `${paint.good(isNew ? "✓ timestamped" : "✓ timestamped before")}  ${Text.count(size)} entries existed at ${paint.bold(time)}, says ${Text.printable(timestamp.authority)}`,
      ...(anchors === undefined
        ? [paint.faint("  nobody vouches for that authority yet: verify with --timestamps CA.pem")]
        : []),
    )
  }),
).pipe(
  Command.withDescription(
    "Ask a timestamp authority about the newest checkpoint, and keep its answer under timestamps/ in the trail. A checkpoint that has a timestamp keeps it. Exit code: 0 stored, 4 the authority refuses, can't be reached or proves nothing",
  ),
  Command.withShortDescription("Have an authority say that the trail exists now"),
)

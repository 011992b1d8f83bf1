/**
 * The packages that parse and verify CMS, loaded when a timestamp is first asked for.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { TimestampsUnsupported } from "./TimestampError.ts"

const importCms = async () => {
  const [pkijs, asn1js] = await Promise.all([import("pkijs"), import("asn1js")])
  return { pkijs, asn1js }
}

/**
 * @category models
 * @since 0.1.0
 */
export type Cms = Awaited<ReturnType<typeof importCms>>

/**
 * - Errors: `TimestampsUnsupported` where they are not installed.
 *
 * @param load for tests
 * @category constructors
 * @since 0.1.0
 */
export const loadCms = (
  load: () => Promise<Cms> = importCms,
): Effect.Effect<Cms, TimestampsUnsupported> =>
  Effect.tryPromise({
    try: load,
    catch: (cause) =>
      new TimestampsUnsupported({
        detail: cause instanceof Error ? cause.message : String(cause),
      }),
  })

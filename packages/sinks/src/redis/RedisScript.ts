/**
 * A Lua script and the name that Redis gives it.
 *
 * @since 0.1.0
 */
import { createHash } from "node:crypto"

/**
 * @category models
 * @since 0.1.0
 */
export interface RedisScript {
  readonly lua: string
  readonly sha1: string
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const script = (lua: string): RedisScript => ({
  lua,
  sha1: createHash("sha1").update(lua).digest("hex"),
})

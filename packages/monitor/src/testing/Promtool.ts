/**
 * Prometheus' own checker of what it reads.
 *
 * @since 0.1.0
 */
import { execFileSync } from "node:child_process"

/**
 * The program's name. Throws, and says what to install, where there is none.
 *
 * @category running
 * @since 0.1.0
 */
export const promtool = (): string => {
  try {
    execFileSync("promtool", ["--version"], { stdio: "ignore" })
  } catch (cause) {
    throw new Error("promtool is needed for this test: apt-get install -y prometheus", { cause })
  }
  return "promtool"
}

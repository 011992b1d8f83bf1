/**
 * Prometheus' own checker of what it reads.
 *
 * @since 0.1.0
 */
import { execFileSync } from "node:child_process"

const program = "promtool"

/**
 * The program's name. Throws, and says what to install, where there is none.
 *
 * @category running
 * @since 0.1.0
 */
export const promtool = (): string => {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" })
  } catch (cause) {
    throw new Error(`${program} is needed for this test: apt-get install -y prometheus`, { cause })
  }
  return program
}

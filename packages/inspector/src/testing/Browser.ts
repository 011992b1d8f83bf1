/**
 * A real Chromium, and what its pages complain about.
 *
 * @since 0.1.0
 */
import * as fs from "node:fs"
import * as Effect from "effect/Effect"
import type { Scope } from "effect/Scope"
import { type Browser, chromium } from "playwright-core"

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]

const launched = async (): Promise<Browser> => {
  const executablePath = places.find((place) => fs.existsSync(place))
  if (executablePath === undefined) {
    throw new Error("this test needs Chromium: apt-get install -y chromium")
  }
  return chromium.launch({
    executablePath,
    args: [
      // Tests run as root in containers, where its own sandbox can't be set up.
      "--no-sandbox",
      "--disable-dev-shm-usage",
      // One picture on every machine.
      "--font-render-hinting=none",
      "--disable-lcd-text",
      "--force-color-profile=srgb",
    ],
  })
}

/**
 * Ends with its scope.
 *
 * @category constructors
 * @since 0.1.0
 */
export const openBrowser: Effect.Effect<Browser, never, Scope> = Effect.acquireRelease(
  Effect.promise(launched),
  (browser) => Effect.promise(() => browser.close()),
)

/**
 * What axe finds on a page.
 *
 * @since 0.1.0
 */
import * as fs from "node:fs"
import { fileURLToPath } from "node:url"
import type { AxeResults } from "axe-core"
import type { Page } from "playwright-core"

declare global {
  // What the script below makes known in the page.
  var axe: { readonly run: (context: Document, options: object) => Promise<AxeResults> }
}

const script = fs.readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8")
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

/**
 * One line for each element that breaks a rule.
 *
 * @category running
 * @since 0.1.0
 */
export const violationsOf = async (page: Page): Promise<ReadonlyArray<string>> => {
  // By the debugger, as a person with the developer's tools: the page's policy knows no such script.
  if (await page.evaluate(() => !("axe" in globalThis))) await page.evaluate(script)
  const results = await page.evaluate(
    (wanted) => globalThis.axe.run(document, { runOnly: wanted, resultTypes: ["violations"] }),
    tags,
  )
  return results.violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ failureSummary = "", html }) => {
      const [, ...reasons] = failureSummary.split("\n")
      return `${impact} ${id}: ${html.slice(0, 160)} (${reasons.join("; ").trim()})`
    }),
  )
}

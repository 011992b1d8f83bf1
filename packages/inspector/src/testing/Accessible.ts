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
  var axe: { readonly run: (context: Document | Element, options: object) => Promise<AxeResults> }
}

const script = fs.readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8")
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

/**
 * A row of a tree has a sentence for a name, with all that is seen in it in the order of speech; the
 * rule asks for the very letters. Whoever speaks to the page names a row by its first word, which is
 * the same.
 */
const isSentence = (id: string, html: string): boolean =>
  id === "label-content-name-mismatch" && html.includes('role="treeitem"')

/**
 * One line for each element that breaks a rule.
 *
 * @param within of these elements alone; default: the whole page, and rules about it as a whole
 * @category running
 * @since 0.1.0
 */
export const violationsOf = async (page: Page, within?: string): Promise<ReadonlyArray<string>> => {
  // By the debugger, as a person with the developer's tools: the page's policy knows no such script.
  if (await page.evaluate(() => !("axe" in globalThis))) await page.evaluate(script)
  const results = await page.evaluate(
    ([wanted, selector]) =>
      globalThis.axe.run(
        (selector === undefined ? undefined : document.querySelector(selector)) ?? document,
        { runOnly: wanted, resultTypes: ["violations"] },
      ),
    [tags, within] as const,
  )
  return results.violations.flatMap(({ id, impact, nodes }) =>
    nodes
      .filter(({ html }) => !isSentence(id, html))
      .map(({ failureSummary = "", html }) => {
        const [, ...reasons] = failureSummary.split("\n")
        return `${impact} ${id}: ${html.slice(0, 160)} (${reasons.join("; ").trim()})`
      }),
  )
}

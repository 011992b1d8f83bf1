/**
 * Where the built page is: in the package that was installed, and in a clone once `npm run page`
 * has made it.
 *
 * @since 0.1.0
 */
import { fileURLToPath } from "node:url"

/**
 * The folder with `index.html` and what it loads.
 *
 * @category constants
 * @since 0.1.0
 */
export const pageDirectory: string = fileURLToPath(new URL("../dist/page/", import.meta.url))

/** A trail's directory as a name that `.key` and `.vkey` can be put behind. */
import * as path from "node:path"

/** Without a slash at its end, and with a name even for `.`. */
export const trailPath = (directory: string): string => path.resolve(directory)

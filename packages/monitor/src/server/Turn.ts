/**
 * How much is parsed before others have their turn: a bundle may hold 16 MiB, and whoever parses it
 * without a pause holds up the engine and all viewers.
 *
 * @since 0.1.0
 */

const turnBytes = 256 * 1024

/**
 * Counts what one question has parsed since it last gave way.
 *
 * @category models
 * @since 0.1.0
 */
export class Turn {
  private parsedBytes = 0

  /** Takes an entry that was parsed, and tells whether it is time to give way. */
  isOver(entry: Uint8Array): boolean {
    this.parsedBytes += entry.length
    if (this.parsedBytes < turnBytes) return false
    this.parsedBytes = 0
    return true
  }
}

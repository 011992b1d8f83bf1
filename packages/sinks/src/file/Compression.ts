/**
 * How files are compressed, and how their names say so.
 *
 * @since 0.1.0
 */

/**
 * @category constants
 * @since 0.1.0
 */
export const compressions = ["none", "gzip", "zstd"] as const

/**
 * How a file is compressed: `gzip` is read everywhere, `zstd` is smaller and several times faster.
 *
 * @category models
 * @since 0.1.0
 */
export type Compression = (typeof compressions)[number]

/**
 * What the name of a file so compressed ends in.
 *
 * @category constants
 * @since 0.1.0
 */
export const suffixOf: Readonly<Record<Compression, string>> = {
  none: "",
  gzip: ".gz",
  zstd: ".zst",
}

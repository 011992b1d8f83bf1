/** What npm compares with the machine before it installs a package. */
export interface Platform {
  readonly os?: ReadonlyArray<string>
  readonly cpu?: ReadonlyArray<string>
  readonly libc?: ReadonlyArray<string>
}

const systems: Readonly<Record<string, string>> = {
  aix: "aix",
  android: "android",
  darwin: "darwin",
  freebsd: "freebsd",
  linux: "linux",
  netbsd: "netbsd",
  openbsd: "openbsd",
  openharmony: "openharmony",
  sunos: "sunos",
  win32: "win32",
}

const processors: Readonly<Record<string, string>> = {
  arm: "arm",
  arm64: "arm64",
  ia32: "ia32",
  loong64: "loong64",
  mips64el: "mips64el",
  ppc64: "ppc64",
  riscv64: "riscv64",
  s390x: "s390x",
  wasm32: "wasm32",
  x64: "x64",
}

/**
 * The platform that the name of a binary package states: `@oxlint/binding-linux-x64-musl`.
 * `undefined` where the name states none.
 */
export const platformOf = (name: string): Platform | undefined => {
  const words = name.split(/[/-]/)
  const os = words.map((word) => systems[word]).find((word) => word !== undefined)
  const cpu = words.map((word) => processors[word]).find((word) => word !== undefined)
  if (cpu === undefined) return undefined
  const libc = words.some((word) => word.startsWith("musl"))
    ? "musl"
    : words.some((word) => word.startsWith("gnu"))
      ? "glibc"
      : undefined
  return {
    ...(os === undefined ? {} : { os: [os] }),
    cpu: [cpu],
    ...(libc === undefined ? {} : { libc: [libc] }),
  }
}

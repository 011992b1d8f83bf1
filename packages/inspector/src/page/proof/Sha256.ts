/**
 * SHA-256 (FIPS 180-4) of short messages, many of them: in the same memory each time, where a general
 * one makes objects for each, which costs more than a node's two blocks do.
 */

const roundConstants = Int32Array.of(
  0x428a2f98,
  0x71374491,
  0xb5c0fbcf,
  0xe9b5dba5,
  0x3956c25b,
  0x59f111f1,
  0x923f82a4,
  0xab1c5ed5,
  0xd807aa98,
  0x12835b01,
  0x243185be,
  0x550c7dc3,
  0x72be5d74,
  0x80deb1fe,
  0x9bdc06a7,
  0xc19bf174,
  0xe49b69c1,
  0xefbe4786,
  0x0fc19dc6,
  0x240ca1cc,
  0x2de92c6f,
  0x4a7484aa,
  0x5cb0a9dc,
  0x76f988da,
  0x983e5152,
  0xa831c66d,
  0xb00327c8,
  0xbf597fc7,
  0xc6e00bf3,
  0xd5a79147,
  0x06ca6351,
  0x14292967,
  0x27b70a85,
  0x2e1b2138,
  0x4d2c6dfc,
  0x53380d13,
  0x650a7354,
  0x766a0abb,
  0x81c2c92e,
  0x92722c85,
  0xa2bfe8a1,
  0xa81a664b,
  0xc24b8b70,
  0xc76c51a3,
  0xd192e819,
  0xd6990624,
  0xf40e3585,
  0x106aa070,
  0x19a4c116,
  0x1e376c08,
  0x2748774c,
  0x34b0bcb5,
  0x391c0cb3,
  0x4ed8aa4a,
  0x5b9cca4f,
  0x682e6ff3,
  0x748f82ee,
  0x78a5636f,
  0x84c87814,
  0x8cc70208,
  0x90befffa,
  0xa4506ceb,
  0xbef9a3f7,
  0xc67178f2,
)
const initial = Int32Array.of(
  0x6a09e667,
  0xbb67ae85,
  0x3c6ef372,
  0xa54ff53a,
  0x510e527f,
  0x9b05688c,
  0x1f83d9ab,
  0x5be0cd19,
)
const blockBytes = 64
/** The one bit that ends a message, and its length. */
const endBytes = 9

const words = new Int32Array(64)
const state = new Int32Array(8)
let message = new Uint8Array(1024)

const expand = (at: number): void => {
  for (let index = 0, from = at; index < 16; index += 1, from += 4)
    words[index] =
      ((message[from] ?? 0) << 24) |
      ((message[from + 1] ?? 0) << 16) |
      ((message[from + 2] ?? 0) << 8) |
      (message[from + 3] ?? 0)
  for (let index = 16; index < 64; index += 1) {
    const near = words[index - 2] ?? 0
    const far = words[index - 15] ?? 0
    const one = ((near >>> 17) | (near << 15)) ^ ((near >>> 19) | (near << 13)) ^ (near >>> 10)
    const zero = ((far >>> 7) | (far << 25)) ^ ((far >>> 18) | (far << 14)) ^ (far >>> 3)
    words[index] = (one + (words[index - 7] ?? 0) + zero + (words[index - 16] ?? 0)) | 0
  }
}

const compress = (at: number): void => {
  expand(at)
  let a = state[0] ?? 0
  let b = state[1] ?? 0
  let c = state[2] ?? 0
  let d = state[3] ?? 0
  let e = state[4] ?? 0
  let f = state[5] ?? 0
  let g = state[6] ?? 0
  let h = state[7] ?? 0
  for (let index = 0; index < 64; index += 1) {
    const one = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const first =
      (h + one + (g ^ (e & (f ^ g))) + (roundConstants[index] ?? 0) + (words[index] ?? 0)) | 0
    const zero = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    const second = (zero + ((a & b) | (c & (a | b)))) | 0
    h = g
    g = f
    f = e
    e = (d + first) | 0
    d = c
    c = b
    b = a
    a = (first + second) | 0
  }
  state[0] = (state[0] ?? 0) + a
  state[1] = (state[1] ?? 0) + b
  state[2] = (state[2] ?? 0) + c
  state[3] = (state[3] ?? 0) + d
  state[4] = (state[4] ?? 0) + e
  state[5] = (state[5] ?? 0) + f
  state[6] = (state[6] ?? 0) + g
  state[7] = (state[7] ?? 0) + h
}

/** Of what stands in `message`. */
const digest = (length: number): Uint8Array => {
  const padded = Math.ceil((length + endBytes) / blockBytes) * blockBytes
  message.fill(0, length, padded)
  message[length] = 0x80
  new DataView(message.buffer).setUint32(padded - 4, length * 8)
  new DataView(message.buffer).setUint32(padded - 8, Math.floor(length / 2 ** 29))
  state.set(initial)
  for (let at = 0; at < padded; at += blockBytes) compress(at)
  const hash = new Uint8Array(32)
  for (let index = 0; index < 8; index += 1) {
    const word = state[index] ?? 0
    hash[index * 4] = word >>> 24
    hash[index * 4 + 1] = word >>> 16
    hash[index * 4 + 2] = word >>> 8
    hash[index * 4 + 3] = word
  }
  return hash
}

/** Of one byte, and what comes behind it, in two parts at most. */
export const hashBehind = (prefix: number, first: Uint8Array, second?: Uint8Array): Uint8Array => {
  const length = 1 + first.length + (second?.length ?? 0)
  if (length + endBytes + blockBytes > message.length)
    message = new Uint8Array(2 * (length + endBytes + blockBytes))
  message[0] = prefix
  message.set(first, 1)
  if (second !== undefined) message.set(second, 1 + first.length)
  return digest(length)
}

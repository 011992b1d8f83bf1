/**
 * EBCDIC code pages with the characters of Latin-1, each as what differs from code page 037.
 *
 * The mappings are facts that IBM publishes for its coded character sets (Character Data
 * Representation Architecture); they were read from two converters and agree in both: ICU's and
 * the Java platform's. Two other converters differ, and their maps were not taken: one exchanges
 * 0x71 and 0xE0 of 278 and 0x4A and 0xC0 of 871, and some show the macron of 273 and 285 (0xBC,
 * 0xA1) as U+203E instead of U+00AF, which leaves Latin-1. Of 274 and 275 the
 * converters have a part, with which published tables of the whole agree.
 *
 * @since 0.1.0
 */

/**
 * Control characters of all EBCDIC pages: bytes 0x00 to 0x3F, two hexadecimal digits each. 0x15
 * is NEL (U+0085) and 0x25 is LF.
 *
 * @category data
 * @since 0.1.0
 */
export const controls = [
  "00010203 9c09867f 978d8e0b 0c0d0e0f",
  "10111213 9d850887 1819928f 1c1d1e1f",
  "80818283 840a171b 88898a8b 8c050607",
  "90911693 94959604 98999a9b 14159e1a",
].join("")

/**
 * Code page 037: bytes 0x40 to 0xFF, two hexadecimal digits each.
 *
 * @category data
 * @since 0.1.0
 */
export const page037 = [
  "20a0e2e4 e0e1e3e5 e7f1a22e 3c282b7c",
  "26e9eaeb e8edeeef ecdf2124 2a293bac",
  "2d2fc2c4 c0c1c3c5 c7d1a62c 255f3e3f",
  "f8c9cacb c8cdcecf cc603a23 40273d22",
  "d8616263 64656667 6869abbb f0fdfeb1",
  "b06a6b6c 6d6e6f70 7172aaba e6b8c6a4",
  "b57e7374 75767778 797aa1bf d0dddeae",
  "5ea3a5b7 a9a7b6bc bdbe5b5d afa8b4d7",
  "7b414243 44454647 4849adf4 f6f2f3f5",
  "7d4a4b4c 4d4e4f50 5152b9fb fcf9faff",
  "5cf75354 55565758 595ab2d4 d6d2d3d5",
  "30313233 34353637 3839b3db dcd9da9f",
].join("")

/**
 * What a page has other than 037: `byte:character`, both in hexadecimal.
 *
 * @category data
 * @since 0.1.0
 */
export const differences037 = {
  cp037: "",
  cp273:
    "43:7b 4a:c4 4f:21 59:7e 5a:dc 5f:5e 63:5b 6a:f6 7c:a7 a1:df b0:a2 b5:40 ba:ac bb:7c c0:e4 cc:a6 d0:fc dc:7d e0:d6 ec:5c fc:5d",
  cp274:
    "44:40 48:5c 4a:5b 4f:21 51:7b 54:7d 5a:5d 5f:5e 6a:f9 7c:e0 a1:a8 b0:a2 ba:ac bb:7c bd:7e c0:e9 d0:e8 dd:a6 e0:e7",
  cp275:
    "46:60 48:a6 4a:c9 4f:21 51:7d 5a:24 5b:c7 5f:5e 66:40 68:5d 6a:e7 71:5b 79:e3 7b:d5 7c:c3 b0:a2 ba:ac bb:7c c0:f5 cf:7b d0:e9 ef:23",
  cp277:
    "47:7d 4a:23 4f:21 5a:a4 5b:c5 5f:5e 67:24 6a:f8 70:a6 7b:c6 7c:d8 80:40 9c:7b 9e:5b 9f:5d a1:fc b0:a2 ba:ac bb:7c c0:e6 d0:e5 dc:7e",
  cp278:
    "43:7b 47:7d 4a:a7 4f:21 51:60 5a:a4 5b:c5 5f:5e 63:23 67:24 6a:f6 71:5c 79:e9 7b:c4 7c:d6 9f:5d a1:fc b0:a2 b5:5b ba:ac bb:7c c0:e4 cc:a6 d0:e5 dc:7e e0:c9 ec:40",
  cp280:
    "44:7b 48:5c 4a:b0 4f:21 51:5d 54:7d 58:7e 5a:e9 5f:5e 6a:f2 79:f9 7b:a3 7c:a7 90:5b a1:ec b0:a2 b1:23 b5:40 ba:ac bb:7c c0:e0 cd:a6 d0:e8 dd:60 e0:e7",
  cp284: "49:a6 4a:5b 5a:5d 69:23 6a:f1 7b:d1 a1:a8 b0:a2 ba:5e bb:21 bd:7e",
  cp285: "4a:24 5b:a3 a1:af b0:a2 b1:5b ba:5e bc:7e",
  cp297:
    "44:40 48:5c 4a:b0 4f:21 51:7b 54:7d 5a:a7 5f:5e 6a:f9 79:b5 7b:a3 7c:e0 90:5b a0:60 a1:a8 b0:a2 b1:23 b5:5d ba:ac bb:7c bd:7e c0:e9 d0:e8 dd:a6 e0:e7",
  cp500: "4a:5b 4f:21 5a:5d 5f:5e b0:a2 ba:ac bb:7c",
  cp871:
    "4a:de 4f:21 5a:c6 5f:d6 79:f0 7c:d0 8c:60 8e:7b 9c:7d 9e:5d a1:f6 ac:40 ae:5b b0:a2 ba:ac bb:7c be:5c c0:fe cc:7e d0:e6 e0:b4 ec:5e",
  cp1047: "5f:5e ad:5b b0:ac ba:dd bb:a8 bd:5d",
} as const

/**
 * Pages that are another with the euro sign in one place: the other page, and the byte. The
 * currency sign (U+00A4) is the one that left.
 *
 * @category data
 * @since 0.1.0
 */
export const euroPages = {
  cp1140: ["cp037", 0x9f],
  cp1141: ["cp273", 0x9f],
  cp1142: ["cp277", 0x5a],
  cp1143: ["cp278", 0x5a],
  cp1144: ["cp280", 0x9f],
  cp1145: ["cp284", 0x9f],
  cp1146: ["cp285", 0x9f],
  cp1147: ["cp297", 0x9f],
  cp1148: ["cp500", 0x9f],
  cp1149: ["cp871", 0x9f],
} as const

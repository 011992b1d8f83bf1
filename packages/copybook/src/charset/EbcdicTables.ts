/**
 * EBCDIC code pages with other characters than Latin-1's: bytes 0x40 to 0xFF.
 *
 * A line is the first byte in hexadecimal, a blank and the characters from there on, a blank for
 * a byte without one; or `byte=count character`, where characters follow each other in Unicode.
 * The blank itself is always 0x40 and has no line.
 *
 * The mappings are facts that IBM publishes for its coded character sets; they were read from two
 * converters, ICU's and the Java platform's, and a third where those lack a page. 1026 and 1155
 * have U+00AA at 0x9A, as two of them say, and not the later lira sign; 1122 has U+00AF at 0xBC.
 *
 * @since 0.1.0
 */

/**
 * @category data
 * @since 0.1.0
 */
export const ebcdicTables = {
  cp290: [
    "41 ｡｢｣､･ｦｧｨｩ£.<(+|&ｪｫｬｭｮｯ ｰ !¥*);¬-/abcdefgh ,%_>?[ijklmnop`:#@'=\"",
    "80 ]ｱｲｳｴｵｶｷｸｹｺqｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉr ﾊﾋﾌ~‾ﾍﾎﾏﾐﾑﾒﾓﾔﾕsﾖﾗﾘﾙ^¢\\tuvwxyzﾚﾛﾜﾝﾞﾟ",
    "c0 {ABCDEFGHI      }JKLMNOPQR      $ STUVWXYZ      0123456789     \u009f",
  ],
  cp420: [
    "41 \u00a0\u0651\ufe7d\u0640\u200b\u0621\u0622\ufe82\u0623¢.<(+|&\ufe84\u0624  \u0626\u0627\ufe8e\u0628\ufe91!$*);¬-/\u0629\u062a\ufe97\u062b\ufe9b\u062c\ufe9f\u062d¦,%_>?\ufea3\u062e\ufea7\u062f\u0630\u0631\u0632\u0633\ufeb3،:#@'=\"",
    "80 \u0634abcdefghi\ufeb7\u0635\ufebb\u0636\ufebf\u0637\u0638jklmnopqr\u0639\ufeca\ufecb\ufecc\u063a\ufece\ufecf÷stuvwxyz\ufed0\u0641\ufed3\u0642\ufed7\u0643\ufedb\u0644\ufef5\ufef6\ufef7\ufef8  \ufefb\ufefc\ufedf\u0645\ufee3\u0646\ufee7\u0647",
    "c0 \u061bABCDEFGHI\u00ad\ufeeb \ufeec \u0648\u061fJKLMNOPQR\u0649\ufef0\u064a\ufef2\ufef3\u0660× STUVWXYZ\u0661\u0662 \u0663\u0664\u06650123456789 \u0666\u0667\u0668\u0669\u009f",
  ],
  cp424: [
    "41 \u05d0\u05d1\u05d2\u05d3\u05d4\u05d5\u05d6\u05d7\u05d8¢.<(+|&\u05d9\u05da\u05db\u05dc\u05dd\u05de\u05df\u05e0\u05e1!$*);¬-/\u05e2\u05e3\u05e4\u05e5\u05e6\u05e7\u05e8\u05e9¦,%_>? \u05ea  \u00a0   ‗`:#@'=\"",
    "81 abcdefghi«»   ±°jklmnopqr   ¸ ¤µ~stuvwxyz     ®^£¥•©§¶¼½¾[]‾¨´×",
    "c0 {ABCDEFGHI\u00ad     }JKLMNOPQR¹     \\÷STUVWXYZ²     0123456789³    \u009f",
  ],
  cp833: [
    "42 ﾠﾡﾢﾣﾤﾥﾦﾧ¢.<(+|& ﾨﾩﾪﾫﾬﾭﾮﾯ!$*);¬-/ﾰﾱﾲﾳﾴﾵﾶﾷ¦,%_>?[ ﾸﾹﾺﾻﾼﾽﾾ`:#@'=\"",
    "80 ]abcdefghiￂￃￄￅￆￇ jklmnopqrￊￋￌￍￎￏ‾~stuvwxyzￒￓￔￕￖￗ^ \\       ￚￛￜ",
    "c0 {ABCDEFGHI      }JKLMNOPQR      ₩ STUVWXYZ      0123456789     \u009f",
  ],
  cp836: [
    "4a £.<(+|&         !¥*);¬-/        ¦,%_>?         `:#@'=\"",
    "81 abcdefghi       jklmnopqr      ~‾stuvwxyz      ^ \\       []",
    "c0 {ABCDEFGHI      }JKLMNOPQR      $ STUVWXYZ      0123456789     \u009f",
  ],
  cp838: [
    "41 \u00a0กขฃคฅฆง[¢.<(+|&\u0e48จฉชซฌญฎ]!$*);¬-/ฏฐฑฒณดต^¦,%_>?฿\u0e4eถทธนบปผ`:#@'=\"",
    "80 ๏abcdefghiฝพฟภมย๚jklmnopqrรฤลฦวศ๛~stuvwxyzษสหฬอฮ๐๑๒๓๔๕๖๗๘๙ฯะ\u0e31าำ\u0e34",
    "c0 {ABCDEFGHI\u0e49\u0e35\u0e36\u0e37\u0e38\u0e39}JKLMNOPQR\u0e3aเแโใไ\\\u0e4aSTUVWXYZๅๆ\u0e47\u0e48\u0e49\u0e4a0123456789\u0e4b\u0e4c\u0e4d\u0e4b\u0e4c\u009f",
  ],
  cp870: [
    "41 \u00a0âäţáăčçć[.<(+!&éęëůíîľĺß]$*);^-/ÂÄ˝ÁĂČÇĆ|,%_>?ˇÉĘËŮÍÎĽĹ`:#@'=\"",
    "80 ˘abcdefghiśňđýřş°jklmnopqrłńš¸˛¤ą~stuvwxyzŚŇĐÝŘŞ˙ĄżŢŻ§žźŽŹŁŃŠ¨´×",
    "c0 {ABCDEFGHI\u00adôöŕóő}JKLMNOPQRĚűüťúě\\÷STUVWXYZďÔÖŔÓŐ0123456789ĎŰÜŤÚ\u009f",
  ],
  cp875: [
    "41 ΑΒΓΔΕΖΗΘΙ[.<(+!&ΚΛΜΝΞΟΠΡΣ]$*);^-/ΤΥΦΧΨΩΪΫ|,%_>?¨ΆΈΉ\u00a0ΊΌΎΏ`:#@'=\"",
    "80 ΅abcdefghiαβγδεζ°jklmnopqrηθικλμ´~stuvwxyzνξοπρσ£άέήϊίόύϋώςτυφχψ",
    "c0 {ABCDEFGHI\u00adωΐΰ‘―}JKLMNOPQR±½ ·’¦\\ STUVWXYZ²§  «¬0123456789³©  »\u009f",
  ],
  cp918: [
    "41 \u00a0،\u061b\u061f\ufe81\ufe8d\ufe8e",
    "48=1 f8fb",
    "49 \ufe8f[.<(+!&\ufe91\ufb56\ufb58\ufe93\ufe95\ufe97\ufb66\ufb68\ufe99]$*);^-/\ufe9b\ufe9d\ufe9f\ufb7a\ufb7c\ufea1\ufea3\ufea5`,%_>?۰۱۲۳۴۵۶۷۸۹:#@'=\"",
    "80 \ufea7abcdefghi\ufea9\ufb88\ufeab\ufead\ufb8c\ufeaf\ufb8ajklmnopqr\ufeb1\ufeb3\ufeb5\ufeb7\ufeb9\ufebb\ufebd~stuvwxyz\ufebf\ufec3\ufec7\ufec9\ufeca\ufecb\ufecc\ufecd\ufece\ufecf\ufed0\ufed1\ufed3\ufed5\ufed7\ufb8e\ufedb|\ufb92\ufb94\ufedd\ufedf",
    "c0 {ABCDEFGHI\u00ad\ufee0\ufee1\ufee3\ufb9e\ufee5}JKLMNOPQR\ufee7\ufe85\ufeed\ufba6\ufba8\ufba9\\\ufbaaSTUVWXYZ\ufe80\ufe89\ufe8a\ufe8b\ufbfc\ufbfd0123456789\ufbfe\ufbb0\ufbae\ufe7c\ufe7d\u009f",
  ],
  cp1025: [
    "41 \u00a0ђѓёєѕіїј[.<(+!&љњћќўџЪ№Ђ]$*);^-/ЃЁЄЅІЇЈЉ|,%_>?ЊЋЌ\u00adЎЏюаб`:#@'=\"",
    "80 цabcdefghiдефгхийjklmnopqrклмнопя~stuvwxyzрстужвьызшэщчъЮАБЦДЕФГ",
    "c0 {ABCDEFGHIХИЙКЛМ}JKLMNOPQRНОПЯРС\\§STUVWXYZТУЖВЬЫ0123456789ЗШЭЩЧ\u009f",
  ],
  cp1026: [
    "41 \u00a0âäàáãå{ñÇ.<(+!&éêëèíîïìßĞİ*);^-/ÂÄÀÁÃÅ[Ñş,%_>?øÉÊËÈÍÎÏÌı:ÖŞ'=Ü",
    "80 Øabcdefghi«»}`¦±°jklmnopqrªºæ¸Æ¤µöstuvwxyz¡¿]$@®¢£¥·©§¶¼½¾¬|¯¨´×",
    'c0 çABCDEFGHI\u00adô~òóõğJKLMNOPQR¹û\\ùúÿü÷STUVWXYZ²Ô#ÒÓÕ0123456789³Û"ÙÚ\u009f',
  ],
  cp1027: [
    "42 ｡｢｣､･ｦｧｨ¢.<(+|&ｩｪｫｬｭｮｯｰｱ!$*);¬-/ｲｳｴｵｶｷｸｹ ,%_>?ｺｻｼｽｾｿﾀﾁﾂ`:#@'=\"",
    "81 abcdefghiﾃﾄﾅﾆﾇﾈ jklmnopqrﾉﾊﾋﾌﾍﾎ‾~stuvwxyzﾏﾐﾑ[ﾒﾓ^£¥ﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝ]ﾞﾟ",
    "c0 {ABCDEFGHI      }JKLMNOPQR      \\ STUVWXYZ      0123456789     \u009f",
  ],
  cp1097: [
    "41 \u00a0،\u064b\ufe81\ufe82",
    "46=1 f8fa",
    "47 \ufe8d\ufe8e",
    "49=1 f8fb",
    "4a ¤.<(+|&\ufe80\ufe83\ufe84",
    "54=1 f8f9",
    "55 \ufe85\ufe8b\ufe8f\ufe91\ufb56!$*);¬-/\ufb58\ufe95\ufe97\ufe99\ufe9b\ufe9d\ufe9f\ufb7a\u061b,%_>?\ufb7c\ufea1\ufea3\ufea5\ufea7\ufea9\ufeab\ufead\ufeaf`:#@'=\"",
    "80 \ufb8aabcdefghi«»\ufeb1\ufeb3\ufeb5\ufeb7\ufeb9jklmnopqr\ufebb\ufebd\ufebf\ufec1\ufec3\ufec5\ufec7~stuvwxyz\ufec9\ufeca\ufecb\ufecc\ufecd\ufece\ufecf\ufed0\ufed1\ufed3\ufed5\ufed7\ufb8e\ufedb\ufb92\ufb94[]\ufedd\ufedf\ufee1×",
    "c0 {ABCDEFGHI\u00ad\ufee3\ufee5\ufee7\ufeed\ufee9}JKLMNOPQR\ufeeb\ufeec\ufba4\ufbfc\ufbfd\ufbfe\\\u061fSTUVWXYZ\u0640۰۱۲۳۴0123456789۵۶۷۸۹\u009f",
  ],
  cp1112: [
    "41 \u00a0šäąįūåēž¢.<(+|&éęėčų„“ģß!$*);¬-/ŠÄĄĮŪÅĒŽ¦,%_>?øÉĘĖČŲĪĻĢ`:#@'=\"",
    "80 Øabcdefghi«»āżń±°jklmnopqrŖŗæķÆ¤µ~stuvwxyz”źĀŻŃ®^£ī·©§¶¼½¾[]ŹĶļ×",
    "c0 {ABCDEFGHI\u00adōöņóõ}JKLMNOPQR¹ćüłś’\\÷STUVWXYZ²ŌÖŅÓÕ0123456789³ĆÜŁŚ\u009f",
  ],
  cp1122: [
    "41 \u00a0â{àáã}çñ§.<(+!&`êëèíîïìß¤Å*);^-/Â#ÀÁÃ$ÇÑö,%_>?ø\\ÊËÈÍÎÏÌé:ÄÖ'=\"",
    "80 Øabcdefghi«»šýž±°jklmnopqrªºæ¸Æ]µüstuvwxyz¡¿ŠÝŽ®¢£¥·©[¶¼½¾¬|¯¨´×",
    "c0 äABCDEFGHI\u00adô¦òóõåJKLMNOPQR¹û~ùúÿÉ÷STUVWXYZ²Ô@ÒÓÕ0123456789³ÛÜÙÚ\u009f",
  ],
  cp1123: [
    "41 \u00a0ђґёєѕіїј[.<(+!&љњћќўџЪ№Ђ]$*);^-/ҐЁЄЅІЇЈЉ|,%_>?ЊЋЌ\u00adЎЏюаб`:#@'=\"",
    "80 цabcdefghiдефгхийjklmnopqrклмнопя~stuvwxyzрстужвьызшэщчъЮАБЦДЕФГ",
    "c0 {ABCDEFGHIХИЙКЛМ}JKLMNOPQRНОПЯРС\\§STUVWXYZТУЖВЬЫ0123456789ЗШЭЩЧ\u009f",
  ],
  cp1130: [
    "41 \u00a0âäàáăåçñ[.<(+!&éêëèíîï\u0303ß]$*);^-/ÂÄÀÁĂÅÇÑ¦,%_>?øÉÊËÈÍÎÏ₫`:#@'=\"",
    "80 Øabcdefghi«»đ\u0309\u0300±°jklmnopqrªºæŒÆ¤µ~stuvwxyz¡¿Đ\u0323\u0301®¢£¥·©§¶¼½¾¬|¯œŸ×",
    "c0 {ABCDEFGHI\u00adôöưóơ}JKLMNOPQR¹ûüùúÿ\\÷STUVWXYZ²ÔÖƯÓƠ0123456789³ÛÜÙÚ\u009f",
  ],
  cp1132: [
    "41 \u00a0ກຂຄງຈສຊ[¢.<(+|& ຍດຕຖທນບ]!$*);¬-/ປຜຝພຟມຢ^¦,%_>?₭ ຣລວຫອຮ `:#@'=\"",
    "81 abcdefghi  ຯະາຳ jklmnopqr\u0eb4\u0eb5\u0eb6\u0eb7\u0eb8\u0eb9 ~stuvwxyz\u0ebc\u0eb1\u0ebbຽ  ໐໑໒໓໔໕໖໗໘໙ ເແໂໃໄ",
    "c0 {ABCDEFGHI \u0ec8\u0ec9\u0eca\u0ecb\u0ecc}JKLMNOPQR\u0ecdໆ ໜໝ \\ STUVWXYZ      0123456789     \u009f",
  ],
  cp1153: [
    "41 \u00a0âäţáăčçć[.<(+!&éęëůíîľĺß]$*);^-/ÂÄ˝ÁĂČÇĆ|,%_>?ˇÉĘËŮÍÎĽĹ`:#@'=\"",
    "80 ˘abcdefghiśňđýřş°jklmnopqrłńš¸˛€ą~stuvwxyzŚŇĐÝŘŞ˙ĄżŢŻ§žźŽŹŁŃŠ¨´×",
    "c0 {ABCDEFGHI\u00adôöŕóő}JKLMNOPQRĚűüťúě\\÷STUVWXYZďÔÖŔÓŐ0123456789ĎŰÜŤÚ\u009f",
  ],
  cp1154: [
    "41 \u00a0ђѓёєѕіїј[.<(+!&љњћќўџЪ№Ђ]$*);^-/ЃЁЄЅІЇЈЉ|,%_>?ЊЋЌ\u00adЎЏюаб`:#@'=\"",
    "80 цabcdefghiдефгхийjklmnopqrклмнопя~stuvwxyzрстужвьызшэщчъЮАБЦДЕФГ",
    "c0 {ABCDEFGHIХИЙКЛМ}JKLMNOPQRНОПЯРС\\€STUVWXYZТУЖВЬЫ0123456789ЗШЭЩЧ\u009f",
  ],
  cp1155: [
    "41 \u00a0âäàáãå{ñÇ.<(+!&éêëèíîïìßĞİ*);^-/ÂÄÀÁÃÅ[Ñş,%_>?øÉÊËÈÍÎÏÌı:ÖŞ'=Ü",
    "80 Øabcdefghi«»}`¦±°jklmnopqrªºæ¸Æ€µöstuvwxyz¡¿]$@®¢£¥·©§¶¼½¾¬|¯¨´×",
    'c0 çABCDEFGHI\u00adô~òóõğJKLMNOPQR¹û\\ùúÿü÷STUVWXYZ²Ô#ÒÓÕ0123456789³Û"ÙÚ\u009f',
  ],
  cp1156: [
    "41 \u00a0šäąįūåēž¢.<(+|&éęėčų„“ģß!$*);¬-/ŠÄĄĮŪÅĒŽ¦,%_>?øÉĘĖČŲĪĻĢ`:#@'=\"",
    "80 Øabcdefghi«»āżń±°jklmnopqrŖŗæķÆ€µ~stuvwxyz”źĀŻŃ®^£ī·©§¶¼½¾[]ŹĶļ×",
    "c0 {ABCDEFGHI\u00adōöņóõ}JKLMNOPQR¹ćüłś’\\÷STUVWXYZ²ŌÖŅÓÕ0123456789³ĆÜŁŚ\u009f",
  ],
  cp1157: [
    "41 \u00a0â{àáã}çñ§.<(+!&`êëèíîïìß€Å*);^-/Â#ÀÁÃ$ÇÑö,%_>?ø\\ÊËÈÍÎÏÌé:ÄÖ'=\"",
    "80 Øabcdefghi«»šýž±°jklmnopqrªºæ¸Æ]µüstuvwxyz¡¿ŠÝŽ®¢£¥·©[¶¼½¾¬|¯¨´×",
    "c0 äABCDEFGHI\u00adô¦òóõåJKLMNOPQR¹û~ùúÿÉ÷STUVWXYZ²Ô@ÒÓÕ0123456789³ÛÜÙÚ\u009f",
  ],
  cp1158: [
    "41 \u00a0ђґёєѕіїј[.<(+!&љњћќўџЪ№Ђ]$*);^-/ҐЁЄЅІЇЈЉ|,%_>?ЊЋЌ\u00adЎЏюаб`:#@'=\"",
    "80 цabcdefghiдефгхийjklmnopqrклмнопя~stuvwxyzрстужвьызшэщчъЮАБЦДЕФГ",
    "c0 {ABCDEFGHIХИЙКЛМ}JKLMNOPQRНОПЯРС\\€STUVWXYZТУЖВЬЫ0123456789ЗШЭЩЧ\u009f",
  ],
  cp1159: [
    "4a ¢.<(+|&         !$*);¬-/        ¦,%_>?         `:#@'=\"",
    "81 abcdefghi       jklmnopqr     € ~stuvwxyz      ^         []",
    "c0 {ABCDEFGHI      }JKLMNOPQR      \\ STUVWXYZ      0123456789     \u009f",
  ],
  cp1160: [
    "41 \u00a0กขฃคฅฆง[¢.<(+|&\u0e48จฉชซฌญฎ]!$*);¬-/ฏฐฑฒณดต^¦,%_>?฿\u0e4eถทธนบปผ`:#@'=\"",
    "80 ๏abcdefghiฝพฟภมย๚jklmnopqrรฤลฦวศ๛~stuvwxyzษสหฬอฮ๐๑๒๓๔๕๖๗๘๙ฯะ\u0e31าำ\u0e34",
    "c0 {ABCDEFGHI\u0e49\u0e35\u0e36\u0e37\u0e38\u0e39}JKLMNOPQR\u0e3aเแโใไ\\\u0e4aSTUVWXYZๅๆ\u0e47\u0e48\u0e49\u0e4a0123456789\u0e4b\u0e4c\u0e4d\u0e4b€\u009f",
  ],
  cp1164: [
    "41 \u00a0âäàáăåçñ[.<(+!&éêëèíîï\u0303ß]$*);^-/ÂÄÀÁĂÅÇÑ¦,%_>?øÉÊËÈÍÎÏ₫`:#@'=\"",
    "80 Øabcdefghi«»đ\u0309\u0300±°jklmnopqrªºæŒÆ€µ~stuvwxyz¡¿Đ\u0323\u0301®¢£¥·©§¶¼½¾¬|¯œŸ×",
    "c0 {ABCDEFGHI\u00adôöưóơ}JKLMNOPQR¹ûüùúÿ\\÷STUVWXYZ²ÔÖƯÓƠ0123456789³ÛÜÙÚ\u009f",
  ],
  cp1166: [
    "41 \u00a0әғёєѕіқј[.<(+!&ңөұүўһЪ№Ә]$*);^-/ҒЁЄЅІҚЈҢ|,%_>?ӨҰҮ\u00adЎҺюаб`:#@'=\"",
    "80 цabcdefghiдефгхийjklmnopqrклмнопя~stuvwxyzрстужвьызшэщчъЮАБЦДЕФГ",
    "c0 {ABCDEFGHIХИЙКЛМ}JKLMNOPQRНОПЯРС\\€STUVWXYZТУЖВЬЫ0123456789ЗШЭЩЧ\u009f",
  ],
  cp4971: [
    "41 ΑΒΓΔΕΖΗΘΙ[.<(+!&ΚΛΜΝΞΟΠΡΣ]$*);^-/ΤΥΦΧΨΩΪΫ|,%_>?¨ΆΈΉ\u00a0ΊΌΎΏ`:#@'=\"",
    "80 ΅abcdefghiαβγδεζ°jklmnopqrηθικλμ´~stuvwxyzνξοπρσ£άέήϊίόύϋώςτυφχψ",
    "c0 {ABCDEFGHI\u00adωΐΰ‘―}JKLMNOPQR±½ ·’¦\\ STUVWXYZ²§  «¬0123456789³©€ »\u009f",
  ],
  cp5123: [
    "42 ｡｢｣､･ｦｧｨ¢.<(+|&ｩｪｫｬｭｮｯｰｱ!$*);¬-/ｲｳｴｵｶｷｸｹ ,%_>?ｺｻｼｽｾｿﾀﾁﾂ`:#@'=\"",
    "81 abcdefghiﾃﾄﾅﾆﾇﾈ jklmnopqrﾉﾊﾋﾌﾍﾎ‾~stuvwxyzﾏﾐﾑ[ﾒﾓ^£¥ﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝ]ﾞﾟ",
    "c0 {ABCDEFGHI      }JKLMNOPQR      \\€STUVWXYZ      0123456789     \u009f",
  ],
  cp8482: [
    "41 ｡｢｣､･ｦｧｨｩ£.<(+|&ｪｫｬｭｮｯ ｰ !¥*);¬-/abcdefgh ,%_>?[ijklmnop`:#@'=\"",
    "80 ]ｱｲｳｴｵｶｷｸｹｺqｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉr ﾊﾋﾌ~‾ﾍﾎﾏﾐﾑﾒﾓﾔﾕsﾖﾗﾘﾙ^¢\\tuvwxyzﾚﾛﾜﾝﾞﾟ",
    "c0 {ABCDEFGHI      }JKLMNOPQR      $€STUVWXYZ      0123456789     \u009f",
  ],
  cp12712: [
    "41 \u05d0\u05d1\u05d2\u05d3\u05d4\u05d5\u05d6\u05d7\u05d8¢.<(+|&\u05d9\u05da\u05db\u05dc\u05dd\u05de\u05df\u05e0\u05e1!$*);¬-/\u05e2\u05e3\u05e4\u05e5\u05e6\u05e7\u05e8\u05e9¦,%_>? \u05ea  \u00a0   ‗`:#@'=\"",
    "81 abcdefghi«»   ±°jklmnopqr  €¸₪¤µ~stuvwxyz     ®^£¥•©§¶¼½¾[]‾¨´×",
    "c0 {ABCDEFGHI\u00ad     }JKLMNOPQR¹\u202d\u202e\u202c  \\÷STUVWXYZ²     0123456789³\u202a\u202b\u200e\u200f\u009f",
  ],
  cp16804: [
    "41 \u00a0\u0651\ufe7d\u0640\u200b\u0621\u0622\ufe82\u0623¢.<(+|&\ufe84\u0624  \u0626\u0627\ufe8e\u0628\ufe91!$*);¬-/\u0629\u062a\ufe97\u062b\ufe9b\u062c\ufe9f\u062d¦,%_>?\ufea3\u062e\ufea7\u062f\u0630\u0631\u0632\u0633\ufeb3،:#@'=\"",
    "80 \u0634abcdefghi\ufeb7\u0635\ufebb\u0636\ufebf\u0637\u0638jklmnopqr\u0639\ufeca\ufecb\ufecc\u063a\ufece\ufecf÷stuvwxyz\ufed0\u0641\ufed3\u0642\ufed7\u0643\ufedb\u0644\ufef5\ufef6\ufef7\ufef8  \ufefb\ufefc\ufedf\u0645\ufee3\u0646\ufee7\u0647",
    "c0 \u061bABCDEFGHI\u00ad\ufeeb \ufeec \u0648\u061fJKLMNOPQR\u0649\ufef0\u064a\ufef2\ufef3\u0660×\u2007STUVWXYZ\u0661\u0662 \u0663\u0664\u06650123456789€\u0666\u0667\u0668\u0669\u009f",
  ],
  cp28709: [
    "4a ¢.<(+|&         !$*);¬-/        ¦,%_>?         `:#@'=\"",
    "81 abcdefghi       jklmnopqr       ~stuvwxyz      ^         []",
    "c0 {ABCDEFGHI      }JKLMNOPQR      \\ STUVWXYZ      0123456789     \u009f",
  ],
} as const

/**
 * Bytes whose character another byte has too, which is the one that is written.
 *
 * @category data
 * @since 0.1.0
 */
export const secondBytes: Readonly<Record<string, ReadonlyArray<number>>> = {
  cp838: [0x51, 0xca, 0xe1, 0xfd, 0xfe],
  cp1160: [0x51, 0xca, 0xe1, 0xfd],
}

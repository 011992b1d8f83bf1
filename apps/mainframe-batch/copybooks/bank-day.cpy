      * A day of a bank: a header, accounts with their transactions
      * behind them, and a trailer with the totals of all.
       01  HEADER-RECORD.
           05  HEADER-TYPE             PIC X.
           05  BANK-NAME               PIC X(30).
           05  BUSINESS-DATE           PIC 9(8).
           05  RUN-NUMBER              PIC 9(4)      COMP.
       01  ACCOUNT-RECORD.
           05  ACCOUNT-TYPE            PIC X.
           05  ACCOUNT-NUMBER          PIC X(12).
           05  HOLDER-NAME             PIC X(30).
           05  BIRTH-DATE              PIC 9(8).
           05  OPENING-BALANCE         PIC S9(11)V99 COMP-3.
           05  OVERDRAFT-LIMIT         PIC S9(7)V99.
           05  HOLD-COUNT              PIC 9(4)      COMP.
           05  HOLDS OCCURS 0 TO 3 TIMES DEPENDING ON HOLD-COUNT.
               10  HOLD-AMOUNT         PIC S9(9)V99  COMP-3.
               10  HOLD-UNTIL          PIC 9(8).
       01  TRANSACTION-RECORD.
           05  TRANSACTION-TYPE        PIC X.
               88  IS-CARD-PAYMENT                   VALUE "C".
               88  IS-TRANSFER                       VALUE "T".
           05  POSTING.
               10  TRANSACTION-ID      PIC 9(9)      COMP.
               10  OF-ACCOUNT-NUMBER   PIC X(12).
               10  POSTED-AT           PIC 9(6).
               10  AMOUNT              PIC S9(9)V99  COMP-3.
               10  FEE                 PIC S9(5)V99.
           05  CARD-PAYMENT.
               10  CARD-NUMBER         PIC 9(16).
               10  MERCHANT            PIC X(22).
           05  TRANSFER REDEFINES CARD-PAYMENT.
               10  TO-ACCOUNT-NUMBER   PIC X(12).
               10  REMITTANCE          PIC X(26).
       01  TRAILER-RECORD.
           05  TRAILER-TYPE            PIC X.
           05  ACCOUNT-TOTAL           PIC 9(9)      COMP.
           05  TRANSACTION-TOTAL       PIC 9(9)      COMP.
           05  HOLD-TOTAL              PIC 9(9)      COMP.
           05  BALANCE-TOTAL           PIC S9(15)V99 COMP-3.
           05  AMOUNT-TOTAL            PIC S9(15)V99 COMP-3.
           05  FEE-TOTAL               PIC S9(13)V99
                   SIGN IS TRAILING SEPARATE.

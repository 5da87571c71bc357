"""Instruction encodings (unprivileged manual ch. 2, 6-8, 12-14, 28, "B", "Zicond", "CMO"; privileged manual ch. "Supervisor",
"Svinval", "Hypervisor").

One row per instruction. A pattern is read from bit 31 to bit 0; `-` is an operand bit. Rows are matched in order: only
`pause` (a `fence`), `prefetch.*` (an `ori` to x0) and the compressed rows marked below overlap with a later one. Immediates
are written as `imm_hi:imm_lo@insn_lo`: bits imm_hi..imm_lo of the value stand at insn_lo and up.
"""

import re
from dataclasses import dataclass

_TABLE = """
# name          f7/imm  rs2   rs1   f3  rd    opcode  | operands            | unit   | ext
lui             -------  ----- ----- --- ----- 0110111 | rd, imm_u           | alu    | I
auipc           -------  ----- ----- --- ----- 0010111 | rd, imm_u           | alu    | I
jal             -------  ----- ----- --- ----- 1101111 | rd, imm_j           | branch | I
jalr            -------  ----- ----- 000 ----- 1100111 | rd, imm_i(rs1)      | branch | I
beq             -------  ----- ----- 000 ----- 1100011 | rs1, rs2, imm_b     | branch | I
bne             -------  ----- ----- 001 ----- 1100011 | rs1, rs2, imm_b     | branch | I
blt             -------  ----- ----- 100 ----- 1100011 | rs1, rs2, imm_b     | branch | I
bge             -------  ----- ----- 101 ----- 1100011 | rs1, rs2, imm_b     | branch | I
bltu            -------  ----- ----- 110 ----- 1100011 | rs1, rs2, imm_b     | branch | I
bgeu            -------  ----- ----- 111 ----- 1100011 | rs1, rs2, imm_b     | branch | I
lb              -------  ----- ----- 000 ----- 0000011 | rd, imm_i(rs1)      | load   | I
lh              -------  ----- ----- 001 ----- 0000011 | rd, imm_i(rs1)      | load   | I
lw              -------  ----- ----- 010 ----- 0000011 | rd, imm_i(rs1)      | load   | I
ld              -------  ----- ----- 011 ----- 0000011 | rd, imm_i(rs1)      | load   | I
lbu             -------  ----- ----- 100 ----- 0000011 | rd, imm_i(rs1)      | load   | I
lhu             -------  ----- ----- 101 ----- 0000011 | rd, imm_i(rs1)      | load   | I
lwu             -------  ----- ----- 110 ----- 0000011 | rd, imm_i(rs1)      | load   | I
sb              -------  ----- ----- 000 ----- 0100011 | rs2, imm_s(rs1)     | store  | I
sh              -------  ----- ----- 001 ----- 0100011 | rs2, imm_s(rs1)     | store  | I
sw              -------  ----- ----- 010 ----- 0100011 | rs2, imm_s(rs1)     | store  | I
sd              -------  ----- ----- 011 ----- 0100011 | rs2, imm_s(rs1)     | store  | I
addi            -------  ----- ----- 000 ----- 0010011 | rd, rs1, imm_i      | alu    | I
slti            -------  ----- ----- 010 ----- 0010011 | rd, rs1, imm_i      | alu    | I
sltiu           -------  ----- ----- 011 ----- 0010011 | rd, rs1, imm_i      | alu    | I
xori            -------  ----- ----- 100 ----- 0010011 | rd, rs1, imm_i      | alu    | I
prefetch.i      -------  00000 ----- 110 00000 0010011 | imm_p(rs1)          | cbo    | Zicbop
prefetch.r      -------  00001 ----- 110 00000 0010011 | imm_p(rs1)          | cbo    | Zicbop
prefetch.w      -------  00011 ----- 110 00000 0010011 | imm_p(rs1)          | cbo    | Zicbop
ori             -------  ----- ----- 110 ----- 0010011 | rd, rs1, imm_i      | alu    | I
andi            -------  ----- ----- 111 ----- 0010011 | rd, rs1, imm_i      | alu    | I
slli            000000-  ----- ----- 001 ----- 0010011 | rd, rs1, shamt6     | alu    | I
srli            000000-  ----- ----- 101 ----- 0010011 | rd, rs1, shamt6     | alu    | I
srai            010000-  ----- ----- 101 ----- 0010011 | rd, rs1, shamt6     | alu    | I
add             0000000  ----- ----- 000 ----- 0110011 | rd, rs1, rs2        | alu    | I
sub             0100000  ----- ----- 000 ----- 0110011 | rd, rs1, rs2        | alu    | I
sll             0000000  ----- ----- 001 ----- 0110011 | rd, rs1, rs2        | alu    | I
slt             0000000  ----- ----- 010 ----- 0110011 | rd, rs1, rs2        | alu    | I
sltu            0000000  ----- ----- 011 ----- 0110011 | rd, rs1, rs2        | alu    | I
xor             0000000  ----- ----- 100 ----- 0110011 | rd, rs1, rs2        | alu    | I
srl             0000000  ----- ----- 101 ----- 0110011 | rd, rs1, rs2        | alu    | I
sra             0100000  ----- ----- 101 ----- 0110011 | rd, rs1, rs2        | alu    | I
or              0000000  ----- ----- 110 ----- 0110011 | rd, rs1, rs2        | alu    | I
and             0000000  ----- ----- 111 ----- 0110011 | rd, rs1, rs2        | alu    | I
addiw           -------  ----- ----- 000 ----- 0011011 | rd, rs1, imm_i      | alu    | I
slliw           0000000  ----- ----- 001 ----- 0011011 | rd, rs1, shamt5     | alu    | I
srliw           0000000  ----- ----- 101 ----- 0011011 | rd, rs1, shamt5     | alu    | I
sraiw           0100000  ----- ----- 101 ----- 0011011 | rd, rs1, shamt5     | alu    | I
addw            0000000  ----- ----- 000 ----- 0111011 | rd, rs1, rs2        | alu    | I
subw            0100000  ----- ----- 000 ----- 0111011 | rd, rs1, rs2        | alu    | I
sllw            0000000  ----- ----- 001 ----- 0111011 | rd, rs1, rs2        | alu    | I
srlw            0000000  ----- ----- 101 ----- 0111011 | rd, rs1, rs2        | alu    | I
sraw            0100000  ----- ----- 101 ----- 0111011 | rd, rs1, rs2        | alu    | I
pause           0000000  10000 00000 000 00000 0001111 |                     | fence  | Zihintpause
fence           -------  ----- ----- 000 ----- 0001111 | pred, succ          | fence  | I
fence.i         -------  ----- ----- 001 ----- 0001111 |                     | fence  | Zifencei
ecall           0000000  00000 00000 000 00000 1110011 |                     | sys    | I
ebreak          0000000  00001 00000 000 00000 1110011 |                     | sys    | I
csrrw           -------  ----- ----- 001 ----- 1110011 | rd, csr, rs1        | csr    | Zicsr
csrrs           -------  ----- ----- 010 ----- 1110011 | rd, csr, rs1        | csr    | Zicsr
csrrc           -------  ----- ----- 011 ----- 1110011 | rd, csr, rs1        | csr    | Zicsr
csrrwi          -------  ----- ----- 101 ----- 1110011 | rd, csr, zimm       | csr    | Zicsr
csrrsi          -------  ----- ----- 110 ----- 1110011 | rd, csr, zimm       | csr    | Zicsr
csrrci          -------  ----- ----- 111 ----- 1110011 | rd, csr, zimm       | csr    | Zicsr
mul             0000001  ----- ----- 000 ----- 0110011 | rd, rs1, rs2        | mul    | M
mulh            0000001  ----- ----- 001 ----- 0110011 | rd, rs1, rs2        | mul    | M
mulhsu          0000001  ----- ----- 010 ----- 0110011 | rd, rs1, rs2        | mul    | M
mulhu           0000001  ----- ----- 011 ----- 0110011 | rd, rs1, rs2        | mul    | M
div             0000001  ----- ----- 100 ----- 0110011 | rd, rs1, rs2        | div    | M
divu            0000001  ----- ----- 101 ----- 0110011 | rd, rs1, rs2        | div    | M
rem             0000001  ----- ----- 110 ----- 0110011 | rd, rs1, rs2        | div    | M
remu            0000001  ----- ----- 111 ----- 0110011 | rd, rs1, rs2        | div    | M
mulw            0000001  ----- ----- 000 ----- 0111011 | rd, rs1, rs2        | mul    | M
divw            0000001  ----- ----- 100 ----- 0111011 | rd, rs1, rs2        | div    | M
divuw           0000001  ----- ----- 101 ----- 0111011 | rd, rs1, rs2        | div    | M
remw            0000001  ----- ----- 110 ----- 0111011 | rd, rs1, rs2        | div    | M
remuw           0000001  ----- ----- 111 ----- 0111011 | rd, rs1, rs2        | div    | M
lr.w            00010--  00000 ----- 010 ----- 0101111 | rd, (rs1)           | amo    | A
sc.w            00011--  ----- ----- 010 ----- 0101111 | rd, rs2, (rs1)      | amo    | A
amoswap.w       00001--  ----- ----- 010 ----- 0101111 | rd, rs2, (rs1)      | amo    | A
amoadd.w        00000--  ----- ----- 010 ----- 0101111 | rd, rs2, (rs1)      | amo    | A
amoxor.w        00100--  ----- ----- 010 ----- 0101111 | rd, rs2, (rs1)      | amo    | A
amoand.w        01100--  ----- ----- 010 ----- 0101111 | rd, rs2, (rs1)      | amo    | A
amoor.w         01000--  ----- ----- 010 ----- 0101111 | rd, rs2, (rs1)      | amo    | A
amomin.w        10000--  ----- ----- 010 ----- 0101111 | rd, rs2, (rs1)      | amo    | A
amomax.w        10100--  ----- ----- 010 ----- 0101111 | rd, rs2, (rs1)      | amo    | A
amominu.w       11000--  ----- ----- 010 ----- 0101111 | rd, rs2, (rs1)      | amo    | A
amomaxu.w       11100--  ----- ----- 010 ----- 0101111 | rd, rs2, (rs1)      | amo    | A
lr.d            00010--  00000 ----- 011 ----- 0101111 | rd, (rs1)           | amo    | A
sc.d            00011--  ----- ----- 011 ----- 0101111 | rd, rs2, (rs1)      | amo    | A
amoswap.d       00001--  ----- ----- 011 ----- 0101111 | rd, rs2, (rs1)      | amo    | A
amoadd.d        00000--  ----- ----- 011 ----- 0101111 | rd, rs2, (rs1)      | amo    | A
amoxor.d        00100--  ----- ----- 011 ----- 0101111 | rd, rs2, (rs1)      | amo    | A
amoand.d        01100--  ----- ----- 011 ----- 0101111 | rd, rs2, (rs1)      | amo    | A
amoor.d         01000--  ----- ----- 011 ----- 0101111 | rd, rs2, (rs1)      | amo    | A
amomin.d        10000--  ----- ----- 011 ----- 0101111 | rd, rs2, (rs1)      | amo    | A
amomax.d        10100--  ----- ----- 011 ----- 0101111 | rd, rs2, (rs1)      | amo    | A
amominu.d       11000--  ----- ----- 011 ----- 0101111 | rd, rs2, (rs1)      | amo    | A
amomaxu.d       11100--  ----- ----- 011 ----- 0101111 | rd, rs2, (rs1)      | amo    | A
sret            0001000  00010 00000 000 00000 1110011 |                     | sys    | S
mret            0011000  00010 00000 000 00000 1110011 |                     | sys    | I
wfi             0001000  00101 00000 000 00000 1110011 |                     | sys    | I
sfence.vma      0001001  ----- ----- 000 00000 1110011 | rs1, rs2            | sys    | S
hfence.vvma     0010001  ----- ----- 000 00000 1110011 | rs1, rs2            | sys    | H
hfence.gvma     0110001  ----- ----- 000 00000 1110011 | rs1, rs2            | sys    | H
sinval.vma      0001011  ----- ----- 000 00000 1110011 | rs1, rs2            | sys    | Svinval
sfence.w.inval  0001100  00000 00000 000 00000 1110011 |                     | sys    | Svinval
sfence.inval.ir 0001100  00001 00000 000 00000 1110011 |                     | sys    | Svinval
hinval.vvma     0010011  ----- ----- 000 00000 1110011 | rs1, rs2            | sys    | Svinval+H
hinval.gvma     0110011  ----- ----- 000 00000 1110011 | rs1, rs2            | sys    | Svinval+H
hlv.b           0110000  00000 ----- 100 ----- 1110011 | rd, (rs1)           | hload  | H
hlv.bu          0110000  00001 ----- 100 ----- 1110011 | rd, (rs1)           | hload  | H
hlv.h           0110010  00000 ----- 100 ----- 1110011 | rd, (rs1)           | hload  | H
hlv.hu          0110010  00001 ----- 100 ----- 1110011 | rd, (rs1)           | hload  | H
hlvx.hu         0110010  00011 ----- 100 ----- 1110011 | rd, (rs1)           | hload  | H
hlv.w           0110100  00000 ----- 100 ----- 1110011 | rd, (rs1)           | hload  | H
hlv.wu          0110100  00001 ----- 100 ----- 1110011 | rd, (rs1)           | hload  | H
hlvx.wu         0110100  00011 ----- 100 ----- 1110011 | rd, (rs1)           | hload  | H
hlv.d           0110110  00000 ----- 100 ----- 1110011 | rd, (rs1)           | hload  | H
hsv.b           0110001  ----- ----- 100 00000 1110011 | rs2, (rs1)          | hstore | H
hsv.h           0110011  ----- ----- 100 00000 1110011 | rs2, (rs1)          | hstore | H
hsv.w           0110101  ----- ----- 100 00000 1110011 | rs2, (rs1)          | hstore | H
hsv.d           0110111  ----- ----- 100 00000 1110011 | rs2, (rs1)          | hstore | H
sh1add          0010000  ----- ----- 010 ----- 0110011 | rd, rs1, rs2        | bits   | Zba
sh2add          0010000  ----- ----- 100 ----- 0110011 | rd, rs1, rs2        | bits   | Zba
sh3add          0010000  ----- ----- 110 ----- 0110011 | rd, rs1, rs2        | bits   | Zba
add.uw          0000100  ----- ----- 000 ----- 0111011 | rd, rs1, rs2        | bits   | Zba
sh1add.uw       0010000  ----- ----- 010 ----- 0111011 | rd, rs1, rs2        | bits   | Zba
sh2add.uw       0010000  ----- ----- 100 ----- 0111011 | rd, rs1, rs2        | bits   | Zba
sh3add.uw       0010000  ----- ----- 110 ----- 0111011 | rd, rs1, rs2        | bits   | Zba
slli.uw         000010-  ----- ----- 001 ----- 0011011 | rd, rs1, shamt6     | bits   | Zba
andn            0100000  ----- ----- 111 ----- 0110011 | rd, rs1, rs2        | bits   | Zbb
orn             0100000  ----- ----- 110 ----- 0110011 | rd, rs1, rs2        | bits   | Zbb
xnor            0100000  ----- ----- 100 ----- 0110011 | rd, rs1, rs2        | bits   | Zbb
min             0000101  ----- ----- 100 ----- 0110011 | rd, rs1, rs2        | bits   | Zbb
minu            0000101  ----- ----- 101 ----- 0110011 | rd, rs1, rs2        | bits   | Zbb
max             0000101  ----- ----- 110 ----- 0110011 | rd, rs1, rs2        | bits   | Zbb
maxu            0000101  ----- ----- 111 ----- 0110011 | rd, rs1, rs2        | bits   | Zbb
rol             0110000  ----- ----- 001 ----- 0110011 | rd, rs1, rs2        | bits   | Zbb
ror             0110000  ----- ----- 101 ----- 0110011 | rd, rs1, rs2        | bits   | Zbb
rolw            0110000  ----- ----- 001 ----- 0111011 | rd, rs1, rs2        | bits   | Zbb
rorw            0110000  ----- ----- 101 ----- 0111011 | rd, rs1, rs2        | bits   | Zbb
rori            011000-  ----- ----- 101 ----- 0010011 | rd, rs1, shamt6     | bits   | Zbb
roriw           0110000  ----- ----- 101 ----- 0011011 | rd, rs1, shamt5     | bits   | Zbb
clz             0110000  00000 ----- 001 ----- 0010011 | rd, rs1             | bits   | Zbb
ctz             0110000  00001 ----- 001 ----- 0010011 | rd, rs1             | bits   | Zbb
cpop            0110000  00010 ----- 001 ----- 0010011 | rd, rs1             | bits   | Zbb
clzw            0110000  00000 ----- 001 ----- 0011011 | rd, rs1             | bits   | Zbb
ctzw            0110000  00001 ----- 001 ----- 0011011 | rd, rs1             | bits   | Zbb
cpopw           0110000  00010 ----- 001 ----- 0011011 | rd, rs1             | bits   | Zbb
sext.b          0110000  00100 ----- 001 ----- 0010011 | rd, rs1             | bits   | Zbb
sext.h          0110000  00101 ----- 001 ----- 0010011 | rd, rs1             | bits   | Zbb
zext.h          0000100  00000 ----- 100 ----- 0111011 | rd, rs1             | bits   | Zbb
orc.b           0010100  00111 ----- 101 ----- 0010011 | rd, rs1             | bits   | Zbb
rev8            0110101  11000 ----- 101 ----- 0010011 | rd, rs1             | bits   | Zbb
bclr            0100100  ----- ----- 001 ----- 0110011 | rd, rs1, rs2        | bits   | Zbs
bext            0100100  ----- ----- 101 ----- 0110011 | rd, rs1, rs2        | bits   | Zbs
binv            0110100  ----- ----- 001 ----- 0110011 | rd, rs1, rs2        | bits   | Zbs
bset            0010100  ----- ----- 001 ----- 0110011 | rd, rs1, rs2        | bits   | Zbs
bclri           010010-  ----- ----- 001 ----- 0010011 | rd, rs1, shamt6     | bits   | Zbs
bexti           010010-  ----- ----- 101 ----- 0010011 | rd, rs1, shamt6     | bits   | Zbs
binvi           011010-  ----- ----- 001 ----- 0010011 | rd, rs1, shamt6     | bits   | Zbs
bseti           001010-  ----- ----- 001 ----- 0010011 | rd, rs1, shamt6     | bits   | Zbs
czero.eqz       0000111  ----- ----- 101 ----- 0110011 | rd, rs1, rs2        | bits   | Zicond
czero.nez       0000111  ----- ----- 111 ----- 0110011 | rd, rs1, rs2        | bits   | Zicond
cbo.inval       0000000  00000 ----- 010 00000 0001111 | (rs1)               | cbo    | Zicbom
cbo.clean       0000000  00001 ----- 010 00000 0001111 | (rs1)               | cbo    | Zicbom
cbo.flush       0000000  00010 ----- 010 00000 0001111 | (rs1)               | cbo    | Zicbom
cbo.zero        0000000  00100 ----- 010 00000 0001111 | (rs1)               | cbo    | Zicboz
"""

# Compressed rows, first match wins: `reserved` rows carve the illegal encodings out of the row that follows them.
# Registers: `rd`/`rs1`/`rs2` are the 5-bit fields 11:7 and 6:2, a prime marks the 3-bit fields (x8-x15) at 9:7 and 4:2.
_COMPRESSED = """
# name        pattern 15..0               | expands to            | immediate                                  | sign
c.addi4spn    000 00000000 --- 00         | reserved              |                                            |
c.addi4spn    000 -------- --- 00         | addi rd', x2, imm     | 5:4@11 9:6@7 2@6 3@5                       | u
c.lw          010 --- --- -- --- 00       | lw rd', imm(rs1')     | 5:3@10 2@6 6@5                             | u
c.ld          011 --- --- -- --- 00       | ld rd', imm(rs1')     | 5:3@10 7:6@5                               | u
c.sw          110 --- --- -- --- 00       | sw rd', imm(rs1')     | 5:3@10 2@6 6@5                             | u
c.sd          111 --- --- -- --- 00       | sd rd', imm(rs1')     | 5:3@10 7:6@5                               | u
c.addi        000 - ----- ----- 01        | addi rd, rd, imm      | 5@12 4:0@2                                 | s
c.addiw       001 - 00000 ----- 01        | reserved              |                                            |
c.addiw       001 - ----- ----- 01        | addiw rd, rd, imm     | 5@12 4:0@2                                 | s
c.li          010 - ----- ----- 01        | addi rd, x0, imm      | 5@12 4:0@2                                 | s
c.lui         011 0 ----- 00000 01        | reserved              |                                            |
c.addi16sp    011 - 00010 ----- 01        | addi rd, rd, imm      | 9@12 4@6 6@5 8:7@3 5@2                     | s
c.lui         011 - ----- ----- 01        | lui rd, imm           | 17@12 16:12@2                              | s
c.srli        100 - 00 --- ----- 01       | srli rs1', rs1', imm  | 5@12 4:0@2                                 | u
c.srai        100 - 01 --- ----- 01       | srai rs1', rs1', imm  | 5@12 4:0@2                                 | u
c.andi        100 - 10 --- ----- 01       | andi rs1', rs1', imm  | 5@12 4:0@2                                 | s
c.sub         100 0 11 --- 00 --- 01      | sub rs1', rs1', rd'   |                                            |
c.xor         100 0 11 --- 01 --- 01      | xor rs1', rs1', rd'   |                                            |
c.or          100 0 11 --- 10 --- 01      | or rs1', rs1', rd'    |                                            |
c.and         100 0 11 --- 11 --- 01      | and rs1', rs1', rd'   |                                            |
c.subw        100 1 11 --- 00 --- 01      | subw rs1', rs1', rd'  |                                            |
c.addw        100 1 11 --- 01 --- 01      | addw rs1', rs1', rd'  |                                            |
c.j           101 ----------- 01          | jal x0, imm           | 11@12 4@11 9:8@9 10@8 6@7 7@6 3:1@3 5@2    | s
c.beqz        110 --- --- ----- 01        | beq rs1', x0, imm     | 8@12 4:3@10 7:6@5 2:1@3 5@2                | s
c.bnez        111 --- --- ----- 01        | bne rs1', x0, imm     | 8@12 4:3@10 7:6@5 2:1@3 5@2                | s
c.slli        000 - ----- ----- 10        | slli rd, rd, imm      | 5@12 4:0@2                                 | u
c.lwsp        010 - 00000 ----- 10        | reserved              |                                            |
c.lwsp        010 - ----- ----- 10        | lw rd, imm(x2)        | 5@12 4:2@4 7:6@2                           | u
c.ldsp        011 - 00000 ----- 10        | reserved              |                                            |
c.ldsp        011 - ----- ----- 10        | ld rd, imm(x2)        | 5@12 4:3@5 8:6@2                           | u
c.jr          100 0 00000 00000 10        | reserved              |                                            |
c.jr          100 0 ----- 00000 10        | jalr x0, imm(rd)      |                                            |
c.mv          100 0 ----- ----- 10        | add rd, x0, rs2       |                                            |
c.ebreak      100 1 00000 00000 10        | ebreak                |                                            |
c.jalr        100 1 ----- 00000 10        | jalr x1, imm(rd)      |                                            |
c.add         100 1 ----- ----- 10        | add rd, rd, rs2       |                                            |
c.swsp        110 ------ ----- 10         | sw rs2, imm(x2)       | 5:2@9 7:6@7                                | u
c.sdsp        111 ------ ----- 10         | sd rs2, imm(x2)       | 5:3@10 8:6@7                               | u
"""

FIELDS = {"rd": (11, 7), "rs1": (19, 15), "rs2": (24, 20), "csr": (31, 20), "zimm": (19, 15),
          "shamt6": (25, 20), "shamt5": (24, 20), "pred": (27, 24), "succ": (23, 20), "aq": (26, 26), "rl": (25, 25)}
COMPRESSED_FIELDS = {"rd": (11, 7), "rs2": (6, 2), "rs1'": (9, 7), "rd'": (4, 2)}
IMMEDIATES = {"imm_i": "11:0@20",
              "imm_s": "11:5@25 4:0@7",
              "imm_b": "12@31 11@7 10:5@25 4:1@8",
              "imm_p": "11:5@25",
              "imm_u": "31:12@12",
              "imm_j": "20@31 19:12@12 11@20 10:1@21"}


@dataclass(frozen=True)
class Insn:
    """One 32-bit instruction. `pattern` is 32 characters of 0, 1 and -, bit 31 first."""

    name: str
    pattern: str
    operands: tuple[str, ...]
    unit: str
    ext: str

    @property
    def mask(self) -> int:
        """Bits that are fixed."""
        return mask(self.pattern)

    @property
    def match(self) -> int:
        """Values of the fixed bits."""
        return match(self.pattern)


@dataclass(frozen=True)
class Compressed:
    """One 16-bit encoding and the 32-bit instruction it stands for; `base` is empty where the encoding is reserved.

    `operands` maps an operand of the base instruction (rd, rs1, rs2, imm) to the compressed field that supplies it, a
    register `xN`, or `imm`.
    """

    name: str
    pattern: str
    base: str
    operands: dict[str, str]
    imm: str
    signed: bool

    @property
    def mask(self) -> int:
        """Bits that are fixed."""
        return mask(self.pattern)

    @property
    def match(self) -> int:
        """Values of the fixed bits."""
        return match(self.pattern)


def mask(pattern: str) -> int:
    """Fixed bits of a pattern."""
    return int("".join("0" if c == "-" else "1" for c in pattern), 2)


def match(pattern: str) -> int:
    """Values of the fixed bits of a pattern."""
    return int(pattern.replace("-", "0"), 2)


def pieces(spec: str) -> list[tuple[int, int, int]]:
    """(imm_hi, imm_lo, insn_lo) of each piece of an immediate written as `hi:lo@insn_lo ...`."""
    out = []
    for piece in spec.split():
        bits, at = piece.split("@")
        hi, _, lo = bits.partition(":")
        out.append((int(hi), int(lo or hi), int(at)))
    return out


def extract(word: int, spec: str, signed: bool = True) -> int:
    """Value of an immediate in an instruction word; a signed one has its sign at the highest piece."""
    value = 0
    for hi, lo, at in pieces(spec):
        value |= (word >> at & (1 << (hi - lo + 1)) - 1) << lo
    top = max((hi for hi, _, _ in pieces(spec)), default=-1)
    return value - (1 << top + 1) if signed and top >= 0 and value >> top & 1 else value


def insert(value: int, spec: str) -> int:
    """Instruction bits that hold an immediate."""
    return sum((value >> lo & (1 << (hi - lo + 1)) - 1) << at for hi, lo, at in pieces(spec))


def _split(operands: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[\w']+", operands))


def _rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.splitlines() if line and line[0] != "#"]


def _insn(row: list[str]) -> Insn:
    name, pattern = row[0].split(maxsplit=1)
    return Insn(name, pattern.replace(" ", ""), _split(row[1]), row[2], row[3])


def _compressed(row: list[str]) -> Compressed:
    name, pattern = row[0].split(maxsplit=1)
    base, _, text = row[1].partition(" ")
    names: dict[str, str] = {}
    if base != "reserved":
        wanted = ["imm" if o.startswith(("imm_", "shamt")) else o for o in BY_NAME[base].operands]
        names = dict(zip(wanted, _split(text), strict=True))
    return Compressed(name, pattern.replace(" ", ""), "" if base == "reserved" else base, names, row[2], row[3] == "s")


INSNS = tuple(_insn(row) for row in _rows(_TABLE))
BY_NAME = {insn.name: insn for insn in INSNS}
COMPRESSED = tuple(_compressed(row) for row in _rows(_COMPRESSED))

// What Yosys' models of ECP5 cells leave out: the multiplier and the block RAM, as synth_ecp5 instantiates them, without
// their optional registers (Lattice FPGA-TN-02205, FPGA-TN-02204).

`define BITS4(n)  n``3, n``2, n``1, n``0
`define BITS14(n) n``13, n``12, n``11, n``10, n``9, n``8, n``7, n``6, n``5, n``4, `BITS4(n)
`define BITS18(n) n``17, n``16, n``15, n``14, `BITS14(n)
`define BITS36(n) n``35, n``34, n``33, n``32, n``31, n``30, n``29, n``28, n``27, n``26, n``25, n``24, \
                  n``23, n``22, n``21, n``20, n``19, n``18, `BITS18(n)
`define HEX16(n)  n``F, n``E, n``D, n``C, n``B, n``A, n``9, n``8, n``7, n``6, n``5, n``4, `BITS4(n)
`define ZERO16(n) n``0 = 0, n``1 = 0, n``2 = 0, n``3 = 0, n``4 = 0, n``5 = 0, n``6 = 0, n``7 = 0, \
                  n``8 = 0, n``9 = 0, n``A = 0, n``B = 0, n``C = 0, n``D = 0, n``E = 0, n``F = 0

module MULT18X18D (
    input `BITS18(A), `BITS18(B), `BITS18(C), SIGNEDA, SIGNEDB, SOURCEA, SOURCEB,
    output `BITS36(P)
);
    wire [17:0] a = {`BITS18(A)}, b = {`BITS18(B)};
    assign {`BITS36(P)} = {{18{SIGNEDA & A17}}, a} * {{18{SIGNEDB & B17}}, b};
endmodule

// 512 words of 36 bits. A port of 18 or 9 bits sees parts of them, one of 4, 2 or 1 bits parts of eight bits in nine.
// Ports of 18 and 36 bits have byte enables in place of their lowest address bits; one of 36 bits uses the data pins of
// both. Both clocks must be the same.
//
// What one port reads of bits that the other one writes at that moment is not specified; here it is their complement, so
// that whoever relies on it is found.
module DP16KD #(
    parameter DATA_WIDTH_A = 18, DATA_WIDTH_B = 18, WRITEMODE_A = "NORMAL", WRITEMODE_B = "NORMAL",
              REGMODE_A = "NOREG", REGMODE_B = "NOREG", RESETMODE = "SYNC", ASYNC_RESET_RELEASE = "SYNC",
              CSDECODE_A = "0b000", CSDECODE_B = "0b000", CLKAMUX = "CLKA", CLKBMUX = "CLKB", GSR = "AUTO",
    parameter [319:0] `ZERO16(INITVAL_0), `ZERO16(INITVAL_1), `ZERO16(INITVAL_2), `ZERO16(INITVAL_3)
) (
    input `BITS18(DIA), `BITS14(ADA), CEA, OCEA, CLKA, WEA, RSTA, CSA2, CSA1, CSA0, output `BITS18(DOA),
    input `BITS18(DIB), `BITS14(ADB), CEB, OCEB, CLKB, WEB, RSTB, CSB2, CSB1, CSB0, output `BITS18(DOB)
);
    localparam [20479:0] INITVAL =      // halves of words, each in 20 bits
        {`HEX16(INITVAL_3), `HEX16(INITVAL_2), `HEX16(INITVAL_1), `HEX16(INITVAL_0)};
    reg [35:0] words [0:511];
    integer i;
    initial for (i = 0; i < 512; i = i + 1) words[i] = {INITVAL[40 * i + 20 +: 18], INITVAL[40 * i +: 18]};

    // Where the data of a port is in its word.
    function [5:0] first(input [4:0] address, input integer width);
        case (width)
            36: first = 0;
            18: first = address[4] ? 18 : 0;
            default: first = address[4:3] * 9 + (width == 9 ? 0 : address[2:0] & ~(width - 1));
        endcase
    endfunction
    function [35:0] selected(input [4:0] address, input integer width);
        selected = ((36'd1 << width) - 1) << first(address, width);
    endfunction
    function [35:0] enabled(input [4:0] address, input integer width);
        case (width)
            36: enabled = {{9{address[3]}}, {9{address[2]}}, {9{address[1]}}, {9{address[0]}}};
            18: enabled = {2{{9{address[1]}}, {9{address[0]}}}};
            default: enabled = ~36'd0;
        endcase
    endfunction

    wire [13:0] ada = {`BITS14(ADA)}, adb = {`BITS14(ADB)};
    wire  [5:0] first_a = first(ada[4:0], DATA_WIDTH_A), first_b = first(adb[4:0], DATA_WIDTH_B);
    wire [35:0] mask_a = selected(ada[4:0], DATA_WIDTH_A), mask_b = selected(adb[4:0], DATA_WIDTH_B);
    wire [35:0] written_a = CEA & WEA ? mask_a & enabled(ada[4:0], DATA_WIDTH_A) : 36'd0;
    wire [35:0] written_b = CEB & WEB ? mask_b & enabled(adb[4:0], DATA_WIDTH_B) : 36'd0;
    wire [35:0] data_a = {DATA_WIDTH_A == 36 ? {`BITS18(DIB)} : 18'd0, `BITS18(DIA)} << first_a;
    wire [35:0] data_b = {18'd0, `BITS18(DIB)} << first_b;
    wire        same = ada[13:5] == adb[13:5];
    wire [35:0] old_a = words[ada[13:5]] ^ (same ? written_b : 36'd0);
    wire [35:0] old_b = words[adb[13:5]] ^ (same ? written_a : 36'd0);
    reg  [35:0] qa = 0, qb = 0;

    always @(posedge CLKA) begin
        if (CEA && (!WEA || WRITEMODE_A != "NORMAL"))
            qa <= ((WRITEMODE_A == "WRITETHROUGH" ? old_a & ~written_a | data_a & written_a : old_a) & mask_a) >> first_a;
        if (CEB && (!WEB || WRITEMODE_B != "NORMAL"))
            qb <= ((WRITEMODE_B == "WRITETHROUGH" ? old_b & ~written_b | data_b & written_b : old_b) & mask_b) >> first_b;
        if (RSTA) qa <= 0;
        if (RSTB) qb <= 0;
        if (|written_a)
            words[ada[13:5]] <= words[ada[13:5]] & ~written_a | data_a & written_a;
        if (|written_b)
            words[adb[13:5]] <= words[adb[13:5]] & ~written_b | data_b & written_b;
    end
    assign {`BITS18(DOA)} = DATA_WIDTH_B == 36 ? qb[17:0] : qa[17:0];
    assign {`BITS18(DOB)} = DATA_WIDTH_B == 36 ? qb[35:18] : qb[17:0];
endmodule

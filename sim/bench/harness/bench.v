// The top module of a simulation: the SoC with its inputs taken into registers whenever `answer` changes.
//
// Whatever depends on a top-level input is settled anew by Verilator at each evaluation, changed or not: most of the
// core, at both edges. Behind these registers that happens once per cycle, when the harness has answered. A signal that
// Python may write counts as an input too, so Python may only read, and only the three signals that say so.

module bench (
    input         clk /*verilator public_flat_rd*/,
    input         rst,
    input         wake /*verilator public_flat_rd*/,            // moved by the harness, awaited by Python
    input         answer,
`ifdef BENCH_MUTANTS
    input  [15:0] mutant,
`endif
    input  [63:0] boot_target,
    input  [23:0] uncached_first,
    input  [23:0] uncached_last,
    input         flush,
    input   [3:0] irq,
    output        flushed,
    output        finished,
    output [31:0] finish_code,
    output [1023:0] retire /*verilator public_flat_rd*/,
    output [31:0] activity,

    output [52:0] iram__adr,
    output [63:0] iram__dat_w,
    input  [63:0] iram__dat_r,
    output  [7:0] iram__sel,
    output        iram__cyc,
    output        iram__stb,
    output        iram__we,
    output  [2:0] iram__cti,
    input         iram__ack,
    input         iram__err,

    output [52:0] dram__adr,
    output [63:0] dram__dat_w,
    input  [63:0] dram__dat_r,
    output  [7:0] dram__sel,
    output        dram__cyc,
    output        dram__stb,
    output        dram__we,
    output  [2:0] dram__cti,
    input         dram__ack,
    input         dram__err,

    output  [7:0] uart_tx__payload,
    output        uart_tx__valid,
    input         uart_tx__ready,
    input   [7:0] uart_rx__payload,
    input         uart_rx__valid,
    output        uart_rx__ready
);
    reg [63:0] target, iram_data, dram_data;
    reg [23:0] first_page, last_page;
    reg  [3:0] lines;
    reg        flushing, reset, iram_ack, iram_err, dram_ack, dram_err, tx_ready, rx_valid;
    reg  [7:0] rx_payload;
`ifdef BENCH_MUTANTS
    reg [15:0] mutant_number;
`endif

    always @(posedge answer or negedge answer) begin
        reset      <= rst;
        target     <= boot_target;
        first_page <= uncached_first;
        last_page  <= uncached_last;
        flushing   <= flush;
        lines      <= irq;
        iram_data  <= iram__dat_r;
        iram_ack   <= iram__ack;
        iram_err   <= iram__err;
        dram_data  <= dram__dat_r;
        dram_ack   <= dram__ack;
        dram_err   <= dram__err;
        tx_ready   <= uart_tx__ready;
        rx_payload <= uart_rx__payload;
        rx_valid   <= uart_rx__valid;
`ifdef BENCH_MUTANTS
        mutant_number <= mutant;
`endif
    end

    soc soc (
        .clk(clk), .rst(reset), .wake(1'b0), .boot_target(target),
        .uncached_first(first_page), .uncached_last(last_page), .flush(flushing), .flushed(flushed), .irq(lines),
`ifdef BENCH_MUTANTS
        .mutant(mutant_number),
`endif
        .finished(finished), .finish_code(finish_code), .retire(retire), .activity(activity),
        .iram__adr(iram__adr), .iram__dat_w(iram__dat_w), .iram__dat_r(iram_data), .iram__sel(iram__sel),
        .iram__cyc(iram__cyc), .iram__stb(iram__stb), .iram__we(iram__we), .iram__ack(iram_ack), .iram__err(iram_err),
        .iram__cti(iram__cti), .iram__bte(),
        .dram__adr(dram__adr), .dram__dat_w(dram__dat_w), .dram__dat_r(dram_data), .dram__sel(dram__sel),
        .dram__cyc(dram__cyc), .dram__stb(dram__stb), .dram__we(dram__we), .dram__ack(dram_ack), .dram__err(dram_err),
        .dram__cti(dram__cti), .dram__bte(),
        .uart_tx__payload(uart_tx__payload), .uart_tx__valid(uart_tx__valid), .uart_tx__ready(tx_ready),
        .uart_rx__payload(rx_payload), .uart_rx__valid(rx_valid), .uart_rx__ready(uart_rx__ready)
    );
endmodule

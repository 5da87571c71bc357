// CVA6 with RAM, and its reports as flat ports. Where they depart from RVFI they are put right here: rd_wdata is 0 without
// rd, mem_addr is where the masks begin, and the ECALL of the first channel does not make the second valid as well.
module cva6_top #(
  parameter int RAM_BYTES = 1 << 20
) (
  input  logic clk,
  input  logic rst_n,
  output logic [1:0]         rvfi_valid,
  output logic [1:0]         rvfi_trap,
  output logic [1:0][31:0]   rvfi_insn,
  output logic [1:0][63:0]   rvfi_cause,
  output logic [1:0][1:0]    rvfi_mode,
  output logic [1:0][4:0]    rvfi_rd_addr,
  output logic [1:0][63:0]   rvfi_rd_wdata,
  output logic [1:0][63:0]   rvfi_pc_rdata,
  output logic [1:0][63:0]   rvfi_mem_addr,
  output logic [1:0][7:0]    rvfi_mem_rmask,
  output logic [1:0][7:0]    rvfi_mem_wmask
);
  localparam logic [31:0] ECALL = 32'h0000_0073;
  ariane_rvfi_pkg::rvfi_port_t rvfi;
  for (genvar i = 0; i < 2; i++) begin : port
    assign rvfi_valid[i]     = rvfi[i].valid && !(i == 1 && rvfi[0].valid && rvfi[0].insn == ECALL);
    assign rvfi_trap[i]      = rvfi[i].trap;
    assign rvfi_insn[i]      = rvfi[i].insn;
    assign rvfi_cause[i]     = rvfi[i].cause;
    assign rvfi_mode[i]      = rvfi[i].mode;
    assign rvfi_rd_addr[i]   = rvfi[i].rd_addr;
    assign rvfi_rd_wdata[i]  = rvfi[i].rd_addr == 0 ? '0 : rvfi[i].rd_wdata;
    assign rvfi_pc_rdata[i]  = rvfi[i].pc_rdata;
    assign rvfi_mem_addr[i]  = {rvfi[i].mem_addr[63:3], 3'b0};
    assign rvfi_mem_rmask[i] = rvfi[i].mem_rmask;
    assign rvfi_mem_wmask[i] = rvfi[i].mem_wmask;
  end

  ariane_axi::req_t  req;
  ariane_axi::resp_t resp;
  ariane core (
    .clk_i(clk), .rst_ni(rst_n), .boot_addr_i(39'h8000_0000), .hart_id_i(64'd0), .irq_i(2'b0), .ipi_i(1'b0),
    .time_irq_i(1'b0), .debug_req_i(1'b0), .rvfi_o(rvfi), .axi_req_o(req), .axi_resp_i(resp)
  );

  // One read burst and one write burst at a time; addresses count up in doublewords.
  localparam int WORDS = RAM_BYTES / 8;
  logic [63:0] ram [0:WORDS-1];
  initial begin
    string image;
    if ($value$plusargs("image=%s", image)) $readmemh(image, ram);
  end

  logic reading, writing, answering;
  logic [63:0] read_address, write_address;
  logic [7:0]  read_left;
  logic [3:0]  read_id, write_id;
  always_comb begin
    resp = '0;
    resp.ar_ready = !reading;
    resp.r_valid  = reading;
    resp.r.id     = read_id;
    resp.r.data   = ram[read_address[$clog2(RAM_BYTES)-1:3]];
    resp.r.last   = read_left == 0;
    resp.aw_ready = !writing && !answering;
    resp.w_ready  = writing;
    resp.b_valid  = answering;
    resp.b.id     = write_id;
  end
  always_ff @(posedge clk) begin
    if (!rst_n) begin
      {reading, writing, answering} <= '0;
    end else begin
      if (resp.ar_ready && req.ar_valid) begin
        reading <= 1; read_address <= req.ar.addr; read_left <= req.ar.len; read_id <= req.ar.id;
      end else if (reading && req.r_ready) begin
        read_address <= read_address + 8; read_left <= read_left - 1; reading <= read_left != 0;
      end
      if (resp.aw_ready && req.aw_valid) begin
        writing <= 1; write_address <= req.aw.addr; write_id <= req.aw.id;
      end else if (writing && req.w_valid) begin
        for (int i = 0; i < 8; i++)
          if (req.w.strb[i]) ram[write_address[$clog2(RAM_BYTES)-1:3]][8*i +: 8] <= req.w.data[8*i +: 8];
        write_address <= write_address + 8;
        if (req.w.last) begin writing <= 0; answering <= 1; end
      end else if (answering && req.b_ready) answering <= 0;
    end
  end
endmodule

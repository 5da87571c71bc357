"""sim/bench/conditions.py."""

import pytest

from sim.bench.conditions import Verilog

SOURCE = Verilog("""\
module a (x);
  assign _1_ = x;
endmodule
module b (y);
  assign _1_ = _2_ & y;
  assign _2_ = ~ z;
  assign _3_ = _1_ ? p : q;
  assign _4_ = _5_;
  assign _5_ = _6_;
  assign _6_ = _7_;
  assign _7_ = _8_;
  assign _8_ = 1'h0;
  always @* begin
    if (_1_) begin
      r = 1'h1;
    end else if (_4_) begin
      casez (s[1:0])
        2'h2, 2'h3:
            if (w) begin
              r = 1'h0;
            end
        default:
            r = _99_;
      endcase
    end else begin
      if (v) begin
      end
    end
  end
endmodule""".splitlines())


@pytest.mark.parametrize(("number", "what", "shown"), [
    (7, "branch cond_then", ["then ((~ z) & y): assign _3_ = _1_ ? p : q;"]),
    (7, "branch cond_else", ["else ((~ z) & y): assign _3_ = _1_ ? p : q;"]),
    (14, "line elsif", ["then ((~ z) & y): if (_1_) begin"]),
    (16, "line elsif", ["then 1'h0: end else if (_4_) begin"]),
    (16, "line else", ["else 1'h0: end else if (_4_) begin"]),
    (18, "line case", ["case s[1:0]: 2'h2, 2'h3:", "then 1'h0: end else if (_4_) begin"]),
    (19, "branch if", ["then w: if (w) begin", "case s[1:0]: 2'h2, 2'h3:", "then 1'h0: end else if (_4_) begin"]),
    (22, "line case", ["case s[1:0]: default:", "then 1'h0: end else if (_4_) begin"]),
    (13, "line block", ["block : always @* begin"]),
    (26, "branch else", ["else v: if (v) begin"]),         # in an `else` of two conditions, which is not shown
])
def test_a_point_is_shown_with_its_condition_and_what_it_stands_inside(number, what, shown):
    assert list(SOURCE.point(number, what)) == shown


def test_a_few_assignments_are_followed():
    source = Verilog(["module a;", *(f"assign _{n}_ = ~ _{n + 1}_;" for n in range(9)), "assign _9_ = _0_ ? x : y;"])
    assert next(source.point(11, "branch cond_then")).startswith("then (~ (~ (~ _3_))): ")

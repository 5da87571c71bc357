/* Loads and stores of every width and sign on the UART, 32-bit and compressed encodings. Its registers from 4 on are MCR,
   LSR, MSR, SCR; MCR and SCR can be written, the other two are constant while nothing is received. */
#include "driver.h"
#include "uart16550.h"

#define LSR (UART_LSR_THRE | UART_LSR_TEMT)
#define MSR (UART_MSR_CTS | UART_MSR_DSR | UART_MSR_DCD)

/* What a word at 4 holds. */
#define UPPER(scr, mcr) ((uint64_t)(scr) << 24 | MSR << 16 | LSR << 8 | (mcr))

/* Address in a4, data in a5: registers that compressed encodings have. */
#define LOAD(insn, offset) ({                                                               \
    register uint64_t base_ __asm__("a4") = UART_BASE;                                      \
    register uint64_t data_ __asm__("a5");                                                  \
    __asm__ volatile(insn " a5, " #offset "(a4)" : "=r"(data_) : "r"(base_) : "memory");    \
    data_; })

#define STORE(insn, offset, value) do {                                                     \
    register uint64_t base_ __asm__("a4") = UART_BASE;                                      \
    register uint64_t data_ __asm__("a5") = (value);                                        \
    __asm__ volatile(insn " a5, " #offset "(a4)" : : "r"(base_), "r"(data_) : "memory");    \
} while (0)

/* The stack pointer takes the device's address for one instruction, `offset` before it; no trap of the guest's own can
   come between. */
#define LOAD_SP(insn, offset) ({                                                            \
    register uint64_t base_ __asm__("a4") = UART_BASE - (offset);                           \
    register uint64_t data_ __asm__("a5");                                                  \
    __asm__ volatile("mv t0, sp\n mv sp, a4\n" insn " a5, " #offset "(sp)\n mv sp, t0"      \
                     : "=r"(data_) : "r"(base_) : "t0", "memory");                          \
    data_; })

#define STORE_SP(insn, offset, value) do {                                                  \
    register uint64_t base_ __asm__("a4") = UART_BASE - (offset);                           \
    register uint64_t data_ __asm__("a5") = (value);                                        \
    __asm__ volatile("mv t0, sp\n mv sp, a4\n" insn " a5, " #offset "(sp)\n mv sp, t0"      \
                     : : "r"(base_), "r"(data_) : "t0", "memory");                          \
} while (0)

/* MCR = mcr, SCR = scr, LCR without DLAB; the divisor 0x0201. */
static void prepare(uint8_t mcr, uint8_t scr)
{
    STORE("sb", 3, UART_LCR_DLAB);
    STORE("sb", 0, 0x01);
    STORE("sb", 1, 0x02);
    STORE("sb", 3, 0x03);
    STORE("sb", 4, mcr);
    STORE("sb", 7, scr);
    STORE("sb", 1, 0);
    STORE("sb", 2, 0);
}

void driver_loads(void)
{
    prepare(0x05, 0xa5);
    check("lb", LOAD("lb", 7), 0xffffffffffffffa5);
    check("lbu", LOAD("lbu", 7), 0xa5);
    check("lh", LOAD("lh", 6), 0xffffffffffffa500 | MSR);
    check("lhu", LOAD("lhu", 6), 0xa500 | MSR);
    check("lw", LOAD("lw", 4), 0xffffffff00000000 | UPPER(0xa5, 0x05));
    check("lwu", LOAD("lwu", 4), UPPER(0xa5, 0x05));
    check("ld", LOAD("ld", 0), UPPER(0xa5, 0x05) << 32 | 0x03010000);
    prepare(0x0a, 0x5a);
    check("lb positive", LOAD("lb", 7), 0x5a);
    check("lh positive", LOAD("lh", 6), 0x5a00 | MSR);
    check("lw positive", LOAD("lw", 4), UPPER(0x5a, 0x0a));
    check("behind the registers", LOAD("lwu", 8), 0);

    /* x0 as destination: the access happens, the register stays. The next instructions would show a stale value. */
    STORE("sb", 1, UART_IER_THRE);
    check("IIR", LOAD("lbu", 2), UART_IIR_THRE);
    STORE("sb", 1, 0);
    STORE("sb", 1, UART_IER_THRE);
    __asm__ volatile("lbu zero, 2(%0)" : : "r"((uint64_t)UART_BASE) : "memory");
    check("IIR after lbu x0", LOAD("lbu", 2), UART_IIR_NONE);
    __asm__ volatile("lw zero, 4(%0)\n sb zero, 7(%0)" : : "r"((uint64_t)UART_BASE) : "memory");
    check("sb x0 after lw x0", LOAD("lbu", 7), 0);

    register uint64_t both __asm__("a3") = UART_BASE;
    __asm__ volatile("lbu a3, 5(a3)" : "+r"(both) : : "memory");
    check("base and destination the same", both, LSR);
}

void driver_stores(void)
{
    prepare(0, 0);
    STORE("sb", 7, 0xffffffffffffff81);
    check("sb", LOAD("lwu", 4), UPPER(0x81, 0));
    STORE("sh", 6, 0xc3ff);
    check("sh", LOAD("lwu", 4), UPPER(0xc3, 0));
    STORE("sw", 4, 0x77ffff0b);
    check("sw", LOAD("lwu", 4), UPPER(0x77, 0x0b));

    /* With DLAB the first two bytes are the divisor; a store to LCR in the same access comes too late to change that. */
    STORE("sb", 3, UART_LCR_DLAB);
    STORE("sd", 0, 0x99ffff0c83003412);
    check("sd", LOAD("ld", 0), UPPER(0x99, 0x0c) << 32 | 0x83013412);
    STORE("sb", 3, 0x03);
    check("IER behind DLAB", LOAD("lbu", 1), 0);

    __asm__ volatile("mv t0, sp\n li sp, 0x6d\n sb sp, 7(%0)\n mv sp, t0"
                     : : "r"((uint64_t)UART_BASE) : "t0", "memory");
    check("sb sp", LOAD("lbu", 7), 0x6d);

    for (const char *text = "driver: hello through the emulated UART\n"; *text; text++) {
        while (!(LOAD("lbu", 5) & UART_LSR_THRE))
            ;
        STORE("sb", 0, (uint8_t)*text);
    }
}

void driver_compressed(void)
{
    prepare(0x05, 0x85);
    check("c.lw", LOAD("c.lw", 4), 0xffffffff00000000 | UPPER(0x85, 0x05));
    check("c.ld", LOAD("c.ld", 0), UPPER(0x85, 0x05) << 32 | 0x03010000);
    check("c.lwsp 0", LOAD_SP("c.lwsp", 0), 0x03010000);
    check("c.lwsp 32", LOAD_SP("c.lwsp", 32), 0x03010000);
    check("c.ldsp 0", LOAD_SP("c.ldsp", 0), UPPER(0x85, 0x05) << 32 | 0x03010000);
    check("c.ldsp 32", LOAD_SP("c.ldsp", 32), UPPER(0x85, 0x05) << 32 | 0x03010000);
    STORE("c.sw", 4, 0x42ffff01);
    check("c.sw", LOAD("lwu", 4), UPPER(0x42, 0x01));
    STORE("sb", 3, UART_LCR_DLAB);
    STORE("c.sd", 0, 0x43ffff0280000201);
    check("c.sd", LOAD("lwu", 4), UPPER(0x43, 0x02));
    STORE_SP("c.swsp", 0, 0x80005678);
    check("c.swsp 0", LOAD("lwu", 0), 0x80015678);
    STORE_SP("c.swsp", 32, 0x80009abc);
    check("c.swsp 32", LOAD("lwu", 0), 0x80019abc);
    STORE_SP("c.sdsp", 0, 0x44ffff0380000403);
    check("c.sdsp 0", LOAD("ld", 0), UPPER(0x44, 0x03) << 32 | 0x80010403);
    STORE_SP("c.sdsp", 32, 0x45ffff0403000605);
    check("c.sdsp 32", LOAD("lwu", 4), UPPER(0x45, 0x04));
}

void driver_loopback(void)
{
    prepare(UART_MCR_LOOP | UART_MCR_RTS | UART_MCR_OUT1, 0);
    check("modem lines", LOAD("lbu", 6), UART_MSR_CTS | UART_MSR_RI);
    STORE("sb", 1, UART_IER_RECEIVED);
    check("nothing received", LOAD("lbu", 2), UART_IIR_NONE);
    STORE("sb", 0, 0x71);
    STORE("sb", 0, 0x72);
    check("received", LOAD("lbu", 2), UART_IIR_RECEIVED);

    check("first", LOAD("lbu", 0), 0x71);

    /* RBR gives its last byte away in the same access that reads LSR, which still shows it. */
    check("second", LOAD("ld", 0) & 0xff00000000ff, (uint64_t)(LSR | UART_LSR_READY) << 40 | 0x72);
    check("empty", LOAD("lbu", 5), LSR);
    STORE("sb", 0, 0x73);
    STORE("sb", 2, UART_FCR_CLEAR_RECEIVER);
    check("cleared", LOAD("lbu", 5), LSR);
    for (unsigned i = 0; i <= 16; i++)
        STORE("sb", 0, i);
    for (unsigned i = 0; i < 16; i++)
        check("queue", LOAD("lbu", 0), i);
    check("the last found no room", LOAD("lbu", 5), LSR);
    STORE("sb", 1, 0);
    STORE("sb", 4, 0);
}

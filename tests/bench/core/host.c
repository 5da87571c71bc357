/* A measured program on any computer: exit status 1 when a result is not what the program expects. */
#include "bench.h"

static int wrong;

void measure(const char *name, u64 (*work)(u64), u64 argument, u64 count, u64 expected)
{
    (void)name, (void)count;
    wrong |= work(argument) != expected || work(argument) != expected;
}

int main(void)
{
    program();
    return wrong;
}

/* Strings and calls, as Dhrystone has them, written anew: a shelf of records that are copied, compared by name, and changed
   through pointers by small functions. */
#include "bench.h"

enum kind { BOOK, MAP, LETTER, PRINT };

struct record {
    struct record *other;
    enum kind kind;
    s32 pages;
    char name[32];
};

enum { SHELF = 8, ROUNDS = 300 };

static struct record shelf[SHELF], spare;
static s32 totals[64];
static char label[32];

#define CALLED __attribute__((noinline))

CALLED static void copy(char *to, const char *from)
{
    while ((*to++ = *from++)) {}
}

CALLED static s32 compare(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *(const u8 *)a - *(const u8 *)b;
}

CALLED static s32 length(const char *s)
{
    const char *end = s;
    while (*end)
        end++;
    return end - s;
}

CALLED static enum kind kind_after(enum kind k)
{
    switch (k) {
    case BOOK: return LETTER;
    case MAP: return BOOK;
    case LETTER: return PRINT;
    default: return MAP;
    }
}

CALLED static void add_pages(s32 by, s32 to, s32 *sum)
{
    *sum = to + by + 2;
}

CALLED static int follows(char a, char b)
{
    return a == b ? 0 : a < b;
}

CALLED static void enter(s32 *list, s32 at, s32 value)
{
    list[at] = value;
    list[at + 1] = list[at];
    list[at + 30] = at;
    list[at - 1] += list[at] & 3;
}

CALLED static void exchange(struct record *r)
{
    struct record *next = r->other;
    spare = *r;
    next->pages = r->pages;
    next->kind = kind_after(next->kind);
    if (next->kind == LETTER)
        add_pages(r->pages, 10, &next->pages);
    else
        *next = spare;
    next->other = &shelf[(next - shelf + 1) % SHELF];
}

static u64 records(u64 rounds)
{
    static const char names[4][32] = {
        "A RECORD ON THE SHELF, NO. ONE", "A RECORD ON THE SHELF, NO. TWO", "A RECORD ON THE SHELF, LAST", "ANOTHER RECORD ALTOGETHER",
    };
    u64 sum = 0;
    for (int i = 0; i < SHELF; i++) {
        shelf[i] = (struct record){&shelf[(i + 1) % SHELF], i & 3, i * 10, ""};
        copy(shelf[i].name, names[i & 3]);
    }
    for (u64 r = 0; r < rounds; r++) {
        struct record *this = &shelf[r % SHELF], *next = this->other;
        copy(label, names[r >> 1 & 3]);
        s32 difference = compare(label, this->name);
        if (difference > 0 || follows(label[2], next->name[r & 15]))
            sum += length(label);
        enter(totals, 1 + (r & 31), this->pages);
        exchange(this);
        sum = sum * 3 + next->pages + next->kind + totals[r & 63] + (difference & 15);
        sum ^= sum >> 17;
    }
    return sum;
}

void program(void)
{
    measure("records", records, ROUNDS, ROUNDS, 0xd3a283dee51abf04);
}

/* The kinds of work that CoreMark has, written anew: a linked list that is searched, sorted and turned round; a small matrix of
   16-bit numbers; a machine of states that reads numbers; CRC-16 over all results. 2 KB of data. */
#include "bench.h"

enum { NODES = 32, FINDS = 90, SIDE = 9, TEXT = 480, ROUNDS = 2 };

enum { ABSENT = 0x1000 };        /* a key that no item has */

struct item {
    s16 key, position;
};
struct node {
    struct node *next;
    struct item *item;
};

static struct node nodes[NODES];
static struct item items[NODES];
static s16 left[SIDE][SIDE], right[SIDE][SIDE];
static s32 product[SIDE][SIDE];
static s16 vector[SIDE];
static u8 text[TEXT];
static u32 seed;

static u32 draw(void)
{
    seed = seed * 1664525 + 1013904223;
    return seed >> 16;
}

/* CRC-16, polynomial 0x8005 reflected, bit by bit. */
static u16 crc(u16 value, u16 data)
{
    value ^= data;
    for (int bit = 0; bit < 16; bit++)
        value = value >> 1 ^ (0xa001 & -(value & 1));
    return value;
}

/* ---- the list ---- */

static struct node *make_list(void)
{
    for (int i = 0; i < NODES; i++) {
        items[i] = (struct item){draw() & 0x7ff, i};
        nodes[i] = (struct node){i + 1 < NODES ? &nodes[i + 1] : 0, &items[i]};
    }
    return nodes;
}

static struct node *find(struct node *n, s16 key)
{
    while (n && n->item->key != key)
        n = n->next;
    return n;
}

static struct node *reverse(struct node *n)
{
    struct node *done = 0;
    while (n) {
        struct node *next = n->next;
        n->next = done;
        done = n;
        n = next;
    }
    return done;
}

typedef s32 (*order)(const struct item *, const struct item *);

static s32 by_key(const struct item *a, const struct item *b)
{
    return a->key != b->key ? a->key - b->key : a->position - b->position;
}

static s32 by_position(const struct item *a, const struct item *b)
{
    return a->position - b->position;
}

static struct node *merge(struct node *a, struct node *b, order compare)
{
    struct node head, *last = &head;
    while (a && b) {
        struct node **least = compare(a->item, b->item) <= 0 ? &a : &b;
        last->next = *least;
        last = *least;
        *least = last->next;
    }
    last->next = a ? a : b;
    return head.next;
}

static struct node *sort(struct node *n, order compare)
{
    if (!n || !n->next)
        return n;
    struct node *slow = n, *fast = n->next;
    while (fast && fast->next) {
        slow = slow->next;
        fast = fast->next->next;
    }
    struct node *second = slow->next;
    slow->next = 0;
    return merge(sort(n, compare), sort(second, compare), compare);
}

static u16 list_work(struct node **list, u16 value)
{
    u32 found = 0;
    for (int i = 0; i < FINDS; i++) {
        struct node *n = find(*list, i & 3 ? items[i & (NODES - 1)].key : ABSENT);
        if (n) {
            found += n->item->position;
            if (n->next) {                          /* what was found moves up by one */
                struct item *swapped = n->next->item;
                n->next->item = n->item;
                n->item = swapped;
            }
        }
        *list = reverse(*list);
    }
    *list = sort(*list, by_key);
    for (struct node *n = *list; n; n = n->next)
        value = crc(value, n->item->key);
    *list = sort(*list, by_position);
    return crc(value, found);
}

/* ---- the matrix ---- */

static u16 matrix_work(u16 value, s16 bump)
{
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++)
            left[i][j] += bump;
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            s32 sum = 0;
            for (int k = 0; k < SIDE; k++)
                sum += left[i][k] * right[k][j];
            product[i][j] = sum;
        }
    u32 bits = 0;
    for (int i = 0; i < SIDE; i++) {
        u32 sum = 0;
        for (int j = 0; j < SIDE; j++) {
            u32 p = right[i][j] * vector[j];
            sum += (p >> 2 & 15) * (p >> 5 & 127);
        }
        bits ^= sum << i;
    }
    s32 best = 0, runs = 0;
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            s32 p = product[i][j] >> 2 & 0xfff;
            if (p > best)
                best = p;
            else
                runs += p & 7;
        }
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++)
            left[i][j] -= bump;
    return crc(crc(crc(value, best), runs), bits);
}

/* ---- the machine of states ---- */

enum state { START, SIGN, DIGITS, POINT, FRACTION, LETTER, EXPONENT, WRONG, STATES };

static void make_text(void)
{
    static const char words[8][12] = {"5012,", "-37,", "1.5e+10,", "0.25,", "+6.02e23,", "x1f,", "-.5,", "77q,"};
    int at = 0;
    for (int i = 0; at + 12 < TEXT; i++)
        for (const char *w = words[i & 7]; *w; w++)
            text[at++] = *w;
}

static enum state step(enum state s, u8 c)
{
    int digit = (u8)(c - '0') < 10;
    switch (s) {
    case START:
        return digit ? DIGITS : c == '+' || c == '-' ? SIGN : c == '.' ? POINT : WRONG;
    case SIGN:
        return digit ? DIGITS : c == '.' ? POINT : WRONG;
    case DIGITS:
        return digit ? DIGITS : c == '.' ? POINT : WRONG;
    case POINT:
    case FRACTION:
        return digit ? FRACTION : c == 'e' ? LETTER : WRONG;
    case LETTER:
        return digit || c == '+' || c == '-' ? EXPONENT : WRONG;
    case EXPONENT:
        return digit ? EXPONENT : WRONG;
    default:
        return WRONG;
    }
}

static u16 machine_work(u16 value)
{
    u32 ends[STATES] = {0}, moves[STATES] = {0};
    enum state s = START;
    for (const u8 *p = text; *p; p++)
        if (*p == ',') {
            ends[s]++;
            s = START;
        } else {
            enum state next = step(s, *p);
            moves[next] += next != s;
            s = next;
        }
    for (int i = 0; i < STATES; i++)
        value = crc(crc(value, ends[i]), moves[i]);
    return value;
}

static u64 blend(u64 rounds)
{
    u16 value = 0xffff;
    seed = 7;
    struct node *list = make_list();
    make_text();
    for (int i = 0; i < SIDE; i++) {
        vector[i] = draw();
        for (int j = 0; j < SIDE; j++) {
            left[i][j] = draw();
            right[i][j] = draw();
        }
    }
    for (u64 r = 0; r < rounds; r++) {
        value = list_work(&list, value);
        for (int i = 0; i < 4; i++)
            value = matrix_work(value, r + i);
        for (int i = 0; i < 3; i++) {
            text[draw() & 255] ^= 1;         /* the text changes from time to time */
            value = machine_work(value);
        }
    }
    return value;
}

void program(void)
{
    measure("blend", blend, ROUNDS, ROUNDS, 29990);
}
